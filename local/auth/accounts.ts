/** New users, as every way of signing up makes them. */
import { randomUUID } from 'node:crypto';
import { inTransaction, type Tx } from './database.ts';
import { AuthError, signupDisabled } from './errors.ts';
import type { Contact, Metadata } from './input.ts';
import type { Auth } from './service-context.ts';
import type { AuthSettings } from './settings.ts';
import { findUser, insertUser, type User } from './users.ts';

export interface Account {
  readonly id: string;
  readonly contact: Contact;
  /** Null for those who sign in by code. */
  readonly passwordHash: string | null;
  readonly data: Metadata;
}

export function makeAccount(
  contact: Contact,
  data: Metadata,
  passwordHash: string | null = null,
): Account {
  return { id: randomUUID(), contact, passwordHash, data };
}

export function assertProviderEnabled(contact: Contact, settings: AuthSettings): void {
  if (settings[contact.channel].enabled) return;
  throw contact.channel === 'phone'
    ? new AuthError(400, 'phone_provider_disabled', 'Phone logins are disabled')
    : new AuthError(400, 'email_provider_disabled', 'Email logins are disabled');
}

const providerOf = ({ channel }: Contact) => ({ provider: channel, providers: [channel] });

/**
 * Asks the hook about somebody who has no account yet. GoTrue does so before its transaction, as
 * the hook may take its time or need the database.
 */
export async function admitNewcomer(auth: Auth, account: Account, ip: string): Promise<void> {
  const { id, contact, data } = account;
  const { channel, address } = contact;
  if (!auth.hooks.beforeUserCreated) return;
  const found = await inTransaction(auth.sql, (tx) => findUser(tx, channel, address, 'unlocked'));
  if (found) return;
  const newcomer = { id, [channel]: address, appMetadata: providerOf(contact), userMetadata: data };
  await auth.hooks.beforeUserCreated(newcomer, ip);
}

export function createAccount(tx: Tx, account: Account, settings: AuthSettings): Promise<User> {
  if (!settings.signupEnabled) throw signupDisabled();
  const { id, contact, passwordHash, data } = account;
  const { channel, address } = contact;
  return insertUser(tx, {
    id,
    email: channel === 'email' ? address : null,
    phone: channel === 'phone' ? address : null,
    passwordHash,
    appMetadata: providerOf(contact),
    userMetadata: {
      ...data,
      sub: id,
      [channel]: address,
      email_verified: false,
      phone_verified: false,
    },
  });
}
