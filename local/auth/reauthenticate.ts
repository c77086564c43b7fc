/** GET /reauthenticate, and the code from it that an old session needs to change a password. */
import { Hono } from 'hono';
import { requireUser, type SignedIn } from './access.ts';
import { sendEmailCode, sendSmsCode } from './codes.ts';
import { inTransaction, type Tx } from './database.ts';
import { AuthError, validationFailed } from './errors.ts';
import { clearOneTimeTokens, hashOtp, isFreshToken } from './one-time-tokens.ts';
import type { Auth, AuthEnv } from './service-context.ts';
import { getUser, type User, updateUser } from './users.ts';

const token = 'reauthentication_token';
const recentMs = 24 * 3600 * 1000;

const confirmedEmail = (user: User) => (user.email_confirmed_at ? user.email : null);
const confirmedPhone = (user: User) => (user.phone_confirmed_at ? user.phone : null);

/** Sessions of the last 24 hours are trusted; older ones prove themselves by a code. */
export async function assertReauthenticated(
  auth: Auth,
  { user, sessionStartedAt }: SignedIn,
  nonce: string,
): Promise<void> {
  if (!auth.settings.reauthenticatesForPassword) return;
  if (Date.now() < sessionStartedAt.getTime() + recentMs) return;
  if (!nonce) {
    const message = 'Password update requires reauthentication';
    throw new AuthError(400, 'reauthentication_needed', message);
  }
  const email = confirmedEmail(user);
  const expirySeconds = email
    ? auth.settings.email.otpExpirySeconds
    : auth.config.limits.otpExpirySeconds;
  await inTransaction(auth.sql, async (tx) => {
    const { reauthentication_token: stored, reauthentication_sent_at: sentAt } = await getUser(
      tx,
      user.id,
    );
    const given = hashOtp(email ?? confirmedPhone(user) ?? '', nonce);
    if (!isFreshToken(given, stored, sentAt, expirySeconds)) {
      const message = 'Nonce has expired or is invalid';
      throw new AuthError(422, 'reauthentication_not_valid', message);
    }
    await clearOneTimeTokens(tx, user.id, token);
    await updateUser(tx, user.id, { [token]: '' });
  });
}

export function reauthenticateRoutes(auth: Auth): Hono<AuthEnv> {
  return new Hono<AuthEnv>().get('/reauthenticate', async (c) => {
    const { user } = await requireUser(auth, c);
    const [email, phone] = [confirmedEmail(user), confirmedPhone(user)];
    const load = (tx: Tx) => getUser(tx, user.id);
    if (email) {
      const redirectTo = auth.settings.siteUrl;
      await sendEmailCode(auth, { token, type: 'reauthentication', email, redirectTo, user: load });
    } else if (phone) {
      await sendSmsCode(auth, { token, phone, ip: c.env.ip, user: load });
    } else {
      throw validationFailed(
        'Reauthentication requires the user to have an email or a phone number',
      );
    }
    return c.json({});
  });
}
