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

const post = (path: string, body: unknown, headers: Record<string, string> = {}, service = auth) =>
  service.request(path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers,
  });
const versioned = { 'x-supabase-api-version': '2024-01-01' };

describe('the shape of errors', () => {
  it('is the older one without a version', async () => {
    const response = await post('/otp', { phone: 'abc' });
    expect(response.status).toBe(400);
    expect(response.headers.get('x-sb-error-code')).toBe('validation_failed');
    expect(await response.json()).toEqual({
      code: 400,
      error_code: 'validation_failed',
      msg: 'Invalid phone number format (E.164 required)',
    });
  });

  it('is the one of 2024-01-01 when asked for', async () => {
    const response = await post('/otp', { phone: 'abc' }, versioned);
    expect(response.headers.get('x-supabase-api-version')).toBe('2024-01-01');
    expect(response.headers.get('x-sb-error-code')).toBe('validation_failed');
    expect(await response.json()).toEqual({
      code: 'validation_failed',
      message: 'Invalid phone number format (E.164 required)',
    });
  });

  it('gives the reasons of a weak password', async () => {
    const { error } = await auth.client().auth.signUp({ email: randomEmail(), password: 'abc' });
    expect(error).toMatchObject({
      name: 'AuthWeakPasswordError',
      status: 422,
      reasons: ['length'],
    });
    const strict = await startAuthService(adminUrl, {
      settings: { passwordMinLength: 8, passwordCharacterSets: ['abc', '0123456789'] },
    });
    try {
      const response = await post('/signup', { email: randomEmail(), password: 'zz' }, {}, strict);
      expect(await response.json()).toMatchObject({
        error_code: 'weak_password',
        weak_password: { reasons: ['length', 'characters'] },
      });
    } finally {
      await strict.stop();
    }
  });

  it.each([
    ['/otp', '{', 'bad_json'],
    ['/otp', '', 'bad_json'],
    ['/otp', '[]', 'bad_json'],
    ['/otp', { phone: 12345 }, 'bad_json'],
    ['/otp', {}, 'validation_failed'],
    ['/otp', { phone: '919812345678', email: 'a@example.com' }, 'validation_failed'],
    ['/otp', { phone: '919812345678', channel: 'pigeon' }, 'validation_failed'],
    ['/otp', { email: 'not an address' }, 'validation_failed'],
    ['/otp', { phone: '919812345678', data: { text: '\0' } }, 'validation_failed'],
    ['/signup', { email: 'a@example.com' }, 'validation_failed'],
    ['/signup', { email: 'a@example.com', password: 'é'.repeat(37) }, 'validation_failed'],
    ['/verify', { type: 'sms', phone: '919812345678' }, 'validation_failed'],
    ['/verify', { phone: '919812345678', token: '123456' }, 'validation_failed'],
    ['/verify', { type: 'constructor', email: 'a@example.com', token: '1' }, 'validation_failed'],
    ['/verify', { type: '__proto__', token_hash: 'x' }, 'validation_failed'],
    ['/token', { email: 'a@example.com', password: 'secret' }, 'validation_failed'],
    ['/token?grant_type=password', {}, 'validation_failed'],
    ['/token?grant_type=refresh_token', {}, 'validation_failed'],
    ['/resend', { type: 'magic', email: 'a@example.com' }, 'validation_failed'],
    ['/recover', {}, 'validation_failed'],
  ])('%s with %j: %s', async (path, body, code) => {
    const response = await post(path, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error_code: code });
  });

  it('is GoTrue’s where nobody is signed in, and for what does not exist', async () => {
    const codeOf = async (path: string, headers: Record<string, string> = {}) => {
      const response = await auth.request(path, { headers });
      return [response.status, response.headers.get('x-sb-error-code')];
    };
    expect(await codeOf('/user')).toEqual([401, 'no_authorization']);
    expect(await codeOf('/user', { authorization: 'Bearer x' })).toEqual([403, 'bad_jwt']);
    expect(await codeOf('/nothing')).toEqual([404, 'not_found']);
    const anonymous = await auth.client().auth.signInAnonymously();
    expect(anonymous.error).toMatchObject({ status: 422, code: 'anonymous_provider_disabled' });
  });
});

describe('a trigger of the project on auth.users', () => {
  const name = `refuse_${randomUUID().replaceAll('-', '')}`;

  beforeAll(async () => {
    await auth.sql.unsafe(`
      create function public.${name}() returns trigger language plpgsql set search_path = '' as $$
      begin
        if new.raw_user_meta_data ->> 'refuse' = '${name}' then
          raise sqlstate 'PT409'
            using message = 'That market is closed.', detail = 'market_closed', hint = 'Wait.';
        end if;
        if new.raw_user_meta_data ->> 'fail' = '${name}' then
          raise exception 'secret text';
        end if;
        if new.raw_user_meta_data ->> 'role' = '${name}' then
          raise sqlstate 'PT418' using message = current_user;
        end if;
        return new;
      end $$;
      create trigger ${name} after insert on auth.users
        for each row execute function public.${name}();`);
  });
  afterAll(() => auth.sql.unsafe(`drop function public.${name}() cascade`));

  it('answers with the status it raises, before an SMS is sent, in the older shape', async () => {
    const phone = randomPhone();
    const body = { phone, data: { refuse: name } };
    const response = await post('/otp', body);
    expect(response.status).toBe(409);
    expect(await response.json()).toEqual({
      code: 'PT409',
      message: 'That market is closed.',
      detail: 'market_closed',
      hint: 'Wait.',
    });
    // As on hosted: who wants to be read by users of supabase-js speaks in a hook.
    const newer = await post('/otp', body, versioned);
    expect([newer.status, await newer.json()]).toEqual([
      500,
      { code: 'unexpected_failure', message: 'Database error' },
    ]);
    expect(auth.hookCalls.filter((call) => call.body.sms.phone === phone)).toEqual([]);
    expect(await auth.sql`select from auth.users where phone = ${phone}`).toHaveLength(0);
  });

  it('shows nothing else of what it raises', async () => {
    const response = await post('/otp', { phone: randomPhone(), data: { fail: name } });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(auth.logged.some((line) => line.includes('secret text'))).toBe(true);
  });

  it('runs as the role that it runs as on hosted', async () => {
    const response = await post('/otp', { phone: randomPhone(), data: { role: name } });
    expect(response.status).toBe(418);
    expect(await response.json()).toMatchObject({ message: 'supabase_auth_admin' });
  });
});
