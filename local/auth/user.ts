/** GET and PUT /user: what signed-in users read and change about themselves. */
import { Hono } from 'hono';
import { z } from 'zod';
import { requireUser, type SignedIn } from './access.ts';
import { sendSmsCode } from './codes.ts';
import { confirmPhoneChange } from './confirm.ts';
import { inTransaction, type Tx } from './database.ts';
import { sendEmailChange } from './email-change.ts';
import { AuthError, emailExists, phoneExists } from './errors.ts';
import { isVerified } from './factors.ts';
import {
  assertChannel,
  codeSchema,
  metadataSchema,
  parseEmail,
  parsePhone,
  readBody,
  textSchema,
} from './input.ts';
import { clearOneTimeTokens } from './one-time-tokens.ts';
import { assertPasswordStrong, hashPassword, isPassword } from './passwords.ts';
import { challengeSchema, parseChallenge } from './pkce.ts';
import { assertReauthenticated } from './reauthenticate.ts';
import { redirectTarget } from './redirects.ts';
import type { Auth, AuthEnv } from './service-context.ts';
import { type EndedSessions, endSessions } from './sessions.ts';
import { userResponse } from './user-response.ts';
import { findUser, getUser, mergeMetadata, type User, updateUser } from './users.ts';

const changesSchema = z.object({
  email: textSchema,
  phone: textSchema,
  password: z.string().nullish(),
  nonce: codeSchema,
  data: metadataSchema.nullish(),
  app_metadata: metadataSchema.nullish(),
  channel: textSchema,
  ...challengeSchema,
});

/** Codes that were sent before the password changed are void, other sessions end. */
export async function changePassword(
  tx: Tx,
  userId: string,
  passwordHash: string,
  ended: EndedSessions,
): Promise<void> {
  await clearOneTimeTokens(tx, userId);
  await updateUser(tx, userId, {
    encrypted_password: passwordHash,
    confirmation_token: '',
    confirmation_sent_at: null,
    recovery_token: '',
    recovery_sent_at: null,
    email_change_token_current: '',
    email_change_token_new: '',
    email_change_sent_at: null,
    phone_change_token: '',
    phone_change_sent_at: null,
    reauthentication_token: '',
    reauthentication_sent_at: null,
  });
  await endSessions(tx, userId, ended);
}

export function userRoutes(auth: Auth): Hono<AuthEnv> {
  const { settings } = auth;

  async function hashNewPassword(
    signedIn: SignedIn,
    password: string,
    nonce: string,
  ): Promise<string> {
    assertPasswordStrong(password, settings);
    await assertReauthenticated(auth, signedIn, nonce);
    if (await isPassword(password, signedIn.user.encrypted_password)) {
      const message = 'New password should be different from the old password.';
      throw new AuthError(422, 'same_password', message);
    }
    return hashPassword(password);
  }

  function changePhone({ user }: SignedIn, phone: string, ip: string): Promise<User> {
    const assertFree = async (tx: Tx) => {
      if (await findUser(tx, 'phone', phone, 'unlocked')) throw phoneExists();
    };
    return auth.addresses.run(phone, () => {
      if (settings.phone.autoconfirm) {
        return inTransaction(auth.sql, async (tx) => {
          await assertFree(tx);
          return confirmPhoneChange(tx, await getUser(tx, user.id), phone);
        });
      }
      return sendSmsCode(auth, {
        token: 'phone_change_token',
        phone,
        ip,
        async user(tx) {
          await assertFree(tx);
          return getUser(tx, user.id);
        },
      });
    });
  }

  return new Hono<AuthEnv>()
    .get('/user', async (c) => c.json(userResponse((await requireUser(auth, c)).user)))
    .put('/user', async (c) => {
      const signedIn = await requireUser(auth, c);
      const { user, sessionId } = signedIn;
      const body = await readBody(c.req.raw, changesSchema);
      const email = body.email && parseEmail(body.email);
      const phone = body.phone && parsePhone(body.phone);
      assertChannel(body.channel);
      const challenge = parseChallenge(body);
      if (body.app_metadata) {
        const message = 'Updating app_metadata requires admin privileges';
        throw new AuthError(403, 'not_admin', message);
      }
      const changesAccess =
        body.password || (email && email !== user.email) || (phone && phone !== user.phone);
      if (changesAccess && user.factors.some(isVerified) && signedIn.aal !== 'aal2') {
        throw new AuthError(
          401,
          'insufficient_aal',
          'AAL2 session is required to update email or password when MFA is enabled.',
        );
      }
      if (user.is_anonymous && body.password && !email && !phone) {
        throw new AuthError(
          422,
          'validation_failed',
          'Updating password of an anonymous user without an email or phone is not allowed',
        );
      }
      const passwordHash =
        typeof body.password === 'string'
          ? await hashNewPassword(signedIn, body.password, body.nonce)
          : null;

      let changed = await inTransaction(auth.sql, async (tx) => {
        if (email && email !== user.email && (await findUser(tx, 'email', email, 'unlocked'))) {
          throw emailExists();
        }
        if (passwordHash) await changePassword(tx, user.id, passwordHash, { except: sessionId });
        const current = await getUser(tx, user.id);
        if (!body.data) return current;
        return updateUser(tx, user.id, {
          raw_user_meta_data: mergeMetadata(current.raw_user_meta_data, body.data),
        });
      });
      if (email && email !== user.email) {
        const redirectTo = redirectTarget(c.req.raw, settings);
        changed = await sendEmailChange(auth, user.id, email, redirectTo, challenge);
      }
      if (phone && phone !== user.phone) changed = await changePhone(signedIn, phone, c.env.ip);
      return c.json(userResponse(changed));
    });
}
