import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthService, randomEmail } from '../helpers/auth-service.ts';
import { testStack } from '../helpers/stack.ts';
import { type OAuthServices, startOAuth } from './oauth-fixture.ts';

let services: OAuthServices;
let auth: AuthService;

beforeAll(async () => {
  const { adminDatabaseUrl } = await testStack();
  services = await startOAuth(adminDatabaseUrl);
  ({ auth } = services);
});
afterAll(() => services.stop());

describe('fuzzed requests', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('', '+919812345678', 'a@example.com', 'sms', 'signup', 'email_change', '24h'),
    fc.constantFrom("';drop table auth.users;--", '\0', '\ud800', '%00', '__proto__', 'null'),
    fc.uuid(),
    fc.string({ minLength: 250, maxLength: 400 }),
  );
  const value = fc.oneof(
    { weight: 4, arbitrary: text },
    { weight: 1, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: fc.dictionary(text, fc.jsonValue(), { maxKeys: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom(null, true, false, 1e308, -1) },
  );
  const fields = [
    ...['email', 'phone', 'password', 'password_hash', 'type', 'token', 'token_hash', 'data'],
    ...['create_user', 'channel', 'code_challenge', 'code_challenge_method', 'refresh_token'],
    ...['auth_code', 'code_verifier', 'id', 'role', 'user_metadata', 'app_metadata'],
    ...['ban_duration', 'email_confirm', 'phone_confirm', 'new_email', 'should_soft_delete'],
    ...['id_token', 'access_token', 'provider', 'client_id', 'nonce', 'link_identity'],
    ...['factor_type', 'friendly_name', 'issuer', 'challenge_id', 'code'],
  ];
  const bodies = fc.oneof(
    { weight: 6, arbitrary: fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 6 }) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
  const routes = [
    ...['POST /otp', 'POST /signup', 'POST /verify', 'POST /resend', 'POST /recover'],
    ...['POST /token?grant_type=password', 'POST /token?grant_type=refresh_token'],
    ...['POST /token?grant_type=pkce', 'POST /token?grant_type=id_token', 'PUT /user'],
    ...['POST /admin/users', 'PUT /admin/users/ID', 'DELETE /admin/users/ID', 'POST /invite'],
    ...['POST /callback', 'DELETE /user/identities/ID'],
    ...['POST /admin/generate_link', 'DELETE /admin/users/ID/factors/ID'],
  ];
  const leak =
    /relation "|column "|syntax error|postgres|violates|invalid input syntax|at .*\.ts:/i;

  async function assertClean(response: Response) {
    const body = await response.text();
    expect(body + response.headers.get('location')).not.toMatch(leak);
    expect(response.status, body).toBeLessThan(500);
  }

  it('never cause a 500 or show a text of Postgres', { timeout: 60_000 }, async () => {
    const { data } = await auth.admin().auth.admin.createUser({
      email: randomEmail(),
      password: randomUUID(),
      email_confirm: true,
    });
    const id = data.user?.id ?? '';
    const property = fc.asyncProperty(
      fc.constantFrom(...routes),
      bodies,
      fc.boolean(),
      async (route, body, isNested) => {
        const [method = '', path = ''] = route.replace('ID', id).split(' ');
        const sent = isNested ? { ...Object(body), data: nested(500) } : body;
        const authorization = `Bearer ${path === '/user' ? randomUUID() : auth.keys.secretKey}`;
        await assertClean(
          await auth.request(path, {
            method,
            body: JSON.stringify(sent),
            headers: { authorization },
          }),
        );
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  it('cannot break what a signed-in user changes', { timeout: 60_000 }, async () => {
    const [email, password] = [randomEmail(), randomUUID()];
    await auth.admin().auth.admin.createUser({ email, password, email_confirm: true });
    const { data } = await auth.client().auth.signInWithPassword({ email, password });
    const authorization = `Bearer ${data.session?.access_token}`;
    const property = fc.asyncProperty(bodies, async (body) => {
      const init = { method: 'PUT', body: JSON.stringify(body), headers: { authorization } };
      await assertClean(await auth.request('/user', init));
    });
    await fc.assert(property, { numRuns: 150 });
  });

  it('cannot break the factors of a signed-in user', { timeout: 60_000 }, async () => {
    const [email, password] = [randomEmail(), randomUUID()];
    await auth.admin().auth.admin.createUser({ email, password, email_confirm: true });
    const client = auth.client();
    const signedIn = await client.auth.signInWithPassword({ email, password });
    const headers = { authorization: `Bearer ${signedIn.data.session?.access_token}` };
    const { data } = await client.auth.mfa.enroll({ factorType: 'totp' });
    const { data: challenge } = await client.auth.mfa.challenge({ factorId: data?.id ?? '' });
    const property = fc.asyncProperty(bodies, text, async (body, id) => {
      const enrolment = { factor_type: 'totp', ...Object(body) };
      const attempt = { challenge_id: challenge?.id, ...Object(body) };
      const part = encodeURIComponent(Buffer.from(id).toString());
      for (const [method, path, sent] of [
        ['POST', '/factors', enrolment],
        ['POST', `/factors/${data?.id}/verify`, attempt],
        ['POST', `/factors/${data?.id}/challenge`, body],
        ['POST', `/factors/${part}/verify`, body],
        ['DELETE', `/factors/${part}`, body],
      ]) {
        const init = { method, body: JSON.stringify(sent), headers };
        await assertClean(await auth.request(path, init));
      }
    });
    await fc.assert(property, { numRuns: 100 });
    expect((await client.auth.mfa.listFactors()).data?.totp).toEqual([]);
  });

  it('hold for addresses and headers too', { timeout: 60_000 }, async () => {
    const headers = { apikey: auth.keys.secretKey };
    const property = fc.asyncProperty(text, text, async (one, two) => {
      const query = new URLSearchParams({ page: one, per_page: two, filter: one });
      const link = new URLSearchParams({ token: one, type: two, redirect_to: one });
      const way = new URLSearchParams({
        provider: 'google',
        redirect_to: one,
        scopes: two,
        [one]: two,
      });
      const back = new URLSearchParams({ state: one, code: two, error: two, [two]: one });
      const known = new URLSearchParams({ state: await state(), code: two, [one]: two });
      const [a, b] = [one, two].map((part) => encodeURIComponent(Buffer.from(part).toString()));
      for (const path of [
        `/admin/users?${query}`,
        `/verify?${link}`,
        `/authorize?${way}`,
        `/authorize?provider=${a}&code_challenge=${b}&code_challenge_method=${a}`,
        `/callback?${back}`,
        `/callback?${known}`,
        `/user/identities/authorize?${way}`,
        `/admin/users/${a}`,
        `/logout?scope=${b}`,
        `/${a}/${b}`,
      ]) {
        await assertClean(await auth.request(path, { headers }));
      }
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it('cannot break an ID token’s claims', { timeout: 60_000 }, async () => {
    const claims = fc.record({ sub: text, email: value, email_verified: value, name: value });
    const property = fc.asyncProperty(claims, value, async (given, nonce) => {
      const token = await services.judge.idToken({ ...given, nonce });
      const body = JSON.stringify({ provider: 'google', id_token: token, nonce });
      await assertClean(await auth.request('/token?grant_type=id_token', { method: 'POST', body }));
    });
    await fc.assert(property, { numRuns: 150 });
  });

  /** Of somebody who is at the provider now. */
  async function state(): Promise<string> {
    const sent = await auth.request('/authorize?provider=google');
    return new URL(sent.headers.get('location') ?? '').searchParams.get('state') ?? '';
  }

  function nested(depth: number): object {
    let value: object = {};
    for (let level = 0; level < depth; level += 1) value = { value };
    return value;
  }
});
