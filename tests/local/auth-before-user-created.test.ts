/** The hook before_user_created, in the database and over HTTP, as GoTrue calls it. */
import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type AuthService,
  listen,
  randomEmail,
  randomPhone,
  startAuthService,
} from '../helpers/auth-service.ts';
import { type OpenIdProvider, startOpenIdProvider } from '../helpers/openid-provider.ts';
import { testStack } from '../helpers/stack.ts';

const name = `judge_${randomUUID().replaceAll('-', '')}`;
const uri = `pg-functions://postgres/public/${name}`;

let adminUrl: string;
let judge: OpenIdProvider;
let auth: AuthService;

beforeAll(async () => {
  ({ adminDatabaseUrl: adminUrl } = await testStack());
  judge = await startOpenIdProvider();
  auth = await startAuthService(adminUrl, {
    beforeUserCreated: { uri, secrets: '' },
    settings: (url) => ({
      anonymousEnabled: true,
      external: {
        apple: judge.settings(url),
        google: judge.settings(url),
        keycloak: judge.settings(url),
      },
    }),
  });
  await auth.sql.unsafe(`
    create table public.${name}_calls (
      position bigint generated always as identity, event jsonb, role text, timeout text
    );
    create function public.${name}(event jsonb) returns jsonb
    language plpgsql security definer set search_path = '' as $$
    declare
      v_answer jsonb := event #> '{user,user_metadata,answer}';
    begin
      insert into public.${name}_calls (event, role, timeout)
      values (event, session_user || '/' || current_setting('role'),
        current_setting('statement_timeout'));
      if v_answer = '"raise"' then
        raise sqlstate 'PT409' using message = 'The market is closed.', detail = 'market_closed';
      elsif v_answer = '"fail"' then
        raise exception 'secret text';
      end if;
      return coalesce(v_answer, '{}');
    end $$;
    create function public.${name}_denied(event jsonb) returns jsonb language sql as $$
      select '{}'::jsonb $$;
    revoke execute on function public.${name}_denied from public;
    grant execute on function public.${name} to supabase_auth_admin;`);
});
afterAll(async () => {
  await auth.sql.unsafe(`
    drop function public.${name}, public.${name}_denied; drop table public.${name}_calls`);
  await Promise.all([auth.stop(), judge.stop()]);
});
beforeEach(() => auth.sql.unsafe(`delete from public.${name}_calls`));

const calls = () => auth.sql.unsafe(`select * from public.${name}_calls order by position`);
const usersWith = (phone: string) => auth.sql`select id from auth.users where phone = ${phone}`;
const versioned = { 'x-supabase-api-version': '2024-01-01' };
const ask = (answer: unknown, headers: Record<string, string> = versioned, service = auth) => {
  const phone = randomPhone();
  const body = JSON.stringify({ phone, data: { answer } });
  return service.request('/otp', { method: 'POST', body, headers });
};

it('tells who is to be created, as the role of Auth, before there is a row', async () => {
  const phone = randomPhone();
  const options = { data: { language: 'ur' } };
  expect((await auth.client().auth.signInWithOtp({ phone, options })).error).toBeNull();

  const [user] = await usersWith(phone);
  expect(await calls()).toMatchObject([
    {
      role: 'supabase_admin/supabase_auth_admin',
      timeout: '2s',
      event: {
        metadata: {
          uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
          time: expect.any(String),
          name: 'before-user-created',
          ip_address: '127.0.0.1',
        },
        user: {
          id: user?.id,
          aud: 'authenticated',
          role: '',
          email: '',
          phone,
          app_metadata: { provider: 'phone', providers: ['phone'] },
          user_metadata: { language: 'ur' },
          identities: [],
          created_at: '0001-01-01T00:00:00Z',
          updated_at: '0001-01-01T00:00:00Z',
          is_anonymous: false,
        },
      },
    },
  ]);
});

describe('is asked once about each newcomer', () => {
  const client = () => auth.client().auth;
  const admin = () => auth.admin().auth.admin;
  const password = randomUUID();
  const ways: [string, () => Promise<{ error: unknown }>][] = [
    ['a code to a phone', () => client().signInWithOtp({ phone: randomPhone() })],
    ['a code to a mailbox', () => client().signInWithOtp({ email: randomEmail() })],
    ['phone and password', () => client().signUp({ phone: randomPhone(), password })],
    ['e-mail and password', () => client().signUp({ email: randomEmail(), password })],
    ['an anonymous user', () => client().signInAnonymously()],
    ['an account elsewhere', () => signInElsewhere(randomEmail())],
    ['an invitation', () => admin().inviteUserByEmail(randomEmail())],
    [
      'a link that signs up',
      () => admin().generateLink({ type: 'signup', email: randomEmail(), password }),
    ],
    [
      'a link to sign in by',
      () => admin().generateLink({ type: 'magiclink', email: randomEmail() }),
    ],
  ];

  async function signInElsewhere(email: string, sub: string = randomUUID()) {
    const token = await judge.idToken({ sub, email, email_verified: true });
    return client().signInWithIdToken({ provider: 'google', token });
  }

  it.each(ways)('%s', async (_, enter) => {
    expect((await enter()).error).toBeNull();
    expect(await calls()).toHaveLength(1);
  });

  it('and about nobody else', async () => {
    const [phone, email, sub] = [randomPhone(), randomEmail(), randomUUID()];
    const made = await admin().createUser({ phone, phone_confirm: true, password });
    expect(made.error).toBeNull();
    expect((await client().signInWithOtp({ phone })).error).toBeNull();
    expect((await client().signUp({ phone, password })).error).toBeNull();
    const options = { shouldCreateUser: false };
    const unknown = await client().signInWithOtp({ phone: randomPhone(), options });
    expect(unknown.error).toMatchObject({ code: 'otp_disabled' });
    const link = await admin().generateLink({ type: 'recovery', email: randomEmail() });
    expect(link.error).toMatchObject({ code: 'user_not_found' });
    expect(await calls()).toHaveLength(0);

    await signInElsewhere(email, sub);
    expect((await signInElsewhere(email, sub)).error).toBeNull();
    expect((await client().signInWithOtp({ email })).error).toBeNull();
    expect(await calls()).toHaveLength(1);
  });
});

describe('what it answers', () => {
  it('as a refusal reaches the user, and nothing is kept or sent', async () => {
    const phone = randomPhone();
    const answer = { error: { http_code: 422, message: 'Write it otherwise.' } };
    const { error } = await auth
      .client()
      .auth.signInWithOtp({ phone, options: { data: { answer } } });
    expect(error).toMatchObject({ status: 422, code: 'unknown', message: 'Write it otherwise.' });
    expect(await usersWith(phone)).toHaveLength(0);
    expect(auth.hookCalls.filter(({ body }) => body.sms.phone === phone)).toEqual([]);
  });

  const failed = `Error running hook URI: ${uri}`;
  it.each([
    ['nothing', null, 200, {}],
    ['an error without a text', { error: { http_code: 422 } }, 200, {}],
    ['no error', { error: null }, 200, {}],
    ['an error without a status', { error: { message: 'No.' } }, 500, 'No.'],
    ['no object', 5, 500, 'Error unmarshaling JSON output.'],
    ['an exception', 'fail', 500, failed],
    ['a refusal that it raises', 'raise', 500, failed],
  ])('%s', async (_, answer, status, shown) => {
    const response = await ask(answer);
    const body = typeof shown === 'string' ? { code: 'unexpected_failure', message: shown } : shown;
    expect([response.status, await response.json()]).toEqual([status, body]);
  });

  it('as raised reaches those who ask for the older shape', async () => {
    const response = await ask('raise', {});
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'PT409', detail: 'market_closed' });
    const failure = await ask('fail', {});
    expect(failure.status).toBe(500);
    expect(await failure.text()).not.toContain('secret');
  });

  it.each([
    ['may not be called', `${name}_denied`],
    ['is not there', `${name}_gone`],
  ])('never comes from a function that %s', async (_, other) => {
    const broken = `pg-functions://postgres/public/${other}`;
    const service = await startAuthService(adminUrl, {
      beforeUserCreated: { uri: broken, secrets: '' },
    });
    try {
      const response = await ask(null, versioned, service);
      expect([response.status, await response.json()]).toEqual([
        500,
        { code: 'unexpected_failure', message: `Error running hook URI: ${broken}` },
      ]);
    } finally {
      await service.stop();
    }
  });
});

it('is asked over HTTP too, signed', async () => {
  const secret = `whsec_${Buffer.from(randomUUID()).toString('base64')}`;
  const seen: unknown[] = [];
  const hook = await listen(async (request) => {
    const text = await request.text();
    seen.push(new Webhook(secret).verify(text, Object.fromEntries(request.headers)));
    const error = { http_code: 403, message: 'Not from there.' };
    return text.includes('"ru"') ? Response.json({ error }) : new Response(null, { status: 204 });
  });
  const service = await startAuthService(adminUrl, {
    beforeUserCreated: { uri: hook.url, secrets: `v1,${secret}` },
  });
  try {
    const { auth: client } = service.client();
    const phone = randomPhone();
    expect((await client.signInWithOtp({ phone })).error).toBeNull();
    const options = { data: { language: 'ru' } };
    const refused = await client.signInWithOtp({ phone: randomPhone(), options });
    expect(refused.error).toMatchObject({ status: 403, message: 'Not from there.' });
    expect(seen).toMatchObject([
      { metadata: { name: 'before-user-created' }, user: { phone } },
      { user: { user_metadata: { language: 'ru' } } },
    ]);
  } finally {
    await Promise.all([service.stop(), hook.stop()]);
  }
});
