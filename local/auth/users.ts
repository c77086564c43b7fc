/** Rows of auth.users and auth.identities, written as hosted writes them. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Tx } from './database.ts';
import { type Factor, findFactors } from './factors.ts';
import { type Metadata, metadataSchema } from './input.ts';

const timeSchema = z.date().nullable();
const textColumn = z.string().nullable();
const jsonColumn = metadataSchema.nullable().transform((value) => value ?? {});

const identitySchema = z.object({
  id: z.string(),
  provider: z.string(),
  provider_id: z.string(),
  user_id: z.string(),
  identity_data: jsonColumn,
  email: textColumn,
  last_sign_in_at: timeSchema,
  created_at: timeSchema,
  updated_at: timeSchema,
});
export type Identity = z.infer<typeof identitySchema>;

const userSchema = z.object({
  id: z.string(),
  aud: textColumn,
  role: textColumn,
  email: textColumn,
  phone: textColumn,
  encrypted_password: textColumn,
  email_confirmed_at: timeSchema,
  phone_confirmed_at: timeSchema,
  confirmed_at: timeSchema,
  invited_at: timeSchema,
  confirmation_token: textColumn,
  confirmation_sent_at: timeSchema,
  recovery_token: textColumn,
  recovery_sent_at: timeSchema,
  email_change: textColumn,
  email_change_token_current: textColumn,
  email_change_token_new: textColumn,
  email_change_sent_at: timeSchema,
  email_change_confirm_status: z.number().nullable(),
  phone_change: textColumn,
  phone_change_token: textColumn,
  phone_change_sent_at: timeSchema,
  reauthentication_token: textColumn,
  reauthentication_sent_at: timeSchema,
  last_sign_in_at: timeSchema,
  raw_app_meta_data: jsonColumn,
  raw_user_meta_data: jsonColumn,
  banned_until: timeSchema,
  deleted_at: timeSchema,
  is_anonymous: z.boolean(),
  created_at: timeSchema,
  updated_at: timeSchema,
});
type UserRow = z.infer<typeof userSchema>;

export type User = UserRow & {
  readonly identities: readonly Identity[];
  readonly factors: readonly Factor[];
};
export type UserChanges = Partial<Omit<UserRow, 'id' | 'confirmed_at'>>;

/** Both providers name a user by its own id. */
export type Provider = 'email' | 'phone';

const noInstance = '00000000-0000-0000-0000-000000000000';
export const audience = 'authenticated';

async function withOwnRows(tx: Tx, rows: readonly unknown[]): Promise<User[]> {
  const users = rows.map((row) => userSchema.parse(row));
  if (users.length === 0) return [];
  const ids = users.map((user) => user.id);
  const found = await tx`
    select * from auth.identities where user_id in ${tx(ids)} order by created_at, provider, id`;
  const identities = found.map((row) => identitySchema.parse(row));
  const factors = await findFactors(tx, ids);
  return users.map((user) => ({
    ...user,
    identities: identities.filter((identity) => identity.user_id === user.id),
    factors: factors.filter((factor) => factor.user_id === user.id),
  }));
}

type LookupColumn = 'id' | 'phone' | 'email' | 'phone_change' | 'email_change';

/**
 * The user whose `column` holds `value`. The row is locked: whoever comes second with the same code
 * or the same number waits, and sees what the first one left.
 */
export async function findUser(
  tx: Tx,
  column: LookupColumn,
  value: string,
  lock: 'for update' | 'unlocked' = 'for update',
): Promise<User | null> {
  if (!value) return null;
  // Users of single sign-on may share an address with others; here they are nobody's account.
  const rows = await tx`
    select * from auth.users
    where ${tx(column)} = ${value} and not is_sso_user
    order by created_at limit 1
    ${lock === 'for update' ? tx`for update` : tx``}`;
  const [user] = await withOwnRows(tx, rows);
  return user ?? null;
}

export async function getUser(tx: Tx, id: string): Promise<User> {
  const user = await findUser(tx, 'id', id);
  if (!user) throw new Error(`User ${id} is gone`);
  return user;
}

const countedSchema = z.array(z.object({ total: z.number() }));

/** A page of users, newest first, and how many there are; `filter` is part of a name or address. */
export async function listUsers(
  tx: Tx,
  { limit, offset, filter }: { limit: number; offset: number; filter: string },
): Promise<{ users: User[]; total: number }> {
  const matching = tx`
    aud = ${audience}
    and (
      ${filter} = ''
      or strpos(coalesce(email, ''), ${filter}) > 0
      or strpos(coalesce(phone, ''), ${filter}) > 0
      or strpos(lower(coalesce(raw_user_meta_data ->> 'full_name', '')), lower(${filter})) > 0
    )`;
  const rows = await tx`
    select * from auth.users where ${matching}
    order by created_at desc, id limit ${limit} offset ${offset}`;
  const counted = await tx`select count(*)::int as total from auth.users where ${matching}`;
  const [{ total } = { total: 0 }] = countedSchema.parse([...counted]);
  return { users: await withOwnRows(tx, rows), total };
}

export interface NewUser {
  readonly id: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly passwordHash: string | null;
  readonly appMetadata: Metadata;
  readonly userMetadata: Metadata;
  readonly role?: string;
  readonly isAnonymous?: boolean;
}

/** Inserts the unconfirmed user, as yet without an identity. */
export async function insertUserRow(tx: Tx, user: NewUser): Promise<void> {
  await tx`
    insert into auth.users (
      instance_id, id, aud, role, email, phone, encrypted_password, raw_app_meta_data,
      raw_user_meta_data, confirmation_token, recovery_token, email_change,
      email_change_token_new, email_change_token_current, phone_change, phone_change_token,
      reauthentication_token, is_anonymous, created_at, updated_at
    ) values (
      ${noInstance}, ${user.id}, ${audience}, ${user.role ?? audience}, ${user.email},
      ${user.phone}, ${user.passwordHash ?? ''}, ${tx.json(user.appMetadata)},
      ${tx.json(user.userMetadata)}, '', '', '', '', '', '', '', '',
      ${user.isAnonymous ?? false}, now(), now()
    )`;
}

/** Inserts the unconfirmed user, with one identity for each address it has. */
export async function insertUser(tx: Tx, user: NewUser): Promise<User> {
  await insertUserRow(tx, user);
  if (user.email) await insertIdentity(tx, user.id, 'email', user.email, false);
  if (user.phone) await insertIdentity(tx, user.id, 'phone', user.phone, false);
  // Read again: a trigger of the project may have changed what was inserted.
  return getUser(tx, user.id);
}

async function insertIdentity(
  tx: Tx,
  userId: string,
  provider: Provider,
  address: string,
  isVerified: boolean,
): Promise<void> {
  const data = {
    sub: userId,
    [provider]: address,
    email_verified: provider === 'email' && isVerified,
    phone_verified: provider === 'phone' && isVerified,
  };
  await tx`
    insert into auth.identities (
      id, provider, provider_id, user_id, identity_data, last_sign_in_at, created_at, updated_at
    ) values (
      ${randomUUID()}, ${provider}, ${userId}, ${userId}, ${tx.json(data)},
      now(), clock_timestamp(), now()
    )`;
}

/** Makes the address the user's identity of that provider, or creates that identity. */
export async function setIdentity(
  tx: Tx,
  user: User,
  provider: Provider,
  address: string,
  isVerified: boolean,
): Promise<void> {
  const identity = user.identities.find((candidate) => candidate.provider === provider);
  if (!identity) return insertIdentity(tx, user.id, provider, address, isVerified);
  const data = {
    ...identity.identity_data,
    [provider]: address,
    [`${provider}_verified`]: isVerified,
  };
  await tx`
    update auth.identities set identity_data = ${tx.json(data)}, updated_at = now()
    where id = ${identity.id}`;
}

export async function updateUser(tx: Tx, id: string, changes: UserChanges): Promise<User> {
  const { raw_app_meta_data: app, raw_user_meta_data: user, ...columns } = changes;
  const row = {
    ...columns,
    ...(app && { raw_app_meta_data: tx.json(app) }),
    ...(user && { raw_user_meta_data: tx.json(user) }),
    updated_at: new Date(),
  };
  await tx`update auth.users set ${tx(row)} where id = ${id}`;
  return getUser(tx, id);
}

/** app_metadata lists the providers by which the user can sign in. */
export async function refreshProviders(tx: Tx, id: string): Promise<User> {
  const user = await getUser(tx, id);
  const providers = [...new Set(user.identities.map((identity) => identity.provider))];
  const [provider] = providers;
  if (!provider) return user;
  return updateUser(tx, id, {
    raw_app_meta_data: { ...user.raw_app_meta_data, provider, providers },
  });
}

/** GoTrue's merge: members overwrite, null removes. */
export function mergeMetadata(current: Metadata, changes: Metadata): Metadata {
  const merged = { ...current, ...changes };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

export const isBanned = (user: User): boolean =>
  user.banned_until !== null && user.banned_until.getTime() > Date.now();
