/** Rows of auth.identities of other providers, and what they mean for the user's own address. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Tx } from '../database.ts';
import { AuthError } from '../errors.ts';
import { clearOneTimeTokens } from '../one-time-tokens.ts';
import { findUser, getUser, mergeMetadata, type User, updateUser } from '../users.ts';
import type { ProvidedUser } from './provided-user.ts';

const ownerSchema = z.object({ id: z.string(), user_id: z.string() });

export async function findIdentity(tx: Tx, { provider, subject }: ProvidedUser) {
  const [row] = await tx`
    select id, user_id from auth.identities
    where provider = ${provider} and provider_id = ${subject}`;
  return row ? ownerSchema.parse(row) : null;
}

export async function insertExternalIdentity(
  tx: Tx,
  userId: string,
  { provider, subject, identityData }: ProvidedUser,
): Promise<string> {
  const id = randomUUID();
  await tx`
    insert into auth.identities (
      id, provider, provider_id, user_id, identity_data, last_sign_in_at, created_at, updated_at
    ) values (
      ${id}, ${provider}, ${subject}, ${userId}, ${tx.json(identityData)},
      now(), clock_timestamp(), now()
    )`;
  return id;
}

const userIdSchema = z.object({ user_id: z.string() });

/**
 * Whose mailbox that is, as far as it was verified: an address that somebody only claimed must not
 * lead the mailbox's owner into that somebody's account.
 */
export async function ownersOfMailbox(tx: Tx, email: string): Promise<string[]> {
  const rows = await tx`
    select distinct user_id from auth.identities
    where email = ${email} and identity_data ->> 'email_verified' = 'true'`;
  if (rows.length > 0) return rows.map((row) => userIdSchema.parse(row).user_id);
  const user = await findUser(tx, 'email', email, 'unlocked');
  // With a phone, whoever holds the account keeps it: that the address is theirs too is unproven.
  const isTheirs = user && (user.email_confirmed_at || !isProven(user));
  return isTheirs ? [user.id] : [];
}

/** Whoever holds the account has shown that a mailbox or a phone is theirs. */
export const isProven = (user: User): boolean => user.confirmed_at !== null;

export async function isFree(tx: Tx, email: string): Promise<boolean> {
  return email !== '' && (await findUser(tx, 'email', email, 'unlocked')) === null;
}

/** No token that went to an earlier address may still confirm anything. */
async function setEmail(tx: Tx, userId: string, email: string | null): Promise<User> {
  await clearOneTimeTokens(tx, userId);
  return updateUser(tx, userId, {
    email,
    confirmation_token: '',
    confirmation_sent_at: null,
    recovery_token: '',
    recovery_sent_at: null,
    email_change: '',
    email_change_token_current: '',
    email_change_token_new: '',
    email_change_sent_at: null,
    email_change_confirm_status: 0,
    phone_change: '',
    phone_change_token: '',
    phone_change_sent_at: null,
    reauthentication_token: '',
    reauthentication_sent_at: null,
  });
}

/** After an identity went: the user's address is a verified one of those that are left, or none. */
export async function alignEmail(tx: Tx, userId: string): Promise<User> {
  const user = await getUser(tx, userId);
  const current = user.email ?? '';
  if (user.identities.some((identity) => (identity.email ?? '') === current)) return user;
  const verified = user.identities.flatMap(({ email, identity_data: data }) =>
    email && data.email_verified === true ? [email] : [],
  );
  for (const email of verified) {
    if (await isFree(tx, email)) return setEmail(tx, userId, email);
  }
  if (verified.length === user.identities.length) {
    throw new AuthError(
      422,
      'email_conflict_identity_not_deletable',
      'Unable to unlink identity due to email conflict',
    );
  }
  const moved = await setEmail(tx, userId, null);
  return updateUser(tx, userId, {
    email_confirmed_at: null,
    raw_user_meta_data: mergeMetadata(moved.raw_user_meta_data, { email_verified: false }),
  });
}

/** Takes the address that the provider vouches for in place of one that nobody ever confirmed. */
export async function adoptEmail(tx: Tx, user: User, email: string): Promise<User> {
  if (user.email === email) return user;
  return setEmail(tx, user.id, (await isFree(tx, email)) ? email : null);
}

/** The provider has verified the mailbox, or this project asks nobody to. */
export async function confirmProvidedEmail(tx: Tx, user: User): Promise<User> {
  await clearOneTimeTokens(tx, user.id);
  return updateUser(tx, user.id, {
    confirmation_token: '',
    email_confirmed_at: new Date(),
    raw_user_meta_data: mergeMetadata(user.raw_user_meta_data, { email_verified: true }),
  });
}
