/** POST /signup: a phone or an address with a password; without either, an anonymous user. */
import { randomUUID } from 'node:crypto';
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
import { AuthError, signupDisabled, validationFailed } from './errors.ts';
import {
  assertChannel,
  type Contact,
  type Metadata,
  metadataSchema,
  parseContact,
  readBody,
  textSchema,
} from './input.ts';
import { assertPasswordStrong, hashPassword } from './passwords.ts';
import { type Challenge, challengeSchema, parseChallenge, storeChallenge } from './pkce.ts';
import { redirectTarget } from './redirects.ts';
import { type Auth, type AuthEnv, type Client, clientOf } from './service-context.ts';
import { startSession } from './sessions.ts';
import { userResponse } from './user-response.ts';
import { audience, findUser, insertUser, type User } from './users.ts';

const signupSchema = z.object({
  email: textSchema,
  phone: textSchema,
  password: textSchema,
  data: metadataSchema.nullish().transform((value) => value ?? {}),
  channel: textSchema,
  ...challengeSchema,
});

const alreadyExists = () => new AuthError(422, 'user_already_exists', 'User already registered');

const isConfirmed = (user: User, { channel }: Contact): boolean =>
  (channel === 'phone' ? user.phone_confirmed_at : user.email_confirmed_at) !== null;

/** What somebody sees who signs up with another's address: nothing tells that it is taken. */
function obfuscatedUser({ channel, address }: Contact, data: Metadata) {
  const now = new Date().toISOString();
  return {
    id: randomUUID(),
    aud: audience,
    role: '',
    email: channel === 'email' ? address : '',
    phone: channel === 'phone' ? address : '',
    confirmation_sent_at: now,
    app_metadata: { provider: channel, providers: [channel] },
    user_metadata: data,
    identities: [],
    created_at: now,
    updated_at: now,
    is_anonymous: false,
  };
}

export function signupRoutes(auth: Auth): Hono<AuthEnv> {
  const { settings } = auth;

  async function signUpAnonymously(data: Metadata, client: Client) {
    if (!settings.signupEnabled) throw signupDisabled();
    if (!settings.anonymousEnabled) {
      const message = 'Anonymous sign-ins are disabled';
      throw new AuthError(422, 'anonymous_provider_disabled', message);
    }
    const id = randomUUID();
    const newcomer = { id, appMetadata: {}, userMetadata: data, isAnonymous: true };
    await auth.hooks.beforeUserCreated?.(newcomer, client.ip);
    return inTransaction(auth.sql, async (tx) => {
      const user = await insertUser(tx, {
        id,
        email: null,
        phone: null,
        passwordHash: null,
        appMetadata: {},
        userMetadata: data,
        isAnonymous: true,
      });
      return startSession(auth, tx, user, 'anonymous', client);
    });
  }

  async function findOrCreate(tx: Tx, account: Account): Promise<User> {
    const { channel, address } = account.contact;
    const found = await findUser(tx, channel, address);
    if (found && isConfirmed(found, account.contact)) throw alreadyExists();
    // An unconfirmed sign-up keeps its password and data: nobody knows yet whose address it is.
    return found ?? createAccount(tx, account, settings);
  }

  function signUpConfirmed(account: Account, client: Client) {
    return inTransaction(auth.sql, async (tx) => {
      const user = await findOrCreate(tx, account);
      const confirm = account.contact.channel === 'phone' ? confirmPhone : confirmEmail;
      return startSession(auth, tx, await confirm(tx, user), 'password', client);
    });
  }

  function sendConfirmation(
    account: Account,
    challenge: Challenge | null,
    redirectTo: string,
    ip: string,
  ): Promise<User> {
    const { channel, address } = account.contact;
    const user = (tx: Tx) => findOrCreate(tx, account);
    if (channel === 'phone') {
      return sendSmsCode(auth, { token: 'confirmation_token', phone: address, user, ip });
    }
    return sendEmailCode(auth, {
      token: 'confirmation_token',
      type: 'signup',
      email: address,
      redirectTo,
      isPkce: challenge !== null,
      async user(tx) {
        const found = await user(tx);
        if (challenge) await storeChallenge(tx, found.id, 'email/signup', challenge);
        return found;
      },
    });
  }

  return new Hono<AuthEnv>().post('/signup', async (c) => {
    auth.limiters.signIn(c.env.ip);
    const body = await readBody(c.req.raw, signupSchema);
    const contact = parseContact(
      body,
      'Only an email address or phone number should be provided on signup.',
    );
    if (!contact) {
      if (body.password) throw validationFailed('One of email or phone must be set');
      return c.json(await signUpAnonymously(body.data, clientOf(c)));
    }
    if (!body.password) throw validationFailed('Signup requires a valid password');
    assertPasswordStrong(body.password, settings);
    assertChannel(body.channel);
    const challenge = parseChallenge(body);
    if (contact.channel === 'phone' && challenge) {
      throw validationFailed('PKCE not supported for phone signups');
    }
    assertProviderEnabled(contact, settings);

    const account = makeAccount(contact, body.data, await hashPassword(body.password));
    const { autoconfirm } = settings[contact.channel];
    try {
      return await auth.addresses.run(contact.address, async () => {
        if (settings.signupEnabled) await admitNewcomer(auth, account, c.env.ip);
        if (autoconfirm) return c.json(await signUpConfirmed(account, clientOf(c)));
        const redirectTo = redirectTarget(c.req.raw, settings);
        const user = await sendConfirmation(account, challenge, redirectTo, c.env.ip);
        return c.json(userResponse(user));
      });
    } catch (error) {
      const isTaken = error instanceof AuthError && error.code === 'user_already_exists';
      if (!isTaken || autoconfirm) throw error;
      return c.json(obfuscatedUser(contact, body.data));
    }
  });
}
