/** People with an authenticator app. */
import { randomUUID } from 'node:crypto';
import { TOTP, URI } from 'otpauth';
import { type AuthService, randomEmail } from '../helpers/auth-service.ts';

/** What the app shows `steps` times 30 seconds from now. */
export function codeOf(secret: string, steps = 0): string {
  return new TOTP({ secret }).generate({ timestamp: Date.now() + steps * 30_000 });
}

/** Six digits that are none of the codes which are good now. */
export function wrongCode(secret: string): string {
  const good = [-2, -1, 0, 1, 2].map((steps) => codeOf(secret, steps));
  const wrong = ['000000', '111111', '222222', '333333', '444444', '555555'];
  return wrong.find((code) => !good.includes(code)) ?? '666666';
}

export async function signUp(auth: AuthService) {
  const account = { email: randomEmail(), password: randomUUID() };
  const made = await auth.admin().auth.admin.createUser({ ...account, email_confirm: true });
  if (made.error) throw made.error;
  return { ...account, id: made.data.user.id };
}

export async function signIn(
  auth: AuthService,
  { email, password }: { email: string; password: string },
) {
  const client = auth.client();
  const { data, error } = await client.auth.signInWithPassword({ email, password });
  if (error) throw error;
  return { client, session: data.session };
}
export type SignedIn = Awaited<ReturnType<typeof signIn>>;

export async function enroll({ client }: SignedIn, friendlyName = 'phone') {
  const { data, error } = await client.auth.mfa.enroll({ factorType: 'totp', friendlyName });
  if (error) throw error;
  return { id: data.id, secret: data.totp.secret };
}

/** Signed in with password and authenticator app. */
export async function signInTwice(auth: AuthService) {
  const account = await signUp(auth);
  const signedIn = await signIn(auth, account);
  const factor = await enroll(signedIn);
  const { data, error } = await signedIn.client.auth.mfa.challengeAndVerify({
    factorId: factor.id,
    code: codeOf(factor.secret),
  });
  if (error) throw error;
  return { account, ...signedIn, factor, verified: data };
}

/** What an authenticator app reads from the QR code. */
export function scan(uri: string): TOTP {
  const scanned = URI.parse(uri);
  if (!(scanned instanceof TOTP)) throw new Error('no TOTP');
  return scanned;
}
