/** PKCE: a mail or a provider leads back to a code that only the browser that asked can use. */
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { inTransaction, type Tx } from './database.ts';
import { AuthError, userBanned, validationFailed } from './errors.ts';
import { isUuid, textSchema } from './input.ts';
import type { Auth, Client } from './service-context.ts';
import { type SessionResponse, startSession } from './sessions.ts';
import { findUser, isBanned } from './users.ts';

export const challengeSchema = { code_challenge: textSchema, code_challenge_method: textSchema };

export interface Challenge {
  readonly challenge: string;
  readonly method: 's256' | 'plain';
}

export function parseChallenge(body: {
  code_challenge: string;
  code_challenge_method: string;
}): Challenge | null {
  const { code_challenge: challenge } = body;
  const method = body.code_challenge_method.toLowerCase();
  if ((challenge === '') !== (method === '')) {
    throw validationFailed('PKCE flow requires code_challenge_method and code_challenge');
  }
  if (challenge === '') return null;
  if (!/^[a-zA-Z0-9._~-]{43,128}$/.test(challenge)) {
    throw validationFailed(
      'code challenge has to be between 43 and 128 characters: letters, digits, ".", "-", "_", "~"',
    );
  }
  if (method !== 's256' && method !== 'plain') {
    throw validationFailed('Invalid code_challenge_method');
  }
  return { challenge, method };
}

export async function storeChallenge(
  tx: Tx,
  userId: string,
  purpose: string,
  { challenge, method }: Challenge,
): Promise<void> {
  await tx`
    insert into auth.flow_state (
      id, user_id, auth_code, authentication_method, code_challenge, code_challenge_method,
      provider_type, created_at, updated_at
    ) values (
      ${randomUUID()}, ${userId}, ${randomUUID()}, ${purpose}, ${challenge}, ${method},
      'email', now(), now()
    )`;
}

const codeSchema = z.object({ auth_code: z.string() });

/** The code of the user's latest challenge for that purpose. */
export async function issueAuthCode(tx: Tx, userId: string, purpose: string): Promise<string> {
  const rows = await tx`
    update auth.flow_state set auth_code_issued_at = now(), updated_at = now()
    where id = (
      select id from auth.flow_state
      where user_id = ${userId} and authentication_method = ${purpose}
        and auth_code_issued_at is null
      order by created_at desc limit 1
    )
    returning auth_code`;
  if (!rows[0]) throw validationFailed('No associated flow state found');
  return codeSchema.parse(rows[0]).auth_code;
}

const lifetimeSeconds = 300;
const flowSchema = z.object({
  user_id: z.string().nullable(),
  code_challenge: z.string().nullable(),
  code_challenge_method: z.string().nullable(),
  auth_code_issued_at: z.date().nullable(),
  authentication_method: z.string(),
  provider_access_token: z.string().nullable(),
  provider_refresh_token: z.string().nullable(),
});

function isVerifier(verifier: string, challenge: string | null, method: string | null): boolean {
  const given =
    method === 's256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  return given === challenge;
}

const notFound = () =>
  new AuthError(404, 'flow_state_not_found', 'invalid flow state, no valid flow state found');

/** With the provider's own tokens, when somebody signed in there. */
export interface ProviderSession extends SessionResponse {
  readonly provider_token?: string;
  readonly provider_refresh_token?: string;
}

export function exchangeAuthCode(
  auth: Auth,
  { code, verifier }: { code: string; verifier: string },
  client: Client,
): Promise<ProviderSession> {
  if (!code || !verifier) {
    throw validationFailed('invalid request: both auth code and code verifier should be non-empty');
  }
  if (!isUuid(code)) throw notFound();
  return inTransaction(auth.sql, async (tx) => {
    const rows = await tx`select * from auth.flow_state where auth_code = ${code} for update`;
    const flow = rows[0] ? flowSchema.parse(rows[0]) : null;
    if (!flow?.user_id || !flow.auth_code_issued_at) throw notFound();
    if (Date.now() > flow.auth_code_issued_at.getTime() + lifetimeSeconds * 1000) {
      throw new AuthError(403, 'flow_state_expired', 'invalid flow state, flow state has expired');
    }
    if (!isVerifier(verifier, flow.code_challenge, flow.code_challenge_method)) {
      throw new AuthError(
        400,
        'bad_code_verifier',
        'code challenge does not match previously saved code verifier',
      );
    }
    await tx`delete from auth.flow_state where auth_code = ${code}`;
    const user = await findUser(tx, 'id', flow.user_id);
    if (!user) throw notFound();
    if (isBanned(user)) throw userBanned();
    const method = flow.authentication_method === 'oauth' ? 'oauth' : 'otp';
    return {
      ...(await startSession(auth, tx, user, method, client)),
      ...(flow.provider_access_token && { provider_token: flow.provider_access_token }),
      ...(flow.provider_refresh_token && { provider_refresh_token: flow.provider_refresh_token }),
    };
  });
}
