import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthService, randomPhone, startAuthService } from '../helpers/auth-service.ts';
import { testStack } from '../helpers/stack.ts';

let adminUrl: string;
let auth: AuthService;

beforeAll(async () => {
  ({ adminDatabaseUrl: adminUrl } = await testStack());
  auth = await startAuthService(adminUrl, { settings: {} });
});
afterAll(() => auth.stop());
beforeEach(() => {
  auth.answerHook = () => Response.json({});
});

async function signIn(phone: string) {
  const client = auth.client();
  const sent = await client.auth.signInWithOtp({ phone: `+${phone}` });
  expect(sent.error).toBeNull();
  const token = auth.smsCode(phone);
  const { data, error } = await client.auth.verifyOtp({ phone: `+${phone}`, token, type: 'sms' });
  expect(error).toBeNull();
  if (!data.session) throw new Error('no session');
  return { client, session: data.session, token };
}

const usersWith = (phone: string) => auth.sql`select * from auth.users where phone = ${phone}`;

describe('phone and password', () => {
  it('signs up with a confirmed phone, then signs in', async () => {
    const phone = randomPhone();
    const password = randomUUID();
    const client = auth.client();
    const signedUp = await client.auth.signUp({ phone, password });
    expect(signedUp.error).toBeNull();
    expect(signedUp.data.session).toBeNull();
    const early = await client.auth.signInWithPassword({ phone, password });
    expect(early.error).toMatchObject({ status: 400, code: 'phone_not_confirmed' });

    const token = auth.smsCode(phone);
    expect((await client.auth.verifyOtp({ phone, token, type: 'sms' })).error).toBeNull();
    const { data, error } = await auth.client().auth.signInWithPassword({ phone, password });
    expect(error).toBeNull();
    expect(data.user?.phone).toBe(phone);
    const claims = await client.auth.getClaims(data.session?.access_token);
    expect(claims.data?.claims.amr).toMatchObject([{ method: 'password' }]);
    const wrong = await auth.client().auth.signInWithPassword({ phone, password: 'wrong' });
    expect(wrong.error).toMatchObject({ status: 400, code: 'invalid_credentials' });
  });

  it('tells nobody that a phone is taken, and changes nothing of its user', async () => {
    const phone = randomPhone();
    const { session } = await signIn(phone);
    const { data, error } = await auth.client().auth.signUp({ phone, password: randomUUID() });

    expect(error).toBeNull();
    expect(data.user?.id).not.toBe(session.user.id);
    expect(data.user?.identities).toEqual([]);
    const [user] = await usersWith(phone);
    expect(user).toMatchObject({ id: session.user.id, encrypted_password: '' });
  });
});

describe('change of phone', () => {
  it('takes a code sent to the new number', async () => {
    const [from, to] = [randomPhone(), randomPhone()];
    const { client, session } = await signIn(from);
    const asked = await client.auth.updateUser({ phone: `+${to}` });
    expect(asked.error).toBeNull();
    expect(asked.data.user).toMatchObject({ phone: from, new_phone: to });

    const token = auth.smsCode(to);
    const asSignIn = await auth.client().auth.verifyOtp({ phone: from, token, type: 'sms' });
    expect(asSignIn.error?.code).toBe('otp_expired');
    const { data, error } = await auth
      .client()
      .auth.verifyOtp({ phone: to, token, type: 'phone_change' });
    expect(error).toBeNull();
    expect(data.user).toMatchObject({ id: session.user.id, phone: to });
    expect(data.user?.identities?.[0]?.identity_data).toMatchObject({ phone: to });
    expect(await usersWith(from)).toHaveLength(0);
  });

  it('is refused for a number of somebody else, at the request and at the code', async () => {
    const [from, to] = [randomPhone(), randomPhone()];
    const { client } = await signIn(from);
    expect((await client.auth.updateUser({ phone: to })).error).toBeNull();
    const token = auth.smsCode(to);
    await signIn(to);

    const late = await auth.client().auth.verifyOtp({ phone: to, token, type: 'phone_change' });
    expect(late.error).toMatchObject({ status: 422, code: 'phone_exists' });
    const again = await client.auth.updateUser({ phone: to });
    expect(again.error).toMatchObject({ status: 422, code: 'phone_exists' });
  });

  it('sends the code again on resend', async () => {
    const [from, to] = [randomPhone(), randomPhone()];
    const { client } = await signIn(from);
    await client.auth.updateUser({ phone: to });
    await auth.client().auth.resend({ type: 'phone_change', phone: from });
    const token = auth.smsCode(to);
    const { error } = await auth
      .client()
      .auth.verifyOtp({ phone: to, token, type: 'phone_change' });
    expect(error).toBeNull();
  });
});

describe('settings of config.toml', () => {
  it('spare an SMS to test numbers', async () => {
    const phone = randomPhone();
    const settings = {
      phone: { enabled: true, autoconfirm: false, otpLength: 6, testOtps: { [phone]: '123456' } },
    };
    const own = await startAuthService(adminUrl, { settings });
    try {
      await own.client().auth.signInWithOtp({ phone });
      const { error } = await own.client().auth.verifyOtp({ phone, token: '123456', type: 'sms' });
      expect(error).toBeNull();
      expect(own.hookCalls).toEqual([]);
    } finally {
      await own.stop();
    }
  });

  it('may switch phones, sign-ups and confirmations off', async () => {
    const phone = randomPhone();
    const base = { otpLength: 6, testOtps: {} };
    const closed = await startAuthService(adminUrl, {
      settings: { signupEnabled: false, phone: { ...base, enabled: true, autoconfirm: false } },
    });
    const without = await startAuthService(adminUrl, {
      settings: { phone: { ...base, enabled: false, autoconfirm: false } },
    });
    const confirming = await startAuthService(adminUrl, {
      settings: { phone: { ...base, enabled: true, autoconfirm: true } },
    });
    try {
      const refused = await closed.client().auth.signInWithOtp({ phone });
      expect(refused.error).toMatchObject({ status: 422, code: 'signup_disabled' });
      const disabled = await without.client().auth.signInWithOtp({ phone });
      expect(disabled.error).toMatchObject({ status: 400, code: 'phone_provider_disabled' });
      const { data } = await confirming.client().auth.signUp({ phone, password: randomUUID() });
      expect(data.session?.user.phone).toBe(phone);
    } finally {
      await Promise.all([closed, without, confirming].map((service) => service.stop()));
    }
  });
});
