/** Codes and links: made here, kept only as hashes, in the user's row and in one_time_tokens. */
import { createHash, randomInt, randomUUID } from 'node:crypto';
import type { Tx } from './database.ts';

export type TokenType =
  | 'confirmation_token'
  | 'recovery_token'
  | 'reauthentication_token'
  | 'email_change_token_current'
  | 'email_change_token_new'
  | 'phone_change_token';

export const makeOtp = (length: number): string =>
  Array.from({ length }, () => randomInt(10)).join('');

/** GoTrue's hash: SHA-224 of the address and the code. */
export const hashOtp = (address: string, otp: string): string =>
  createHash('sha224')
    .update(address + otp)
    .digest('hex');

export const pkcePrefix = 'pkce_';

/** True for the code that was sent, also when a PKCE flow asked for it, while it is fresh. */
export function isFreshToken(
  given: string,
  stored: string | null,
  sentAt: Date | null,
  expirySeconds: number,
): boolean {
  if (!stored || !sentAt) return false;
  if (Date.now() > sentAt.getTime() + expirySeconds * 1000) return false;
  return stored === given || stored === pkcePrefix + given;
}

export async function storeOneTimeToken(
  tx: Tx,
  userId: string,
  type: TokenType,
  tokenHash: string,
  relatesTo: string,
): Promise<void> {
  await tx`
    insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to)
    values (${randomUUID()}, ${userId}, ${type}, ${tokenHash}, ${relatesTo})
    on conflict (user_id, token_type) do update set
      token_hash = excluded.token_hash,
      relates_to = excluded.relates_to,
      updated_at = now()`;
}

export async function clearOneTimeTokens(tx: Tx, userId: string, type?: TokenType): Promise<void> {
  await tx`
    delete from auth.one_time_tokens
    where user_id = ${userId} and (${type ?? null}::text is null or token_type = ${type ?? null})`;
}
