/** Sending a code: the interval since the last one, the hourly limit, the hash that is kept. */
import { inTransaction, sendThenWrite, type Tx } from './database.ts';
import { assertInterval } from './limits.ts';
import type { MailType } from './mailer.ts';
import {
  hashOtp,
  makeOtp,
  pkcePrefix,
  storeOneTimeToken,
  type TokenType,
} from './one-time-tokens.ts';
import type { Auth } from './service-context.ts';
import { type User, type UserChanges, updateUser } from './users.ts';

const sentAtColumns = {
  confirmation_token: 'confirmation_sent_at',
  recovery_token: 'recovery_sent_at',
  reauthentication_token: 'reauthentication_sent_at',
  email_change_token_current: 'email_change_sent_at',
  email_change_token_new: 'email_change_sent_at',
  phone_change_token: 'phone_change_sent_at',
} as const satisfies Record<TokenType, keyof UserChanges>;

async function storeCode(
  tx: Tx,
  user: User,
  token: TokenType,
  address: string,
  tokenHash: string,
  changes: UserChanges = {},
): Promise<User> {
  await storeOneTimeToken(tx, user.id, token, tokenHash, address);
  return updateUser(tx, user.id, {
    ...changes,
    [token]: tokenHash,
    [sentAtColumns[token]]: new Date(),
  });
}

export interface SmsCode {
  readonly token: 'confirmation_token' | 'phone_change_token' | 'reauthentication_token';
  /** Digits without "+". */
  readonly phone: string;
  /** Finds or writes the user whose code it is; runs twice, the first time in vain. */
  readonly user: (tx: Tx) => Promise<User>;
  readonly ip: string;
}

/** Sends a code by SMS; when that fails, nothing of the request is kept. */
export function sendSmsCode(auth: Auth, { token, phone, user, ip }: SmsCode): Promise<User> {
  const testOtp = auth.settings.phone.testOtps[phone];
  const otp = testOtp ?? makeOtp(auth.settings.phone.otpLength);
  const interval = auth.config.limits.otpIntervalSeconds;
  // The hook sees the new number, and may refuse it, before it is written.
  const change: UserChanges = token === 'phone_change_token' ? { phone_change: phone } : {};
  return sendThenWrite(auth.sql, {
    async prepare(tx) {
      const found = await user(tx);
      assertInterval(found[sentAtColumns[token]], interval, 'over_sms_send_rate_limit');
      return found;
    },
    async send(draft) {
      if (testOtp) return;
      auth.limiters.sms();
      await auth.hooks.sendSms({ user: { ...draft, ...change }, phone, otp, ip });
    },
    write: (tx, found) => storeCode(tx, found, token, phone, hashOtp(phone, otp), change),
  });
}

export interface EmailCode {
  readonly token: Exclude<TokenType, 'phone_change_token'>;
  readonly type: MailType;
  readonly email: string;
  readonly redirectTo: string;
  /** The link leads to a code for the browser that asked, not to a session. */
  readonly isPkce?: boolean;
}

/** Stores the code in the caller's transaction; what it returns posts the e-mail after commit. */
export async function prepareEmailCode(
  auth: Auth,
  tx: Tx,
  user: User,
  { token, type, email, redirectTo, isPkce = false }: EmailCode,
): Promise<{ user: User; otp: string; tokenHash: string; post: () => void }> {
  const otp = makeOtp(auth.settings.email.otpLength);
  const tokenHash = (isPkce ? pkcePrefix : '') + hashOtp(email, otp);
  const updated = await storeCode(tx, user, token, email, tokenHash);
  const mail = { type, to: email, otp, tokenHash, redirectTo };
  return { user: updated, otp, tokenHash, post: () => auth.mailer.send(mail) };
}

/** Sends one code by e-mail to the user that `user` finds or writes. */
export async function sendEmailCode(
  auth: Auth,
  code: EmailCode & { readonly user: (tx: Tx) => Promise<User> },
): Promise<User> {
  const interval = auth.config.limits.otpIntervalSeconds;
  const { user, post } = await inTransaction(auth.sql, async (tx) => {
    const found = await code.user(tx);
    assertInterval(found[sentAtColumns[code.token]], interval, 'over_email_send_rate_limit');
    auth.limiters.email();
    return prepareEmailCode(auth, tx, found, code);
  });
  post();
  return user;
}
