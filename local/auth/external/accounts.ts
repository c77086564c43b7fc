/** Whose account an identity of a provider opens: GoTrue's rules of linking. */
import { randomUUID } from 'node:crypto';
import { sendEmailCode } from '../codes.ts';
import type { Tx } from '../database.ts';
import {
  AuthError,
  emailExists,
  signupDisabled,
  unexpectedFailure,
  userBanned,
} from '../errors.ts';
import type { Auth } from '../service-context.ts';
import { endSessions } from '../sessions.ts';
import {
  findUser,
  getUser,
  insertUserRow,
  isBanned,
  mergeMetadata,
  refreshProviders,
  type User,
  updateUser,
} from '../users.ts';
import {
  adoptEmail,
  confirmProvidedEmail,
  findIdentity,
  insertExternalIdentity,
  ownersOfMailbox,
} from './identities.ts';
import type { ProvidedUser } from './provided-user.ts';

/** What is written stays, also when the answer is a refusal because the mailbox is unconfirmed. */
export interface Outcome {
  readonly user: User;
  readonly refusal: AuthError | null;
}

const needsVerification = ({ provider }: ProvidedUser, isMailed: boolean) =>
  new AuthError(
    422,
    'provider_email_needs_verification',
    isMailed
      ? `Unverified email with ${provider}. A confirmation email has been sent to your ${provider} email`
      : `Unverified email with ${provider}. Verify the email with ${provider} in order to sign in`,
  );

/** The account of the identity, the one that it is to be linked to, or a new one. */
async function findAccount(auth: Auth, tx: Tx, provided: ProvidedUser) {
  const identity = await findIdentity(tx, provided);
  if (identity) {
    await tx`
      update auth.identities set
        identity_data = ${tx.json(provided.identityData)}, last_sign_in_at = now(),
        updated_at = now()
      where id = ${identity.id}`;
    return { userId: identity.user_id, identityId: identity.id, isNew: false };
  }
  const { provider, email, isEmailVerified } = provided;
  const owners = email ? await ownersOfMailbox(tx, email) : [];
  if (owners.length > 1 && isEmailVerified) {
    throw unexpectedFailure(
      'Multiple accounts with the same email address in the same linking domain detected: default',
    );
  }
  const [ownerId] = owners;
  // GoTrue links unverified addresses too where sign-ups are confirmed unasked: an open door.
  if (ownerId && isEmailVerified) {
    const identityId = await insertExternalIdentity(tx, ownerId, provided);
    return { userId: ownerId, identityId, isNew: false };
  }
  if (!auth.settings.signupEnabled) throw signupDisabled();
  const userId = randomUUID();
  await insertUserRow(tx, {
    id: userId,
    // An unverified address that is another's stays another's.
    email: ownerId ? null : email || null,
    phone: null,
    passwordHash: null,
    appMetadata: { provider, providers: [provider] },
    userMetadata: provided.identityData,
  });
  const identityId = await insertExternalIdentity(tx, userId, provided);
  return { userId, identityId, isNew: true };
}

/** Whoever signed up with this address before never proved it: nothing of theirs may stay open. */
async function dropUnconfirmed(
  tx: Tx,
  user: User,
  identityId: string,
  { identityData }: ProvidedUser,
): Promise<User> {
  await tx`delete from auth.identities where user_id = ${user.id} and id <> ${identityId}`;
  await endSessions(tx, user.id, 'all');
  await updateUser(tx, user.id, { encrypted_password: '', raw_user_meta_data: identityData });
  return refreshProviders(tx, user.id);
}

export async function signInWithProvider(
  auth: Auth,
  tx: Tx,
  provided: ProvidedUser,
): Promise<Outcome> {
  const { userId, identityId, isNew } = await findAccount(auth, tx, provided);
  const found = await getUser(tx, userId);
  if (isBanned(found)) throw userBanned();
  const metadata = mergeMetadata(found.raw_user_meta_data, provided.identityData);
  if (!isNew) await updateUser(tx, userId, { raw_user_meta_data: metadata });
  const user = await refreshProviders(tx, userId);

  const { email, isEmailVerified } = provided;
  // Without an address of its own the account claims none, so there is nothing to confirm.
  const claimsNothing = !user.email && !isNew && user.phone_confirmed_at !== null;
  const mayLackEmail = auth.settings.external[provided.provider].emailOptional && !user.email;
  if (user.email_confirmed_at || claimsNothing || mayLackEmail) return { user, refusal: null };

  const cleaned = await dropUnconfirmed(tx, user, identityId, provided);
  if (isEmailVerified) {
    const adopted = await adoptEmail(tx, cleaned, email);
    return { user: await confirmProvidedEmail(tx, adopted), refusal: null };
  }
  if (cleaned.email && auth.settings.email.autoconfirm) {
    return { user: await confirmProvidedEmail(tx, cleaned), refusal: null };
  }
  return { user: cleaned, refusal: needsVerification(provided, Boolean(cleaned.email)) };
}

/** Adds the identity to a signed-in user's account. */
export async function linkProvider(
  tx: Tx,
  userId: string,
  provided: ProvidedUser,
): Promise<Outcome> {
  const target = await findUser(tx, 'id', userId);
  if (!target) throw new AuthError(422, 'user_not_found', 'Linking target user not found');
  if (isBanned(target)) throw userBanned();
  const identity = await findIdentity(tx, provided);
  if (identity) {
    const whose = identity.user_id === userId ? '' : ' to another user';
    throw new AuthError(422, 'identity_already_exists', `Identity is already linked${whose}`);
  }
  const { provider, email, isEmailVerified } = provided;
  await insertExternalIdentity(tx, userId, provided);
  if (target.email || !email) return { user: await refreshProviders(tx, userId), refusal: null };

  if (await findUser(tx, 'email', email, 'unlocked')) throw emailExists();
  await adoptEmail(tx, target, email);
  const user = await refreshProviders(tx, userId);
  if (!isEmailVerified) {
    const message = `Unverified email with ${provider}. A confirmation email has been sent to your ${provider} email`;
    return { user, refusal: new AuthError(422, 'email_not_confirmed', message) };
  }
  await updateUser(tx, userId, { is_anonymous: false });
  return { user: await confirmProvidedEmail(tx, await getUser(tx, userId)), refusal: null };
}

/** Before a refusal is answered: the mail that ends the reason for it. */
export async function mailConfirmation(auth: Auth, user: User, redirectTo: string): Promise<void> {
  if (!user.email) return;
  await sendEmailCode(auth, {
    token: 'confirmation_token',
    type: 'signup',
    email: user.email,
    redirectTo,
    user: (tx) => getUser(tx, user.id),
  });
}
