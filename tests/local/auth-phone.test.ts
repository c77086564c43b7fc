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

describe('sign-in by phone', () => {
  it('creates the user as hosted does, with identity and session', async () => {
    const phone = randomPhone();
    const { session } = await signIn(phone);

    const [user] = await usersWith(phone);
    expect(user).toMatchObject({
      instance_id: '00000000-0000-0000-0000-000000000000',
      aud: 'authenticated',
      role: 'authenticated',
      email: null,
      phone,
      phone_confirmed_at: expect.any(Date),
      confirmed_at: expect.any(Date),
      last_sign_in_at: expect.any(Date),
      raw_app_meta_data: { provider: 'phone', providers: ['phone'] },
      confirmation_token: '',
      recovery_token: '',
      is_sso_user: false,
      is_anonymous: false,
      banned_until: null,
    });
    const [identity] = await auth.sql`
      select * from auth.identities where user_id = ${session.user.id}`;
    expect(identity).toMatchObject({
      provider: 'phone',
      provider_id: session.user.id,
      identity_data: { sub: session.user.id, phone, phone_verified: true, email_verified: false },
    });
    const [row] = await auth.sql`select * from auth.sessions where user_id = ${session.user.id}`;
    expect(row).toMatchObject({ aal: 'aal1', ip: '127.0.0.1', user_agent: 'node' });
    expect(
      await auth.sql`
      select from auth.one_time_tokens where user_id = ${session.user.id}`,
    ).toHaveLength(0);
  });

  it('issues a token with all claims that hosted issues, which getClaims verifies by JWKS', async () => {
    const phone = randomPhone();
    const { client, session } = await signIn(phone);

    const requests: string[] = [];
    const { fetch: original } = globalThis;
    globalThis.fetch = (input, init) => {
      requests.push(String(input));
      return original(input, init);
    };
    const { data, error } = await client.auth
      .getClaims(session.access_token)
      .finally(() => (globalThis.fetch = original));

    expect(error).toBeNull();
    expect(data?.header).toMatchObject({ alg: 'ES256', kid: expect.any(String) });
    expect(requests.filter((url) => url.endsWith('/user'))).toEqual([]);
    const now = Math.floor(Date.now() / 1000);
    expect(data?.claims).toEqual({
      iss: `${auth.url}/auth/v1`,
      sub: session.user.id,
      aud: 'authenticated',
      exp: session.expires_at,
      iat: expect.closeTo(now, -1),
      email: '',
      phone,
      app_metadata: { provider: 'phone', providers: ['phone'] },
      user_metadata: {
        sub: session.user.id,
        phone,
        email_verified: false,
        phone_verified: false,
      },
      role: 'authenticated',
      aal: 'aal1',
      amr: [{ method: 'otp', timestamp: expect.closeTo(now, -1) }],
      session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      is_anonymous: false,
    });
    expect(session.expires_in).toBe(900);
  });

  it('finds the same user again, and keeps the data of the first sign-up', async () => {
    const phone = randomPhone();
    const client = auth.client();
    const options = { data: { language: 'hi' } };
    await client.auth.signInWithOtp({ phone: `+${phone}`, options });
    const first = await client.auth.verifyOtp({ phone, token: auth.smsCode(phone), type: 'sms' });
    const { session } = await signIn(phone);

    expect(session.user.id).toBe(first.data.user?.id);
    expect(session.user.user_metadata).toMatchObject({ language: 'hi' });
    expect(await usersWith(phone)).toHaveLength(1);
  });

  it('stores no code in the clear, and each works once', async () => {
    const phone = randomPhone();
    await auth.client().auth.signInWithOtp({ phone });
    const token = auth.smsCode(phone);
    const [stored] = await usersWith(phone);
    expect(stored?.confirmation_token).toMatch(/^[0-9a-f]{56}$/);
    expect(
      await auth.sql`select token_type, relates_to, token_hash from auth.one_time_tokens
      where user_id = ${stored?.id}`,
    ).toEqual([
      {
        token_type: 'confirmation_token',
        relates_to: phone,
        token_hash: stored?.confirmation_token,
      },
    ]);

    const wrong = token === '000000' ? '000001' : '000000';
    const verify = (code: string) =>
      auth.client().auth.verifyOtp({ phone, token: code, type: 'sms' });
    expect((await verify(wrong)).error).toMatchObject({ status: 403, code: 'otp_expired' });
    expect((await verify(token)).error).toBeNull();
    expect((await verify(token)).error).toMatchObject({ status: 403, code: 'otp_expired' });
  });

  it.each([
    ['in digits of Hindi', '०१२३४५६७८९'],
    ['in digits of Urdu', '۰۱۲۳۴۵۶۷۸۹'],
    ['in digits of Arabic', '٠١٢٣٤٥٦٧٨٩'],
    ['in wide digits', '０１２３４５６７８９'],
  ])('takes a code %s', async (_, digits) => {
    const phone = randomPhone();
    await auth.client().auth.signInWithOtp({ phone });
    const token = auth.smsCode(phone).replace(/\d/g, (digit) => digits[Number(digit)] ?? '');
    expect((await auth.client().auth.verifyOtp({ phone, token, type: 'sms' })).error).toBeNull();
  });

  it('takes a code with spaces and marks of direction', async () => {
    const phone = randomPhone();
    await auth.client().auth.signInWithOtp({ phone });
    const token = `\u202a${auth.smsCode(phone).replace(/^.../, '$& ')}\u202c`;
    expect((await auth.client().auth.verifyOtp({ phone, token, type: 'sms' })).error).toBeNull();
  });

  it('voids a code when a newer one is sent, and when it is too old', async () => {
    const phone = randomPhone();
    await auth.client().auth.signInWithOtp({ phone });
    const older = auth.smsCode(phone);
    await auth.client().auth.signInWithOtp({ phone });
    const newer = auth.smsCode(phone);
    const verify = (token: string) => auth.client().auth.verifyOtp({ phone, token, type: 'sms' });

    if (older !== newer) expect((await verify(older)).error?.code).toBe('otp_expired');
    await auth.sql`
      update auth.users set confirmation_sent_at = now() - interval '61 seconds'
      where phone = ${phone}`;
    expect((await verify(newer)).error?.code).toBe('otp_expired');
  });

  it('creates nobody when it may not', async () => {
    const phone = randomPhone();
    const { error } = await auth
      .client()
      .auth.signInWithOtp({ phone, options: { shouldCreateUser: false } });

    expect(error).toMatchObject({
      status: 422,
      code: 'otp_disabled',
      message: 'Signups not allowed for otp',
    });
    expect(await usersWith(phone)).toHaveLength(0);
  });

  it('sends again on resend, to those who wait for a code only', async () => {
    const phone = randomPhone();
    await auth.client().auth.signInWithOtp({ phone });
    const count = () => auth.hookCalls.filter(({ body }) => body.sms.phone === phone).length;
    expect((await auth.client().auth.resend({ type: 'sms', phone })).error).toBeNull();
    expect(count()).toBe(2);
    const token = auth.smsCode(phone);
    expect((await auth.client().auth.verifyOtp({ phone, token, type: 'sms' })).error).toBeNull();

    expect((await auth.client().auth.resend({ type: 'sms', phone })).error).toBeNull();
    const stranger = randomPhone();
    expect((await auth.client().auth.resend({ type: 'sms', phone: stranger })).error).toBeNull();
    expect(count()).toBe(2);
  });
});

describe('at the same time', () => {
  it('one code gives one session', async () => {
    const phone = randomPhone();
    await auth.client().auth.signInWithOtp({ phone });
    const token = auth.smsCode(phone);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => auth.client().auth.verifyOtp({ phone, token, type: 'sms' })),
    );

    expect(answers.filter(({ error }) => error === null)).toHaveLength(1);
    expect(answers.map(({ error }) => error?.code).filter(Boolean)).toEqual(
      Array(4).fill('otp_expired'),
    );
    expect(
      await auth.sql`
      select from auth.sessions join auth.users on users.id = user_id
      where phone = ${phone}`,
    ).toHaveLength(1);
  });

  it('one phone gives one user', async () => {
    const phone = randomPhone();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => auth.client().auth.signInWithOtp({ phone })),
    );

    expect(answers.filter(({ error }) => error !== null)).toEqual([]);
    expect(await usersWith(phone)).toHaveLength(1);
  });
});
