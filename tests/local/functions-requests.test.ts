import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FunctionsFixture, openFunctions } from './functions-fixture.ts';

let fixture: FunctionsFixture;
let call: FunctionsFixture['call'];

beforeAll(async () => {
  fixture = await openFunctions();
  call = fixture.call;
}, 30_000);
afterAll(() => fixture?.stop());

const withKey = () => ({ apikey: fixture.keys.publishableKey });

describe('requests', () => {
  it('reach the function under its name, with body, query and caller', async () => {
    const answer = await call('echo/a/b?c=d', {
      method: 'POST',
      body: 'hello',
      headers: withKey(),
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      path: '/echo/a/b',
      query: { c: 'd' },
      body: 'hello',
      ip: '203.0.113.9',
      host: '127.0.0.1:54321',
    });
  });

  it('tell who calls, whatever hops the caller wrote before it', async () => {
    const headers = { ...withKey(), 'x-forwarded-for': '203.0.113.77' };
    const answer = await call('echo/a', { headers });
    expect(await answer.json()).toMatchObject({ ip: '203.0.113.77, 203.0.113.9' });
  });

  it('stream their answers', async () => {
    const answer = await call('life/stream');
    const arrivals: number[] = [];
    for await (const _part of answer.body ?? []) arrivals.push(Date.now());
    expect(arrivals.length).toBe(3);
    expect((arrivals[2] ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(600);
  });

  it('serve a default export too', async () => {
    expect(await (await call('fetchable')).text()).toBe('from default');
  });

  it('get NOT_FOUND for what is not a function', async () => {
    for (const path of ['nothing', '_shared', '', 'constructor']) {
      const answer = await call(path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(await answer.json()).toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it('see failures of the function marked as its own', async () => {
    const answer = await call('echo/status/500', { headers: withKey() });
    expect(answer.headers.get('sb-error-code')).toBe('EDGE_FUNCTION_ERROR');
    const refused = await call('echo/status/409', { headers: withKey() });
    expect(refused.headers.get('sb-error-code')).toBeNull();
  });
});

describe('verify_jwt', () => {
  const cases: [string, () => Promise<Record<string, string>>, string | null][] = [
    ['nothing', async () => ({}), 'UNAUTHORIZED_NO_AUTH_HEADER'],
    [
      'a key of another stack',
      async () => ({ apikey: 'sb_publishable_x' }),
      'UNAUTHORIZED_INVALID_JWT_FORMAT',
    ],
    ['garbage', async () => ({ authorization: 'Bearer a.b.c' }), 'UNAUTHORIZED_INVALID_JWT_FORMAT'],
    [
      'another scheme',
      async () => ({ authorization: 'Basic x' }),
      'UNAUTHORIZED_INVALID_JWT_FORMAT',
    ],
    ['HS256', async () => bearer(await forged('HS256')), 'UNAUTHORIZED_LEGACY_JWT'],
    [
      'HS512',
      async () => bearer(await forged('HS512')),
      'UNAUTHORIZED_UNSUPPORTED_TOKEN_ALGORITHM',
    ],
    ['an expired token', async () => bearer(await signed(-1)), 'UNAUTHORIZED_ASYMMETRIC_JWT'],
    ["a user's token", async () => bearer(await signed(60)), null],
    ['the publishable key', async () => withKey(), null],
    ['the secret key as Bearer', async () => bearer(fixture.keys.secretKey), null],
  ];
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const signed = (seconds: number) =>
    fixture.tokens.sign({ role: 'authenticated', exp: Math.floor(Date.now() / 1000) + seconds });
  const forged = (alg: string) =>
    new SignJWT({ role: 'service_role' })
      .setProtectedHeader({ alg })
      .sign(new TextEncoder().encode('x'.repeat(64)));

  it.each(cases)('with %s', async (_what, headers, code) => {
    const answer = await call('echo', { headers: await headers() });
    expect(answer.headers.get('sb-error-code')).toBe(code);
    expect(answer.status).toBe(code === null ? 200 : 401);
    if (code !== null) expect(await answer.json()).toMatchObject({ code, msg: expect.any(String) });
  });

  it('lets preflights pass to the function', async () => {
    const answer = await call('echo', { method: 'OPTIONS' });
    expect(await answer.text()).toBe('preflight');
  });
});

describe('the environment', () => {
  const read = async (name: string) =>
    (await call(`echo/env/${name}`, { headers: withKey() })).text();

  it('is what hosted gives', async () => {
    expect(await read('SUPABASE_URL')).toBe('http://127.0.0.1:54321');
    expect(await read('SUPABASE_SECRET_KEYS')).toBe(
      JSON.stringify({ default: fixture.keys.secretKey }),
    );
    expect(await read('SUPABASE_ANON_KEY')).toBe(fixture.keys.publishableKey);
    expect(JSON.parse(await read('SUPABASE_JWKS'))).toEqual(fixture.tokens.jwks());
    expect(await read('SUPABASE_FUNCTION_SLUG')).toBe('echo');
  });

  it('holds the secrets of config.toml and of the functions, and nothing beside them', async () => {
    expect(await read('HOOK_SECRET')).toBe('one');
    expect(await read('PLAIN')).toBe('x');
    expect(await read('UNSET')).toBe('');
    expect(await read('UNNAMED')).toBe('');
    expect(await read('OWN_SECRET')).toBe('a b');
    expect(await read('HOME')).toBe('');
    expect(await read('PATH')).not.toContain('/usr/bin');
  });

  it('does not let functions write files', async () => {
    expect(await (await call('life/write')).text()).toBe('NotCapable');
  });
});
