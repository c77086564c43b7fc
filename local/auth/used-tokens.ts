/** Using a code or a link: which one it is, whose, and what it confirms. Each works once. */
import { z } from 'zod';
import {
  confirmEmail,
  confirmEmailChange,
  confirmPhone,
  confirmPhoneChange,
  confirmRecovery,
} from './confirm.ts';
import type { Tx } from './database.ts';
import { type AuthError, userBanned } from './errors.ts';
import { clearOneTimeTokens, isFreshToken, pkcePrefix, type TokenType } from './one-time-tokens.ts';
import type { Auth } from './service-context.ts';
import { findUser, isBanned, type User, updateUser } from './users.ts';

/** The tokens that a type of verification accepts. */
export const phoneTokens = new Map<string, readonly TokenType[]>([
  ['sms', ['confirmation_token']],
  ['phone_change', ['phone_change_token']],
]);
export const emailTokens = new Map<string, readonly TokenType[]>([
  ['email', ['confirmation_token', 'recovery_token']],
  ['signup', ['confirmation_token']],
  ['invite', ['confirmation_token']],
  ['recovery', ['recovery_token']],
  ['magiclink', ['recovery_token']],
  ['email_change', ['email_change_token_current', 'email_change_token_new']],
]);

export interface GivenToken {
  readonly hash: string;
  readonly types: readonly TokenType[];
  readonly channel: 'phone' | 'email';
  /** Absent for a link, whose hash says all. */
  readonly address?: string;
}

interface FoundToken {
  readonly user: User;
  readonly type: TokenType;
  readonly address: string;
}

const rowSchema = z.object({
  user_id: z.string(),
  token_type: z.enum([
    'confirmation_token',
    'recovery_token',
    'reauthentication_token',
    'email_change_token_current',
    'email_change_token_new',
    'phone_change_token',
  ]),
  relates_to: z.string(),
});

function sentAtOf(user: User, type: TokenType): Date | null {
  if (type === 'confirmation_token') return user.confirmation_sent_at;
  if (type === 'recovery_token') return user.recovery_sent_at;
  if (type === 'phone_change_token') return user.phone_change_sent_at;
  return user.email_change_sent_at;
}

async function findToken(auth: Auth, tx: Tx, given: GivenToken): Promise<FoundToken | null> {
  const { hash, types, channel, address } = given;
  const rows = await tx`
    select user_id, token_type, relates_to from auth.one_time_tokens
    where token_hash in ${tx([hash, pkcePrefix + hash])} and token_type in ${tx([...types])}`;
  const expirySeconds =
    channel === 'phone'
      ? auth.config.limits.otpExpirySeconds
      : auth.settings.email.otpExpirySeconds;
  for (const row of rows) {
    const { user_id: userId, token_type: type, relates_to: relatesTo } = rowSchema.parse(row);
    // Locks the row: of two requests with this code the second finds it used.
    const user = await findUser(tx, 'id', userId);
    const isFresh =
      user !== null && isFreshToken(hash, user[type], sentAtOf(user, type), expirySeconds);
    // Codes to a phone and to a mailbox share a column: a link never proves a phone.
    const isMeant = address ? relatesTo === address : relatesTo.includes('@');
    if (isFresh && isMeant) return { user, type, address: relatesTo };
  }
  return null;
}

async function changeEmail(auth: Auth, tx: Tx, { user, type }: FoundToken): Promise<User | null> {
  const { doubleConfirmChanges, autoconfirm } = auth.settings.email;
  const needsBoth = doubleConfirmChanges && !autoconfirm && Boolean(user.email);
  if (needsBoth && user.email_change_confirm_status === 0) {
    await clearOneTimeTokens(tx, user.id, type);
    await updateUser(tx, user.id, { [type]: '', email_change_confirm_status: 1 });
    return null;
  }
  return confirmEmailChange(tx, user, user.email_change ?? '');
}

/** The confirmed user; null when a change of e-mail address waits for the other mailbox. */
export async function applyToken(
  auth: Auth,
  tx: Tx,
  given: GivenToken,
  refusal: AuthError,
): Promise<User | null> {
  const found = await findToken(auth, tx, given);
  if (!found) throw refusal;
  const { user, type, address } = found;
  if (isBanned(user)) throw userBanned();
  if (type === 'phone_change_token') return confirmPhoneChange(tx, user, address);
  if (type === 'recovery_token') return confirmRecovery(tx, user);
  if (type === 'confirmation_token') {
    return given.channel === 'phone' ? confirmPhone(tx, user) : confirmEmail(tx, user);
  }
  return changeEmail(auth, tx, found);
}
