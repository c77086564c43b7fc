/** A change of e-mail address: a code to the new mailbox, and one to the old that agrees to it. */
import { prepareEmailCode } from './codes.ts';
import { inTransaction } from './database.ts';
import { assertInterval } from './limits.ts';
import { type Challenge, storeChallenge } from './pkce.ts';
import type { Auth } from './service-context.ts';
import { getUser, type User, updateUser } from './users.ts';

export async function sendEmailChange(
  auth: Auth,
  userId: string,
  email: string,
  redirectTo: string,
  challenge: Challenge | null = null,
): Promise<User> {
  const interval = auth.config.limits.otpIntervalSeconds;
  const { user, posts } = await inTransaction(auth.sql, async (tx) => {
    const user = await getUser(tx, userId);
    assertInterval(user.email_change_sent_at, interval, 'over_email_send_rate_limit');
    auth.limiters.email();
    if (challenge) await storeChallenge(tx, userId, 'email_change', challenge);
    const changing = await updateUser(tx, userId, {
      email_change: email,
      email_change_confirm_status: 0,
    });
    const code = { type: 'email_change', redirectTo, isPkce: challenge !== null } as const;
    const toNew = await prepareEmailCode(auth, tx, changing, {
      ...code,
      token: 'email_change_token_new',
      email,
    });
    if (!user.email || !auth.settings.email.doubleConfirmChanges) {
      return { user: toNew.user, posts: [toNew.post] };
    }
    const toCurrent = await prepareEmailCode(auth, tx, toNew.user, {
      ...code,
      token: 'email_change_token_current',
      email: user.email,
    });
    return { user: toCurrent.user, posts: [toNew.post, toCurrent.post] };
  });
  for (const post of posts) post();
  return user;
}
