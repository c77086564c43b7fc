/** POST /otp: sign-in by a code to a phone or a mailbox. */
import { Hono } from 'hono';
import { z } from 'zod';
import {
  type Account,
  admitNewcomer,
  assertProviderEnabled,
  createAccount,
  makeAccount,
} from './accounts.ts';
import { sendEmailCode, sendSmsCode } from './codes.ts';
import { confirmEmail, confirmPhone } from './confirm.ts';
import { inTransaction, type Tx } from './database.ts';
import { AuthError, validationFailed } from './errors.ts';
import { assertChannel, metadataSchema, parseContact, readBody, textSchema } from './input.ts';
import { type Challenge, challengeSchema, parseChallenge, storeChallenge } from './pkce.ts';
import { redirectTarget } from './redirects.ts';
import type { Auth, AuthEnv } from './service-context.ts';
import { findUser, type User } from './users.ts';

const otpSchema = z.object({
  email: textSchema,
  phone: textSchema,
  create_user: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
  data: metadataSchema.nullish().transform((value) => value ?? {}),
  channel: textSchema,
  ...challengeSchema,
});

const otpDisabled = () => new AuthError(422, 'otp_disabled', 'Signups not allowed for otp');

export function otpRoutes(auth: Auth): Hono<AuthEnv> {
  const { settings } = auth;

  async function findOrCreate(tx: Tx, account: Account, mayCreate: boolean): Promise<User> {
    const { channel, address } = account.contact;
    const found = await findUser(tx, channel, address);
    if (found) return found;
    if (!mayCreate) throw otpDisabled();
    return createAccount(tx, account, settings);
  }

  async function byPhone(account: Account, mayCreate: boolean, ip: string): Promise<void> {
    await sendSmsCode(auth, {
      token: 'confirmation_token',
      phone: account.contact.address,
      ip,
      async user(tx) {
        const user = await findOrCreate(tx, account, mayCreate);
        const isDue = settings.phone.autoconfirm && !user.phone_confirmed_at;
        return isDue ? confirmPhone(tx, user) : user;
      },
    });
  }

  async function byEmail(
    account: Account,
    mayCreate: boolean,
    challenge: Challenge | null,
    redirectTo: string,
  ): Promise<void> {
    const { address } = account.contact;
    const found = await inTransaction(auth.sql, (tx) => findUser(tx, 'email', address));
    const isKnown = found?.email_confirmed_at || settings.email.autoconfirm;
    await sendEmailCode(auth, {
      token: isKnown ? 'recovery_token' : 'confirmation_token',
      type: isKnown ? 'magiclink' : 'signup',
      email: address,
      redirectTo,
      isPkce: challenge !== null,
      async user(tx) {
        const user = await findOrCreate(tx, account, mayCreate);
        const purpose = isKnown ? 'magiclink' : 'email/signup';
        if (challenge) await storeChallenge(tx, user.id, purpose, challenge);
        const isDue = settings.email.autoconfirm && !user.email_confirmed_at;
        return isDue ? confirmEmail(tx, user) : user;
      },
    });
  }

  return new Hono<AuthEnv>().post('/otp', async (c) => {
    auth.limiters.signIn(c.env.ip);
    const body = await readBody(c.req.raw, otpSchema);
    const contact = parseContact(body, 'Only an email address or phone number should be provided');
    if (!contact) throw validationFailed('One of email or phone must be set');
    if (contact.channel === 'email' && body.channel) {
      throw validationFailed('Channel should only be specified with Phone OTP');
    }
    assertChannel(body.channel);
    const challenge = parseChallenge(body);
    assertProviderEnabled(contact, settings);
    const account = makeAccount(contact, body.data);
    const redirectTo = redirectTarget(c.req.raw, settings);
    await auth.addresses.run(contact.address, async () => {
      if (body.create_user && settings.signupEnabled) await admitNewcomer(auth, account, c.env.ip);
      if (contact.channel === 'phone') await byPhone(account, body.create_user, c.env.ip);
      else await byEmail(account, body.create_user, challenge, redirectTo);
    });
    return c.json({});
  });
}
