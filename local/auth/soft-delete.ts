/** Soft deletion: the row stays for those who refer to it, and nothing of the person is left. */
import { createHash } from 'node:crypto';
import type { Tx } from './database.ts';
import { clearOneTimeTokens } from './one-time-tokens.ts';
import { endSessions } from './sessions.ts';
import { type User, updateUser } from './users.ts';

/** GoTrue hashes what is empty too. */
const obfuscate = (id: string, value: string | null) =>
  createHash('sha256')
    .update(id + (value ?? ''))
    .digest('base64url');
const obfuscatePhone = (id: string, phone: string | null) => obfuscate(id, phone).slice(0, 15);

export async function softDeleteUser(tx: Tx, user: User): Promise<void> {
  if (user.deleted_at) return;
  await endSessions(tx, user.id, 'all');
  await clearOneTimeTokens(tx, user.id);
  await tx`delete from auth.mfa_factors where user_id = ${user.id}`;
  for (const identity of user.identities) {
    await tx`
      update auth.identities set
        provider_id = ${obfuscate(identity.id, identity.provider_id)},
        identity_data = '{}'
      where id = ${identity.id}`;
  }
  await updateUser(tx, user.id, {
    email: obfuscate(user.id, user.email),
    phone: obfuscatePhone(user.id, user.phone),
    encrypted_password: '',
    email_change: obfuscate(user.id, user.email_change),
    phone_change: obfuscatePhone(user.id, user.phone_change),
    confirmation_token: '',
    recovery_token: '',
    email_change_token_current: '',
    email_change_token_new: '',
    phone_change_token: '',
    reauthentication_token: '',
    raw_app_meta_data: {},
    raw_user_meta_data: {},
    deleted_at: new Date(),
  });
}
