import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthService,
  randomEmail,
  randomPhone,
  startAuthService,
} from '../helpers/auth-service.ts';
import { testStack } from '../helpers/stack.ts';

let adminUrl: string;
let auth: AuthService;

beforeAll(async () => {
  ({ adminDatabaseUrl: adminUrl } = await testStack());
  auth = await startAuthService(adminUrl);
});
afterAll(() => auth.stop());

const admin = () => auth.admin().auth.admin;

async function makeUser() {
  const [email, phone, password] = [randomEmail(), randomPhone(), randomUUID()];
  const { data, error } = await admin().createUser({
    email,
    phone,
    password,
    email_confirm: true,
    phone_confirm: true,
  });
  if (error) throw error;
  return { id: data.user.id, email, phone, password };
}

describe('the admin API', () => {
  it('creates a user as asked', async () => {
    const [email, phone, id] = [randomEmail(), randomPhone(), randomUUID()];
    const { data, error } = await admin().createUser({
      id,
      email,
      phone: `+${phone}`,
      email_confirm: true,
      phone_confirm: true,
      user_metadata: { name: 'Asha' },
      app_metadata: { tier: 1 },
      role: 'authenticated',
      ban_duration: '24h',
    });

    expect(error).toBeNull();
    expect(data.user).toMatchObject({
      id,
      email,
      phone,
      role: 'authenticated',
      email_confirmed_at: expect.any(String),
      phone_confirmed_at: expect.any(String),
      banned_until: expect.any(String),
      user_metadata: { name: 'Asha' },
      app_metadata: { provider: 'email', providers: ['email', 'phone'], tier: 1 },
    });
    const providers = data.user?.identities?.map((identity) => identity.provider);
    expect(providers).toEqual(['email', 'phone']);
    expect((await admin().getUserById(id)).data.user).toEqual(data.user);
  });

  it('takes a bcrypt hash in place of the password', async () => {
    const email = randomEmail();
    const password_hash = '$2y$10$92IXUNpkjO0rOQ5byMi.Ye4oKoEa3Ro9llC/.og/at2.uheWG/igi';
    const made = await admin().createUser({ email, email_confirm: true, password_hash });
    expect(made.error).toBeNull();
    const entered = await auth.client().auth.signInWithPassword({ email, password: 'password' });
    expect(entered.error).toBeNull();
    const bad = await admin().createUser({ email: randomEmail(), password_hash: 'md5' });
    expect(bad.error).toMatchObject({ status: 400, code: 'validation_failed' });
  });

  it('refuses a taken phone or address, and a user without either', async () => {
    const { email, phone, id } = await makeUser();
    const codeOf = async (attributes: object) => {
      const { error } = await admin().createUser(attributes);
      return [error?.status, error?.code];
    };
    expect(await codeOf({ email })).toEqual([422, 'email_exists']);
    expect(await codeOf({ phone })).toEqual([422, 'phone_exists']);
    expect(await codeOf({ email: randomEmail(), id })).toEqual([422, 'user_already_exists']);
    expect(await codeOf({})).toEqual([400, 'validation_failed']);
    expect(await codeOf({ email: randomEmail(), password: 'short' })).toEqual([
      422,
      'weak_password',
    ]);
  });

  it('creates one user for requests at the same time', async () => {
    const phone = randomPhone();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => admin().createUser({ phone })),
    );
    expect(answers.filter(({ error }) => error === null)).toHaveLength(1);
    const codes = answers.flatMap(({ error }) => (error ? [error.code] : []));
    expect(codes).toEqual(Array(3).fill('phone_exists'));
  });

  it('lists pages with totals', async () => {
    await Promise.all([makeUser(), makeUser(), makeUser()]);
    const { data, error } = await admin().listUsers({ page: 1, perPage: 2 });
    expect(error).toBeNull();
    const [row] = await auth.sql`select count(*)::int as total from auth.users`;
    expect(data).toMatchObject({
      aud: 'authenticated',
      total: row?.total,
      nextPage: 2,
    });
    const response = await auth.request('/admin/users?per_page=2&page=1', {
      headers: { apikey: auth.keys.secretKey },
    });
    // The client reads the number behind the first "=".
    const lastPage = Math.ceil(Number(row?.total) / 2);
    expect(response.headers.get('link')).toBe(
      '</auth/v1/admin/users?page=2&per_page=2>; rel="next", ' +
        `</auth/v1/admin/users?page=${lastPage}&per_page=2>; rel="last"`,
    );
    expect(data.users).toHaveLength(2);
    const next = await admin().listUsers({ page: 2, perPage: 2 });
    const seen = [...data.users, ...next.data.users].map((user) => user.id);
    expect(new Set(seen).size).toBe(seen.length);
    const bad = await admin().listUsers({ page: -1 });
    expect(bad.error).toMatchObject({ status: 400, code: 'validation_failed' });
  });

  it('updates what it is given, and only that', async () => {
    const { id, phone, password } = await makeUser();
    const email = randomEmail();
    const { data, error } = await admin().updateUserById(id, {
      email,
      user_metadata: { name: 'Asha' },
      app_metadata: { tier: 2 },
    });
    expect(error).toBeNull();
    expect(data.user).toMatchObject({ email, phone, user_metadata: { name: 'Asha' } });
    expect(data.user?.app_metadata).toMatchObject({ tier: 2, providers: ['email', 'phone'] });
    expect(data.user?.identities?.[0]?.identity_data).toMatchObject({ email });
    expect((await auth.client().auth.signInWithPassword({ phone, password })).error).toBeNull();

    const next = randomUUID();
    await admin().updateUserById(id, { password: next });
    const old = await auth.client().auth.signInWithPassword({ phone, password });
    expect(old.error?.code).toBe('invalid_credentials');
    const entered = await auth.client().auth.signInWithPassword({ phone, password: next });
    expect(entered.error).toBeNull();
  });

  it('deletes a user with everything that hangs on it', async () => {
    const { id, email, password } = await makeUser();
    await auth.client().auth.signInWithPassword({ email, password });
    expect((await admin().deleteUser(id)).error).toBeNull();
    const [left] = await auth.sql`
      select
        (select count(*) from auth.users where id = ${id})
        + (select count(*) from auth.sessions where user_id = ${id})
        + (select count(*) from auth.identities where user_id = ${id}) as total`;
    expect(Number(left?.total)).toBe(0);
    const gone = await admin().getUserById(id);
    expect(gone.error).toMatchObject({ status: 404, code: 'user_not_found' });
  });

  it('deletes softly: the row stays, the person is gone', async () => {
    const { id, email, phone, password } = await makeUser();
    expect((await admin().deleteUser(id, true)).error).toBeNull();
    const [row] = await auth.sql`select * from auth.users where id = ${id}`;
    expect(row).toMatchObject({ deleted_at: expect.any(Date), raw_user_meta_data: {} });
    expect(JSON.stringify(row)).not.toMatch(new RegExp(`${email}|${phone}`));
    const entered = await auth.client().auth.signInWithPassword({ email, password });
    expect(entered.error?.code).toBe('invalid_credentials');
    const reborn = await admin().createUser({ email, phone });
    expect(reborn.error).toBeNull();
  });

  it('is for the secret key alone', async () => {
    const { email, password } = await makeUser();
    const client = auth.client();
    const { data } = await client.auth.signInWithPassword({ email, password });
    const asUser = { authorization: `Bearer ${data.session?.access_token}` };
    const attempts: [Record<string, string>, number, string][] = [
      [{}, 403, 'not_admin'],
      [asUser, 403, 'not_admin'],
      [{ authorization: `Bearer ${auth.keys.publishableKey}` }, 403, 'not_admin'],
      [{ authorization: 'Bearer nonsense' }, 403, 'bad_jwt'],
      [{ apikey: '' }, 401, 'no_authorization'],
    ];
    for (const [headers, status, code] of attempts) {
      for (const [method, path] of [
        ['GET', '/admin/users'],
        ['POST', '/admin/users'],
        ['PUT', `/admin/users/${data.user?.id}`],
        ['DELETE', `/admin/users/${data.user?.id}`],
        ['POST', '/admin/generate_link'],
        ['POST', '/invite'],
      ] as const) {
        const body = method === 'GET' ? null : '{}';
        const response = await auth.request(path, { method, headers, body });
        expect([method, path, response.status]).toEqual([method, path, status]);
        expect(await response.json()).toMatchObject({ error_code: code });
      }
    }
  });
});

describe('a ban', () => {
  it('stops every sign-in and refresh until it is lifted', async () => {
    const { id, email, phone, password } = await makeUser();
    const { data } = await auth.client().auth.signInWithPassword({ email, password });
    const session = data.session;
    await auth.client().auth.signInWithOtp({ email });
    await auth.client().auth.signInWithOtp({ phone });
    await admin().updateUserById(id, { ban_duration: '24h' });

    const client = auth.client();
    const refused = await Promise.all([
      client.auth.signInWithPassword({ email, password }),
      client.auth.signInWithPassword({ phone, password }),
      client.auth.verifyOtp({ phone, token: auth.smsCode(phone), type: 'sms' }),
      client.auth.verifyOtp({ email, token: auth.mailTo(email).code, type: 'email' }),
      client.auth.refreshSession({ refresh_token: session?.refresh_token ?? '' }),
      client.auth.getUser(session?.access_token),
    ]);
    expect(refused.map(({ error }) => error?.code)).toEqual(Array(6).fill('user_banned'));
    const link = await fetch(auth.mailTo(email).link, { redirect: 'manual' });
    expect(link.headers.get('location')).toContain('error_code=user_banned');

    await admin().updateUserById(id, { ban_duration: 'none' });
    const lifted = await auth.client().auth.refreshSession({
      refresh_token: session?.refresh_token ?? '',
    });
    expect(lifted.error).toBeNull();
  });

  it('ends by itself', async () => {
    const { id, email, password } = await makeUser();
    await admin().updateUserById(id, { ban_duration: '1ms' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { error } = await auth.client().auth.signInWithPassword({ email, password });
    expect(error).toBeNull();
  });

  it.each(['24', 'tomorrow', '-5h', '9999999h9999999h', ''])('of "%s"', async (duration) => {
    const { id } = await makeUser();
    const { error } = await admin().updateUserById(id, { ban_duration: duration });
    const isValid = duration === '' || duration.startsWith('9');
    expect(error?.code).toBe(isValid ? undefined : 'validation_failed');
  });
});

describe('links', () => {
  it('invite by e-mail', async () => {
    const email = randomEmail();
    const { data, error } = await admin().inviteUserByEmail(email, { data: { name: 'Asha' } });
    expect(error).toBeNull();
    expect(data.user).toMatchObject({ email, invited_at: expect.any(String) });
    const token = auth.mailTo(email).code;
    const verified = await auth.client().auth.verifyOtp({ email, token, type: 'invite' });
    expect(verified.data.user).toMatchObject({
      id: data.user?.id,
      user_metadata: { name: 'Asha' },
    });
    const again = await admin().inviteUserByEmail(email);
    expect(again.error).toMatchObject({ status: 422, code: 'email_exists' });
  });

  it('are generated without being sent', async () => {
    const { email } = await makeUser();
    const fresh = randomEmail();
    const signup = await admin().generateLink({
      type: 'signup',
      email: fresh,
      password: randomUUID(),
    });
    const magic = await admin().generateLink({ type: 'magiclink', email });
    expect(signup.error).toBeNull();
    expect(magic.data.properties).toMatchObject({
      action_link: expect.stringContaining('/auth/v1/verify?token='),
      verification_type: 'magiclink',
      email_otp: expect.stringMatching(/^\d{6}$/),
    });
    expect(auth.inbox.list({ to: fresh })).toEqual([]);
    const hash = magic.data.properties?.hashed_token ?? '';
    const { data } = await auth.client().auth.verifyOtp({ token_hash: hash, type: 'email' });
    expect(data.user?.email).toBe(email);

    const unknown = await admin().generateLink({ type: 'recovery', email: randomEmail() });
    expect(unknown.error).toMatchObject({ status: 404, code: 'user_not_found' });
  });
});
