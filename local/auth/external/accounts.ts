/** Whose account an identity of a provider opens: GoTrue's rules of linking. */
import { randomUUID } from 'node:crypto';
import { sendEmailCode } from '../codes.ts';
import { inTransaction, type Tx } from '../database.ts';
import { sendEmailChange } from '../email-change.ts';
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
  isFree,
  isProven,
  ownersOfMailbox,
} from './identities.ts';
import type { ProvidedUser } from './provided-user.ts';

/** The mailbox is unconfirmed. What was written stays, and a mail may end the reason. */
export interface Refusal {
  readonly error: AuthError;
  readonly mail: 'signup' | 'email_change' | null;
}

export interface Outcome {
  readonly user: User;
  readonly refusal: Refusal | null;
}

function refuse(code: string, { provider }: ProvidedUser, mail: Refusal['mail']): Refusal {
  const remedy = mail
    ? `A confirmation email has been sent to your ${provider} email`
    : `Verify the email with ${provider} in order to sign in`;
  return { error: new AuthError(422, code, `Unverified email with ${provider}. ${remedy}`), mail };
}

/** Asks the hook about somebody whom no account waits for, before the transaction that makes one. */
export async function admitProvided(auth: Auth, provided: ProvidedUser, ip: string): Promise<void> {
  const { provider, email, isEmailVerified, identityData } = provided;
  if (!auth.hooks.beforeUserCreated || !auth.settings.signupEnabled) return;
  const isKnown = await inTransaction(auth.sql, async (tx) => {
    if (await findIdentity(tx, provided)) return true;
    return isEmailVerified && (await ownersOfMailbox(tx, email)).length > 0;
  });
  if (isKnown) return;
  const appMetadata = { provider, providers: [provider] };
  const newcomer = { id: randomUUID(), email, appMetadata, userMetadata: identityData };
  await auth.hooks.beforeUserCreated(newcomer, ip);
}

/** The account of the identity, the one that it is to be linked to, or a new one. */
async function findAccount(auth: Auth, tx: Tx, provided: ProvidedUser) {
  const identity = await findIdentity(tx, provided);
  if (identity) {
    await tx`
      update auth.identities set
        identity_data = ${tx.json(provided.identityData)}, last_sign_in_at = now(),
        updated_at = now()
      where id = ${identity.id}`;
    return { userId: identity.user_id, identityId: identity.id };
  }
  const { provider, email, isEmailVerified } = provided;
  // GoTrue links unverified addresses too where sign-ups are confirmed unasked: an open door.
  const owners = isEmailVerified ? await ownersOfMailbox(tx, email) : [];
  if (owners.length > 1) {
    throw unexpectedFailure(
      'Multiple accounts with the same email address in the same linking domain detected: default',
    );
  }
  const [ownerId] = owners;
  if (ownerId) {
    const identityId = await insertExternalIdentity(tx, ownerId, provided);
    return { userId: ownerId, identityId };
  }
  if (!auth.settings.signupEnabled) throw signupDisabled();
  const userId = randomUUID();
  await insertUserRow(tx, {
    id: userId,
    email: (await isFree(tx, email)) ? email : null,
    phone: null,
    passwordHash: null,
    appMetadata: { provider, providers: [provider] },
    userMetadata: provided.identityData,
  });
  const identityId = await insertExternalIdentity(tx, userId, provided);
  return { userId, identityId };
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
  const { userId, identityId } = await findAccount(auth, tx, provided);
  const found = await getUser(tx, userId);
  if (isBanned(found)) throw userBanned();
  await updateUser(tx, userId, {
    raw_user_meta_data: mergeMetadata(found.raw_user_meta_data, provided.identityData),
  });
  const user = await refreshProviders(tx, userId);

  const { email, isEmailVerified } = provided;
  const mayLackEmail = auth.settings.external[provided.provider].emailOptional && !user.email;
  if (isProven(user) || mayLackEmail) return { user, refusal: null };

  const cleaned = await dropUnconfirmed(tx, user, identityId, provided);
  if (isEmailVerified) {
    const adopted = await adoptEmail(tx, cleaned, email);
    return { user: await confirmProvidedEmail(tx, adopted), refusal: null };
  }
  if (cleaned.email && auth.settings.email.autoconfirm) {
    return { user: await confirmProvidedEmail(tx, cleaned), refusal: null };
  }
  const mail = cleaned.email ? 'signup' : null;
  return { user: cleaned, refusal: refuse('provider_email_needs_verification', provided, mail) };
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
  const { email, isEmailVerified } = provided;
  await insertExternalIdentity(tx, userId, provided);
  const user = await refreshProviders(tx, userId);
  if (target.email || !email) return { user, refusal: null };
  if (!(await isFree(tx, email))) throw emailExists();
  // Not theirs before it is confirmed: an unproven address would draw its owner's sign-ins here.
  if (!isEmailVerified) {
    return { user, refusal: refuse('email_not_confirmed', provided, 'email_change') };
  }
  await updateUser(tx, userId, { is_anonymous: false });
  return { user: await confirmProvidedEmail(tx, await adoptEmail(tx, user, email)), refusal: null };
}

/** Before a refusal is answered: the mail that ends the reason for it. */
export async function mailConfirmation(
  auth: Auth,
  user: User,
  { email }: ProvidedUser,
  { mail }: Refusal,
  redirectTo: string,
): Promise<void> {
  if (mail === 'email_change') await sendEmailChange(auth, user.id, email, redirectTo);
  if (mail !== 'signup' || !user.email) return;
  await sendEmailCode(auth, {
    token: 'confirmation_token',
    type: 'signup',
    email: user.email,
    redirectTo,
    user: (tx) => getUser(tx, user.id),
  });
}
