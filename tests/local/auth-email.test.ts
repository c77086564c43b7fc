import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthService, randomEmail, startAuthService } from '../helpers/auth-service.ts';
import { testStack } from '../helpers/stack.ts';

const siteUrl = 'http://app.example.com';
let adminUrl: string;
let auth: AuthService;

beforeAll(async () => {
  ({ adminDatabaseUrl: adminUrl } = await testStack());
  auth = await startAuthService(adminUrl, {
    settings: { siteUrl, redirectUrls: ['https://*.example.org/**'] },
  });
});
afterAll(() => auth.stop());

async function signUp(email = randomEmail(), password: string = randomUUID()) {
  const client = auth.client();
  const asked = await client.auth.signUp({ email, password });
  if (asked.error) throw asked.error;
  const token = auth.mailTo(email).code;
  const { data, error } = await client.auth.verifyOtp({ email, token, type: 'email' });
  if (error || !data.session) throw error ?? new Error('no session');
  return { email, password, client, session: data.session };
}

async function follow(link: string): Promise<URL> {
  const response = await fetch(link, { redirect: 'manual' });
  expect(response.status).toBe(303);
  return new URL(response.headers.get('location') ?? '');
}

const fragmentOf = (url: URL) => Object.fromEntries(new URLSearchParams(url.hash.slice(1)));

describe('sign-up by e-mail', () => {
  it('waits for the code, then signs in by password', async () => {
    const [email, password] = [randomEmail(), randomUUID()];
    const { data } = await auth.client().auth.signUp({ email: email.toUpperCase(), password });
    expect(data.session).toBeNull();
    expect(data.user?.email).toBe(email);
    expect(data.user).not.toHaveProperty('email_confirmed_at');
    const early = await auth.client().auth.signInWithPassword({ email, password });
    expect(early.error).toMatchObject({ status: 400, code: 'email_not_confirmed' });

    const token = auth.mailTo(email).code;
    const verified = await auth.client().auth.verifyOtp({ email, token, type: 'signup' });
    expect(verified.error).toBeNull();
    const { data: entered } = await auth.client().auth.signInWithPassword({ email, password });
    expect(entered.user).toMatchObject({
      email,
      email_confirmed_at: expect.any(String),
      app_metadata: { provider: 'email', providers: ['email'] },
      user_metadata: { email, email_verified: true },
      identities: [{ provider: 'email', identity_data: { email, email_verified: true } }],
    });
    const [user] = await auth.sql`select * from auth.users where email = ${email}`;
    expect(user?.encrypted_password).toMatch(/^\$2[aby]\$10\$/);
  });

  it('is confirmed by the link, once, which leads to the app with the session', async () => {
    const email = randomEmail();
    await auth.client().auth.signUp({
      email,
      password: randomUUID(),
      options: { emailRedirectTo: 'https://shop.example.org/welcome/now' },
    });
    const { link } = auth.mailTo(email);
    const target = await follow(link);
    expect(target.href).toMatch(/^https:\/\/shop\.example\.org\/welcome\/now#/);
    const session = fragmentOf(target);
    expect(session).toMatchObject({ token_type: 'bearer', type: 'signup', expires_in: '900' });
    expect(decodeJwt(session.access_token ?? '').email).toBe(email);

    const again = await follow(link);
    expect(fragmentOf(again)).toMatchObject({ error: 'access_denied', error_code: 'otp_expired' });
  });

  it('never leads to an address that is not allowed', async () => {
    for (const emailRedirectTo of ['https://evil.example', 'javascript:alert(1)', 'x']) {
      const email = randomEmail();
      const options = { emailRedirectTo };
      await auth.client().auth.signUp({ email, password: randomUUID(), options });
      expect((await follow(auth.mailTo(email).link)).origin).toBe(siteUrl);
    }
  });

  it('tells nobody that an address is taken', async () => {
    const { email, password, session } = await signUp();
    const { data, error } = await auth.client().auth.signUp({ email, password: randomUUID() });
    expect(error).toBeNull();
    expect(data.user?.id).not.toBe(session.user.id);
    const { data: entered } = await auth.client().auth.signInWithPassword({ email, password });
    expect(entered.user?.id).toBe(session.user.id);
  });

  it('needs no code where the project confirms by itself', async () => {
    const own = await startAuthService(adminUrl, {
      settings: {
        email: {
          enabled: true,
          autoconfirm: true,
          doubleConfirmChanges: true,
          otpLength: 6,
          otpExpirySeconds: 3600,
        },
      },
    });
    try {
      const [email, password] = [randomEmail(), randomUUID()];
      const { data } = await own.client().auth.signUp({ email, password });
      expect(data.session?.user.email).toBe(email);
      const taken = await own.client().auth.signUp({ email, password });
      expect(taken.error).toMatchObject({ status: 422, code: 'user_already_exists' });
    } finally {
      await own.stop();
    }
  });

  it('is one user for requests at the same time', async () => {
    const email = randomEmail();
    await Promise.all(
      Array.from({ length: 4 }, () => auth.client().auth.signUp({ email, password: randomUUID() })),
    );
    expect(await auth.sql`select from auth.users where email = ${email}`).toHaveLength(1);
  });
});

describe('sign-in by e-mail', () => {
  it('takes the code that was mailed to a new and to a known user', async () => {
    const email = randomEmail();
    const enter = async () => {
      const sent = await auth.client().auth.signInWithOtp({ email });
      expect(sent.error).toBeNull();
      const token = auth.mailTo(email).code;
      return auth.client().auth.verifyOtp({ email, token, type: 'email' });
    };
    const first = await enter();
    const second = await enter();
    expect(second.error).toBeNull();
    expect(second.data.user?.id).toBe(first.data.user?.id);
    expect(decodeJwt(second.data.session?.access_token ?? '').amr).toMatchObject([
      { method: 'otp' },
    ]);
  });

  it('takes the hash of the link, for servers that build links of their own', async () => {
    const { email } = await signUp();
    await auth.client().auth.signInWithOtp({ email });
    const hash = new URL(auth.mailTo(email).link).searchParams.get('token') ?? '';
    const verify = () => auth.client().auth.verifyOtp({ token_hash: hash, type: 'magiclink' });
    expect((await verify()).error).toBeNull();
    expect((await verify()).error).toMatchObject({ status: 403, code: 'otp_expired' });
  });

  it('creates nobody when it may not', async () => {
    const options = { shouldCreateUser: false };
    const { error } = await auth.client().auth.signInWithOtp({ email: randomEmail(), options });
    expect(error).toMatchObject({ status: 422, code: 'otp_disabled' });
  });

  it('recovers a forgotten password', async () => {
    const { email, session } = await signUp();
    const client = auth.client();
    expect((await client.auth.resetPasswordForEmail(email)).error).toBeNull();
    const token = auth.mailTo(email).code;
    const { data } = await client.auth.verifyOtp({ email, token, type: 'recovery' });
    expect(data.user?.id).toBe(session.user.id);
    const password = randomUUID();
    expect((await client.auth.updateUser({ password })).error).toBeNull();
    const entered = await auth.client().auth.signInWithPassword({ email, password });
    expect(entered.error).toBeNull();

    const stranger = randomEmail();
    expect((await client.auth.resetPasswordForEmail(stranger)).error).toBeNull();
    expect(auth.inbox.list({ to: stranger })).toEqual([]);
  });

  it('sends the confirmation again', async () => {
    const email = randomEmail();
    await auth.client().auth.signUp({ email, password: randomUUID() });
    const { error } = await auth.client().auth.resend({ type: 'signup', email });
    expect(error).toBeNull();
    expect(auth.inbox.list({ to: email })).toHaveLength(2);
    const token = auth.mailTo(email).code;
    const verified = await auth.client().auth.verifyOtp({ email, token, type: 'email' });
    expect(verified.error).toBeNull();
  });
});

describe('change of address', () => {
  it('is confirmed from both mailboxes', async () => {
    const { client, email, session } = await signUp();
    const next = randomEmail();
    const asked = await client.auth.updateUser({ email: next });
    expect(asked.data.user).toMatchObject({ email, new_email: next });

    const verify = (address: string) =>
      auth.client().auth.verifyOtp({
        email: address,
        token: auth.mailTo(address).code,
        type: 'email_change',
      });
    const one = await verify(next);
    expect(one.error).toBeNull();
    expect(one.data.session).toBeNull();
    const both = await verify(email);
    expect(both.data.user).toMatchObject({ id: session.user.id, email: next });
    expect(await auth.sql`select from auth.users where email = ${email}`).toHaveLength(0);
  });

  it('is refused for an address of somebody else', async () => {
    const [{ client }, { email: taken }] = [await signUp(), await signUp()];
    const { error } = await client.auth.updateUser({ email: taken });
    expect(error).toMatchObject({ status: 422, code: 'email_exists' });
  });

  it('adds an address to a user with a phone, with an identity', async () => {
    const phone = '919800000001';
    const admin = auth.admin().auth.admin;
    const password = randomUUID();
    const made = await admin.createUser({ phone, password, phone_confirm: true });
    const client = auth.client();
    await client.auth.signInWithPassword({ phone, password });
    const email = randomEmail();
    await client.auth.updateUser({ email });
    const { data } = await auth.client().auth.verifyOtp({
      email,
      token: auth.mailTo(email).code,
      type: 'email_change',
    });
    expect(data.user).toMatchObject({ id: made.data.user?.id, email, phone });
    expect(data.user?.app_metadata.providers).toEqual(['phone', 'email']);
    await admin.deleteUser(made.data.user?.id ?? '');
  });
});

describe('codes to a phone and to a mailbox of one user', () => {
  it('never stand for each other', async () => {
    const phone = '919800000002';
    const email = randomEmail();
    const { data } = await auth.admin().auth.admin.createUser({ phone, email });
    await auth.client().auth.signInWithOtp({ phone });
    const [row] = await auth.sql`
      select confirmation_token as hash from auth.users where id = ${data.user?.id ?? ''}`;
    const asLink = await auth
      .client()
      .auth.verifyOtp({ token_hash: String(row?.hash), type: 'signup' });
    expect(asLink.error?.code).toBe('otp_expired');
    const token = auth.smsCode(phone);
    const asMail = await auth.client().auth.verifyOtp({ email, token, type: 'email' });
    expect(asMail.error?.code).toBe('otp_expired');
    expect((await auth.client().auth.verifyOtp({ phone, token, type: 'sms' })).error).toBeNull();
    await auth.admin().auth.admin.deleteUser(data.user?.id ?? '');
  });
});
