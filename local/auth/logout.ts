/** POST /logout: ends this session, the others, or all. */
import { Hono } from 'hono';
import { requireUser } from './access.ts';
import { inTransaction } from './database.ts';
import { validationFailed } from './errors.ts';
import type { Auth, AuthEnv } from './service-context.ts';
import { type EndedSessions, endSessions } from './sessions.ts';

function endedBy(scope: string, sessionId: string): EndedSessions | null {
  if (scope === 'global') return 'all';
  if (scope === 'local') return { only: sessionId };
  return scope === 'others' ? { except: sessionId } : null;
}

export function logoutRoutes(auth: Auth): Hono<AuthEnv> {
  return new Hono<AuthEnv>().post('/logout', async (c) => {
    const { user, sessionId } = await requireUser(auth, c);
    const scope = c.req.query('scope') || 'global';
    const ended = endedBy(scope, sessionId);
    if (!ended) throw validationFailed(`Unsupported logout scope "${scope}"`);
    await inTransaction(auth.sql, (tx) => endSessions(tx, user.id, ended));
    return c.body(null, 204);
  });
}
