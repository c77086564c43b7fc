/** The admin API over second factors: for servers that hold the secret key. */
import { type Context, Hono } from 'hono';
import { requireAdmin } from './access.ts';
import { inTransaction } from './database.ts';
import { AuthError, userNotFound } from './errors.ts';
import { factorResponse, isVerified } from './factors.ts';
import { isUuid } from './input.ts';
import { ownFactor } from './mfa.ts';
import type { Auth, AuthEnv } from './service-context.ts';
import { endSessions } from './sessions.ts';
import { findUser } from './users.ts';

export function adminFactorRoutes(auth: Auth): Hono<AuthEnv> {
  function idOf(c: Context<AuthEnv>): string {
    const id = c.req.param('id') ?? '';
    if (isUuid(id)) return id;
    throw new AuthError(404, 'validation_failed', 'user_id must be an UUID');
  }

  return new Hono<AuthEnv>()
    .use('/admin/users/:id/factors/*', async (c, next) => {
      await requireAdmin(auth, c);
      await next();
    })
    .get('/admin/users/:id/factors', async (c) => {
      const id = idOf(c);
      const user = await inTransaction(auth.sql, (tx) => findUser(tx, 'id', id, 'unlocked'));
      if (!user) throw userNotFound();
      return c.json(user.factors.map(factorResponse));
    })
    .delete('/admin/users/:id/factors/:factor', async (c) => {
      const id = idOf(c);
      const factor = await inTransaction(auth.sql, async (tx) => {
        const user = await findUser(tx, 'id', id);
        if (!user) throw userNotFound();
        const found = ownFactor(user, c.req.param('factor'));
        await tx`delete from auth.mfa_factors where id = ${found.id}`;
        // Whoever has the lost phone is signed in by it, maybe.
        if (isVerified(found)) await endSessions(tx, id, 'all');
        return found;
      });
      return c.json(factorResponse(factor));
    });
}
