/** Who calls: a signed-in user, or a server with the secret key. */
import type { Context } from 'hono';
import { z } from 'zod';
import { inTransaction } from './database.ts';
import { AuthError, sessionNotFound, userBanned } from './errors.ts';
import { isUuid } from './input.ts';
import type { Auth, AuthEnv } from './service-context.ts';
import { findUser, isBanned, type User } from './users.ts';

const noAuthorization = () =>
  new AuthError(401, 'no_authorization', 'This endpoint requires a valid Bearer token');
const badJwt = (reason: string) => new AuthError(403, 'bad_jwt', `invalid JWT: ${reason}`);

function bearerOf(c: Context<AuthEnv>): string | null {
  return /^bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? null;
}

const sessionSchema = z.object({ created_at: z.date(), aal: z.string().nullable() });

export interface SignedIn {
  readonly user: User;
  readonly sessionId: string;
  readonly sessionStartedAt: Date;
  /** aal2 once the session has passed a second factor. */
  readonly aal: string | null;
}

/** The user of the access token; its session must still be there. */
export async function requireUser(auth: Auth, c: Context<AuthEnv>): Promise<SignedIn> {
  const bearer = bearerOf(c);
  if (!bearer) throw noAuthorization();
  if (auth.tokens.roleOfApiKey(bearer)) throw badJwt('missing sub claim');
  const claims = await auth.tokens.verify(bearer);
  if (!claims) throw badJwt('unable to parse or verify signature, or the token is expired');
  const { sub, session_id: sessionId } = claims;
  if (!sub || !sessionId || !isUuid(sub) || !isUuid(sessionId)) throw badJwt('missing sub claim');

  const { user, session } = await inTransaction(auth.sql, async (tx) => {
    const [session] = await tx`
      select created_at, aal from auth.sessions where id = ${sessionId} and user_id = ${sub}`;
    return { user: await findUser(tx, 'id', sub, 'unlocked'), session };
  });
  if (!user) {
    throw new AuthError(403, 'user_not_found', 'User from sub claim in JWT does not exist');
  }
  if (!session) throw sessionNotFound();
  if (isBanned(user)) throw userBanned();
  const { created_at: sessionStartedAt, aal } = sessionSchema.parse(session);
  return { user, sessionId, sessionStartedAt, aal };
}

/** The secret key, as `apikey` or as Bearer, or a token with the role service_role. */
export async function requireAdmin(auth: Auth, c: Context<AuthEnv>): Promise<void> {
  const apiKey = c.req.header('apikey') ?? c.req.query('apikey') ?? null;
  const credential = bearerOf(c) ?? apiKey;
  if (!credential) throw noAuthorization();
  const keyRole = auth.tokens.roleOfApiKey(credential);
  const role = keyRole ?? (await auth.tokens.verify(credential))?.role;
  if (!role) throw badJwt('unable to parse or verify signature, or the token is expired');
  if (role !== 'service_role') throw new AuthError(403, 'not_admin', 'User not allowed');
}
