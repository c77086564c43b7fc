/** What the redirect and the ID token lead to: the account, a refusal, a mail. */
import { inTransaction, type Tx } from '../database.ts';
import type { Auth } from '../service-context.ts';
import type { User } from '../users.ts';
import { admitProvided, linkProvider, mailConfirmation, signInWithProvider } from './accounts.ts';
import type { ProvidedUser } from './provided-user.ts';

export interface Arrival {
  readonly provided: ProvidedUser;
  /** Who adds the account to theirs; null when somebody signs in. */
  readonly linkingUserId: string | null;
  /** Where the link in a confirmation leads back to. */
  readonly redirectTo: string;
  readonly ip: string;
}

/** Finds or makes the account, and lets `admit` open it in the same transaction. */
export function arrive<T>(
  auth: Auth,
  { provided, linkingUserId, redirectTo, ip }: Arrival,
  admit: (tx: Tx, user: User) => Promise<T>,
): Promise<T> {
  const { provider, subject, email } = provided;
  return auth.addresses.run(email || `${provider}:${subject}`, async () => {
    if (!linkingUserId) await admitProvided(auth, provided, ip);
    const answer = await inTransaction(auth.sql, async (tx) => {
      const { user, refusal } = linkingUserId
        ? await linkProvider(tx, linkingUserId, provided)
        : await signInWithProvider(auth, tx, provided);
      return refusal ? { user, refusal } : { admitted: await admit(tx, user) };
    });
    if ('admitted' in answer) return answer.admitted;
    const { user, refusal } = answer;
    await mailConfirmation(auth, user, provided, refusal, redirectTo);
    throw refusal.error;
  });
}
