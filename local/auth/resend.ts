/** POST /resend and /recover: another code for somebody who waits for one. */
import { Hono } from 'hono';
import { z } from 'zod';
import { assertProviderEnabled } from './accounts.ts';
import { type EmailCode, sendEmailCode, sendSmsCode } from './codes.ts';
import { inTransaction } from './database.ts';
import { sendEmailChange } from './email-change.ts';
import { validationFailed } from './errors.ts';
import { type Contact, parseContact, parseEmail, readBody, textSchema } from './input.ts';
import { challengeSchema, parseChallenge, storeChallenge } from './pkce.ts';
import { redirectTarget } from './redirects.ts';
import type { Auth, AuthEnv } from './service-context.ts';
import { findUser, getUser, type User } from './users.ts';

const resendTypes = ['signup', 'email_change', 'sms', 'phone_change'] as const;
const resendSchema = z.object({ type: textSchema, email: textSchema, phone: textSchema });
const recoverSchema = z.object({ email: textSchema, ...challengeSchema });

export function resendRoutes(auth: Auth): Hono<AuthEnv> {
  const { settings } = auth;

  async function resendToPhone(user: User, type: 'sms' | 'phone_change', ip: string) {
    const phone = type === 'sms' ? user.phone : user.phone_change;
    if (!phone || (type === 'sms' && user.phone_confirmed_at)) return;
    await sendSmsCode(auth, {
      token: type === 'sms' ? 'confirmation_token' : 'phone_change_token',
      phone,
      ip,
      user: (tx) => getUser(tx, user.id),
    });
  }

  async function resendToMailbox(user: User, type: string, redirectTo: string) {
    if (type === 'email_change') {
      if (user.email_change) await sendEmailChange(auth, user.id, user.email_change, redirectTo);
      return;
    }
    if (!user.email || user.email_confirmed_at) return;
    await sendEmailCode(auth, {
      token: 'confirmation_token',
      type: 'signup',
      email: user.email,
      redirectTo,
      user: (tx) => getUser(tx, user.id),
    });
  }

  async function resend(type: string, contact: Contact, redirectTo: string, ip: string) {
    const { channel, address } = contact;
    const user = await inTransaction(auth.sql, (tx) => findUser(tx, channel, address));
    // Silent about who has an account.
    if (!user) return;
    if (type === 'sms' || type === 'phone_change') return resendToPhone(user, type, ip);
    return resendToMailbox(user, type, redirectTo);
  }

  return new Hono<AuthEnv>()
    .post('/resend', async (c) => {
      auth.limiters.signIn(c.env.ip);
      const body = await readBody(c.req.raw, resendSchema);
      const type = resendTypes.find((candidate) => candidate === body.type);
      if (!type) {
        throw validationFailed(`Missing one of these types: ${resendTypes.join(', ')}`);
      }
      if (type === 'signup' && !body.email) {
        throw validationFailed('Type provided requires an email address');
      }
      if (type === 'sms' && !body.phone) {
        throw validationFailed('Type provided requires a phone number');
      }
      const contact = parseContact(
        body,
        'Only an email address or phone number should be provided.',
      );
      if (!contact) throw validationFailed('Missing email address or phone number');
      assertProviderEnabled(contact, settings);
      const redirectTo = redirectTarget(c.req.raw, settings);
      await auth.addresses.run(contact.address, () => resend(type, contact, redirectTo, c.env.ip));
      return c.json({});
    })
    .post('/recover', async (c) => {
      auth.limiters.signIn(c.env.ip);
      const body = await readBody(c.req.raw, recoverSchema);
      if (!body.email) throw validationFailed('Password recovery requires an email');
      const email = parseEmail(body.email);
      const challenge = parseChallenge(body);
      const code: EmailCode = {
        token: 'recovery_token',
        type: 'recovery',
        email,
        redirectTo: redirectTarget(c.req.raw, settings),
        isPkce: challenge !== null,
      };
      await auth.addresses.run(email, async () => {
        const found = await inTransaction(auth.sql, (tx) => findUser(tx, 'email', email));
        if (!found) return;
        await sendEmailCode(auth, {
          ...code,
          async user(tx) {
            if (challenge) await storeChallenge(tx, found.id, 'recovery', challenge);
            return getUser(tx, found.id);
          },
        });
      });
      return c.json({});
    });
}
