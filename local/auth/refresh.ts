/** The refresh_token grant: rotation, and what a token that was used before may still do. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { inTransaction, type Tx } from './database.ts';
import { AuthError, validationFailed } from './errors.ts';
import type { Auth, Client } from './service-context.ts';
import { insertRefreshToken, type SessionResponse, sessionResponse } from './sessions.ts';
import { findUser, isBanned } from './users.ts';

/** A token used twice within these seconds comes from a client with two requests under way. */
const reuseIntervalSeconds = 10;

const refusal = (code: string, reason: string) =>
  new AuthError(400, code, `Invalid Refresh Token: ${reason}`);

const tokenSchema = z.object({
  token: z.string(),
  user_id: z.string(),
  session_id: z.string().nullable(),
  revoked: z.boolean().nullable(),
  updated_at: z.date(),
});
const sessionSchema = z.object({
  id: z.string(),
  created_at: z.date(),
  not_after: z.date().nullable(),
  last_refreshed_at: z.date().nullable(),
});
const activeTokenSchema = z.object({ token: z.string(), parent: z.string().nullable() });

type Token = z.infer<typeof tokenSchema>;

async function findToken(tx: Tx, token: string): Promise<Token | null> {
  const rows = await tx`select * from auth.refresh_tokens where token = ${token}`;
  return rows[0] ? tokenSchema.parse(rows[0]) : null;
}

async function findSession(tx: Tx, id: string) {
  const rows = await tx`
    select id, created_at, not_after, refreshed_at at time zone 'utc' as last_refreshed_at
    from auth.sessions where id = ${id}`;
  return rows[0] ? sessionSchema.parse(rows[0]) : null;
}

async function rotate(tx: Tx, token: Token, sessionId: string): Promise<string> {
  await tx`
    update auth.refresh_tokens set revoked = true, updated_at = now()
    where token = ${token.token} and not revoked`;
  return insertRefreshToken(tx, token.user_id, sessionId, token.token);
}

/** Null when the token is stolen goods: then the whole family is revoked. */
async function reuse(tx: Tx, token: Token, sessionId: string): Promise<string | null> {
  const rows = await tx`
    select token, parent from auth.refresh_tokens
    where session_id = ${sessionId} and not revoked
    order by created_at desc limit 1`;
  const active = rows[0] ? activeTokenSchema.parse(rows[0]) : null;
  // The client never stored the answer to its last refresh.
  if (active?.parent === token.token) return active.token;
  const isRecent = Date.now() <= token.updated_at.getTime() + reuseIntervalSeconds * 1000;
  if (active && isRecent) return rotate(tx, token, sessionId);
  await tx`
    update auth.refresh_tokens set revoked = true, updated_at = now()
    where session_id = ${sessionId} and not revoked`;
  return null;
}

async function refreshIn(
  auth: Auth,
  tx: Tx,
  given: string,
  client: Client,
): Promise<SessionResponse | AuthError> {
  const known = await findToken(tx, given);
  if (!known) throw refusal('refresh_token_not_found', 'Refresh Token Not Found');
  // The user's lock makes refreshes take turns; whoever held it may have used this token meanwhile.
  const user = await findUser(tx, 'id', known.user_id);
  const token = await findToken(tx, given);
  if (!token || !user) throw refusal('refresh_token_not_found', 'Refresh Token Not Found');
  if (isBanned(user)) throw refusal('user_banned', 'User Banned');
  const session = token.session_id ? await findSession(tx, token.session_id) : null;
  if (!session) throw refusal('session_not_found', 'No Valid Session Found');

  const { sessionTimeboxMs } = auth.settings;
  const ends = Math.min(
    session.not_after?.getTime() ?? Number.POSITIVE_INFINITY,
    sessionTimeboxMs ? session.created_at.getTime() + sessionTimeboxMs : Number.POSITIVE_INFINITY,
  );
  if (Date.now() > ends) throw refusal('session_expired', 'Session Expired');
  const lastUse = Math.max(session.created_at.getTime(), session.last_refreshed_at?.getTime() ?? 0);
  if (Date.now() > lastUse + auth.config.refreshTokenSeconds * 1000) {
    throw refusal('session_expired', 'Session Expired (Inactivity)');
  }

  const issued = token.revoked
    ? await reuse(tx, token, session.id)
    : await rotate(tx, token, session.id);
  // Returned, not thrown: the revocation has to be committed.
  if (!issued) return refusal('refresh_token_already_used', 'Already Used');
  const ip = isIP(client.ip) ? client.ip : null;
  await tx`
    update auth.sessions set
      refreshed_at = now() at time zone 'utc',
      updated_at = now(),
      user_agent = ${client.userAgent},
      ip = ${ip}::inet
    where id = ${session.id}`;
  return sessionResponse(auth, tx, user, session.id, issued);
}

export async function refreshSession(
  auth: Auth,
  token: string,
  client: Client,
): Promise<SessionResponse> {
  if (!token) throw validationFailed('refresh_token required');
  const answer = await inTransaction(auth.sql, (tx) => refreshIn(auth, tx, token, client));
  if (answer instanceof AuthError) throw answer;
  return answer;
}
