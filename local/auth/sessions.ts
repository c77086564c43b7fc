/** Sessions and the tokens that carry them. */
import { randomBytes, randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import type { Tx } from './database.ts';
import type { Auth, Client } from './service-context.ts';
import { userResponse } from './user-response.ts';
import { audience, type User, updateUser } from './users.ts';

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
    insert into auth.refresh_tokens (id, token, user_id, session_id, parent, revoked)
    values (${randomUUID()}, ${token}, ${userId}, ${sessionId}, ${parent}, false)`;
  return token;
}

const amrSchema = z.array(z.object({ method: z.string(), timestamp: z.number() }));

/** The access token, its refresh token and the user, as every sign-in answers. */
export async function sessionResponse(
  auth: Auth,
  tx: Tx,
  user: User,
  sessionId: string,
  refreshToken: string,
) {
  const amr = await tx`
    select
      authentication_method as method,
      floor(extract(epoch from updated_at))::int as timestamp
    from auth.mfa_amr_claims where session_id = ${sessionId} order by updated_at desc`;
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
    aal: 'aal1',
    amr: amrSchema.parse([...amr]),
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
