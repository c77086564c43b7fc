/** Sessions and the tokens that carry them. */
import { randomBytes, randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import type { Tx } from './database.ts';
import type { Factor } from './factors.ts';
import type { Auth, Client } from './service-context.ts';
import { userResponse } from './user-response.ts';
import { audience, getUser, type User, updateUser } from './users.ts';

export type AuthenticationMethod = 'otp' | 'password' | 'oauth' | 'anonymous';

export const makeRefreshToken = (): string => randomBytes(18).toString('base64url');

export async function insertRefreshToken(
  tx: Tx,
  userId: string,
  sessionId: string,
  parent: string | null,
): Promise<string> {
  const token = makeRefreshToken();
  await tx`
    insert into auth.refresh_tokens (token, user_id, session_id, parent, revoked)
    values (${token}, ${userId}, ${sessionId}, ${parent}, false)`;
  return token;
}

/** A session with one of these among its methods has passed a second factor. */
const secondFactors: readonly string[] = ['totp'];

const amrSchema = z.array(z.object({ method: z.string(), timestamp: z.number() }));

/** The access token, its refresh token and the user, as every sign-in answers. */
export async function sessionResponse(
  auth: Auth,
  tx: Tx,
  user: User,
  sessionId: string,
  refreshToken: string,
) {
  const rows = await tx`
    select
      authentication_method as method,
      floor(extract(epoch from updated_at))::int as timestamp
    from auth.mfa_amr_claims where session_id = ${sessionId} order by updated_at desc`;
  const amr = amrSchema.parse([...rows]);
  const lifetime = auth.config.accessTokenSeconds;
  const expiresAt = Math.floor(Date.now() / 1000) + lifetime;
  const accessToken = await auth.tokens.sign({
    sub: user.id,
    aud: user.aud ?? audience,
    exp: expiresAt,
    email: user.email ?? '',
    phone: user.phone ?? '',
    app_metadata: user.raw_app_meta_data,
    user_metadata: user.raw_user_meta_data,
    role: user.role || audience,
    aal: amr.some(({ method }) => secondFactors.includes(method)) ? 'aal2' : 'aal1',
    amr,
    session_id: sessionId,
    is_anonymous: user.is_anonymous,
  });
  return {
    access_token: accessToken,
    token_type: 'bearer',
    expires_in: lifetime,
    expires_at: expiresAt,
    refresh_token: refreshToken,
    user: userResponse(user),
  };
}
export type SessionResponse = Awaited<ReturnType<typeof sessionResponse>>;

export async function startSession(
  auth: Auth,
  tx: Tx,
  user: User,
  method: AuthenticationMethod,
  client: Client,
): Promise<SessionResponse> {
  const sessionId = randomUUID();
  const ip = isIP(client.ip) ? client.ip : null;
  await tx`
    insert into auth.sessions (id, user_id, aal, user_agent, ip, created_at, updated_at)
    values (${sessionId}, ${user.id}, 'aal1', ${client.userAgent}, ${ip}::inet, now(), now())`;
  await tx`
    insert into auth.mfa_amr_claims (
      id, session_id, authentication_method, created_at, updated_at
    ) values (${randomUUID()}, ${sessionId}, ${method}, now(), now())`;
  const refreshToken = await insertRefreshToken(tx, user.id, sessionId, null);
  const signedIn = await updateUser(tx, user.id, { last_sign_in_at: new Date() });
  return sessionResponse(auth, tx, signedIn, sessionId, refreshToken);
}

/**
 * Raises the session to aal2 and issues new tokens for it; the user's sessions that did not pass a
 * second factor end. Null when the session is gone.
 */
export async function upgradeSession(
  auth: Auth,
  tx: Tx,
  { userId, sessionId, factor }: { userId: string; sessionId: string; factor: Factor },
): Promise<SessionResponse | null> {
  const upgraded = await tx`
    update auth.sessions set aal = 'aal2', factor_id = ${factor.id}, updated_at = now()
    where id = ${sessionId} returning id`;
  if (upgraded.length === 0) return null;
  await tx`
    insert into auth.mfa_amr_claims (
      id, session_id, authentication_method, created_at, updated_at
    ) values (${randomUUID()}, ${sessionId}, ${factor.factor_type}, now(), now())
    on conflict (session_id, authentication_method) do update set updated_at = now()`;
  await tx`delete from auth.sessions where user_id = ${userId} and aal < 'aal2'`;
  // Who holds a token from before must not get the second factor's by refreshing it.
  await tx`delete from auth.refresh_tokens where session_id = ${sessionId}`;
  const refreshToken = await insertRefreshToken(tx, userId, sessionId, null);
  return sessionResponse(auth, tx, await getUser(tx, userId), sessionId, refreshToken);
}

/** The sessions that passed this factor, which is no more, are as good as their first one again. */
export async function downgradeSessions(tx: Tx, factor: Factor): Promise<void> {
  await tx`
    delete from auth.mfa_amr_claims
    where authentication_method = ${factor.factor_type}
      and session_id in (select id from auth.sessions where factor_id = ${factor.id})`;
  await tx`
    update auth.sessions set aal = 'aal1', factor_id = null, updated_at = now()
    where factor_id = ${factor.id}`;
}

export type EndedSessions = { only: string } | { except: string } | 'all';

/** Ends sessions for good: their refresh tokens go with them. */
export async function endSessions(tx: Tx, userId: string, ended: EndedSessions): Promise<void> {
  const only = ended !== 'all' && 'only' in ended ? ended.only : null;
  const except = ended !== 'all' && 'except' in ended ? ended.except : null;
  await tx`
    delete from auth.sessions
    where user_id = ${userId}
      and (${only}::uuid is null or id = ${only}::uuid)
      and (${except}::uuid is null or id <> ${except}::uuid)`;
}
