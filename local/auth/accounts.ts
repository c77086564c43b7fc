/** New users, as every way of signing up makes them. */
import { randomUUID } from 'node:crypto';
import type { Tx } from './database.ts';
import { AuthError, signupDisabled } from './errors.ts';
import type { Contact, Metadata } from './input.ts';
import type { AuthSettings } from './settings.ts';
import { insertUser, type User } from './users.ts';

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

export function createAccount(tx: Tx, account: Account, settings: AuthSettings): Promise<User> {
  if (!settings.signupEnabled) throw signupDisabled();
  const { id, contact, passwordHash, data } = account;
  const { channel, address } = contact;
  return insertUser(tx, {
    id,
    email: channel === 'email' ? address : null,
    phone: channel === 'phone' ? address : null,
    passwordHash,
    appMetadata: { provider: channel, providers: [channel] },
    userMetadata: {
      ...data,
      sub: id,
      [channel]: address,
      email_verified: false,
      phone_verified: false,
    },
  });
}
