/** /user/identities: signed-in users add accounts of providers to theirs and take them away. */
import { Hono } from 'hono';
import { requireUser } from '../access.ts';
import { inTransaction } from '../database.ts';
import { AuthError } from '../errors.ts';
import { isUuid } from '../input.ts';
import type { Auth, AuthEnv } from '../service-context.ts';
import { getUser, refreshProviders, updateUser } from '../users.ts';
import { alignEmail } from './identities.ts';
import { startFlow } from './routes.ts';

export function requireManualLinking({ settings }: Auth): void {
  if (settings.manualLinkingEnabled) return;
  throw new AuthError(404, 'manual_linking_disabled', 'Manual linking is disabled');
}

async function unlink(auth: Auth, userId: string, identityId: string): Promise<void> {
  await inTransaction(auth.sql, async (tx) => {
    // Locks the row: of two requests at once the second sees what the first left.
    const user = await getUser(tx, userId);
    if (user.identities.length <= 1) {
      const message = 'User must have at least 1 identity after unlinking';
      throw new AuthError(422, 'single_identity_not_deletable', message);
    }
    const identity = user.identities.find((candidate) => candidate.id === identityId);
    if (!identity) throw new AuthError(422, 'identity_not_found', "Identity doesn't exist");
    await tx`delete from auth.identities where id = ${identityId}`;
    if (identity.provider === 'phone') {
      await updateUser(tx, userId, { phone: null, phone_confirmed_at: null });
    } else {
      await alignEmail(tx, userId);
    }
    await refreshProviders(tx, userId);
  });
}

export function identityRoutes(auth: Auth): Hono<AuthEnv> {
  return new Hono<AuthEnv>()
    .get('/user/identities/authorize', async (c) => {
      const { user } = await requireUser(auth, c);
      requireManualLinking(auth);
      const url = await startFlow(auth, c.req.raw, user.id);
      if (c.req.query('skip_http_redirect') === 'true') return c.json({ url });
      return c.redirect(url, 302);
    })
    .delete('/user/identities/:id', async (c) => {
      const { user } = await requireUser(auth, c);
      requireManualLinking(auth);
      const id = c.req.param('id');
      if (!isUuid(id)) {
        throw new AuthError(404, 'validation_failed', 'identity_id must be an UUID');
      }
      await unlink(auth, user.id, id.toLowerCase());
      return c.json({});
    });
}
