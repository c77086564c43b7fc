/** What a used code changes in the user's row. */
import type { Tx } from './database.ts';
import { clearOneTimeTokens } from './one-time-tokens.ts';
import { refreshProviders, setIdentity, type User, updateUser } from './users.ts';

export async function confirmPhone(tx: Tx, user: User): Promise<User> {
  await clearOneTimeTokens(tx, user.id);
  if (user.phone) await setIdentity(tx, user, 'phone', user.phone, true);
  return updateUser(tx, user.id, { confirmation_token: '', phone_confirmed_at: new Date() });
}

export async function confirmEmail(tx: Tx, user: User): Promise<User> {
  await clearOneTimeTokens(tx, user.id);
  // Whoever came by way of a provider has the address from there, and no identity of its own.
  await tx`
    update auth.identities set
      identity_data = identity_data || '{"email_verified": true}', updated_at = now()
    where user_id = ${user.id} and email = lower(${user.email})`;
  return updateUser(tx, user.id, {
    confirmation_token: '',
    email_confirmed_at: new Date(),
    raw_user_meta_data: { ...user.raw_user_meta_data, email_verified: true },
  });
}

/** A code sent to a known user: proves the mailbox, so it confirms it too. */
export async function confirmRecovery(tx: Tx, user: User): Promise<User> {
  await clearOneTimeTokens(tx, user.id);
  const recovered = await updateUser(tx, user.id, { recovery_token: '' });
  return recovered.email_confirmed_at ? recovered : confirmEmail(tx, recovered);
}

export async function confirmPhoneChange(tx: Tx, user: User, phone: string): Promise<User> {
  await clearOneTimeTokens(tx, user.id);
  await setIdentity(tx, user, 'phone', phone, true);
  await updateUser(tx, user.id, {
    phone,
    phone_change: '',
    phone_change_token: '',
    phone_confirmed_at: new Date(),
    is_anonymous: false,
  });
  return refreshProviders(tx, user.id);
}

export async function confirmEmailChange(tx: Tx, user: User, email: string): Promise<User> {
  await clearOneTimeTokens(tx, user.id);
  await setIdentity(tx, user, 'email', email, true);
  await updateUser(tx, user.id, {
    email,
    email_change: '',
    email_change_token_current: '',
    email_change_token_new: '',
    email_change_confirm_status: 0,
    email_confirmed_at: user.email_confirmed_at ?? new Date(),
    raw_user_meta_data: { ...user.raw_user_meta_data, email_verified: true },
    is_anonymous: false,
  });
  return refreshProviders(tx, user.id);
}
