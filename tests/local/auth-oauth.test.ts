/** The way to a provider and back, through supabase-js. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthService, randomEmail } from '../helpers/auth-service.ts';
import { visit } from '../helpers/browser.ts';
import type { OpenIdProvider } from '../helpers/openid-provider.ts';
import { testStack } from '../helpers/stack.ts';
import {
  hashOf,
  type OAuthServices,
  openSession,
  pkceClient,
  queryOf,
  signIn,
  signInUrl,
  siteUrl,
  startOAuth,
} from './oauth-fixture.ts';

let services: OAuthServices;
let auth: AuthService;
let judge: OpenIdProvider;
beforeAll(async () => {
  services = await startOAuth((await testStack()).adminDatabaseUrl);
  ({ auth, judge } = services);
});
afterAll(() => services.stop());

const photo = 'https://photos.example.com/asha.png';
const person = (claims = {}) =>
  judge.person({ email: randomEmail(), email_verified: true, name: 'Asha Devi', ...claims });

describe('I1 the implicit flow', () => {
  it('opens the app with a session of a new user', async () => {
    const email = randomEmail();
    const sub = person({ email, picture: photo });
    const { app } = await signIn(auth, sub);
    expect(`${app.origin}${app.pathname}${app.search}`).toBe(`${siteUrl}/`);
    const hash = hashOf(app);
    expect(hash).toMatchObject({ token_type: 'bearer', expires_in: '900', sb: '' });
    expect(hash.provider_token).toMatch(/.{20}/);
    expect(decodeJwt(hash.access_token ?? '').amr).toMatchObject([{ method: 'oauth' }]);

    const { user } = await openSession(auth, app);
    const identityData = {
      iss: judge.issuer,
      sub,
      name: 'Asha Devi',
      full_name: 'Asha Devi',
      picture: photo,
      avatar_url: photo,
      provider_id: sub,
      email,
      email_verified: true,
      phone_verified: false,
    };
    expect(user).toMatchObject({
      email,
      app_metadata: { provider: 'google', providers: ['google'] },
      user_metadata: identityData,
      identities: [{ id: sub, provider: 'google', email, identity_data: identityData }],
    });
    expect(user.email_confirmed_at).toBeTruthy();
    const profiles = await auth.sql`select * from public.profiles where id = ${user.id}`;
    expect(profiles).toMatchObject([{ display_name: 'Asha Devi' }]);
  });

  it('knows somebody again, whatever has changed at the provider', async () => {
    const sub = person();
    const first = await openSession(auth, (await signIn(auth, sub)).app);
    judge.person({ email: randomEmail(), email_verified: true, name: 'Asha Singh' }, sub);
    const second = await openSession(auth, (await signIn(auth, sub)).app);
    expect(second.user.id).toBe(first.user.id);
    expect(second.user.email).toBe(first.user.email);
    expect(second.user.user_metadata.name).toBe('Asha Singh');
    expect(second.user.identities).toHaveLength(1);
  });

  it("takes Apple's name from the form in which Apple posts its answer", async () => {
    const sub = judge.person({ email: randomEmail() });
    const url = await signInUrl(auth.client(), {}, 'apple');
    const user = JSON.stringify({ name: { firstName: 'Bina', lastName: 'Rao' } });
    const { app, callback } = await visit(url, sub, { extraFields: { user } });
    expect(callback.init.method).toBe('POST');
    const session = await openSession(auth, app);
    expect(session.user.user_metadata).toMatchObject({ name: 'Bina Rao', email_verified: true });
    expect(session.user.app_metadata).toMatchObject({ provider: 'apple' });
  });
});

describe('I1 the PKCE flow', () => {
  it('opens the app with a code that only the client who asked can use, once', async () => {
    const client = pkceClient(auth);
    const url = await signInUrl(client, { redirectTo: 'https://a.example.org/in?x=1' });
    const { app } = await visit(url, person());
    const { code = '', ...rest } = queryOf(app);
    expect([app.origin, rest, app.hash]).toEqual(['https://a.example.org', { x: '1' }, '']);

    const thief = pkceClient(auth);
    await signInUrl(thief);
    const stolen = await thief.auth.exchangeCodeForSession(code);
    expect(stolen.error).toMatchObject({ code: 'bad_code_verifier' });
    const { data, error } = await client.auth.exchangeCodeForSession(code);
    expect(error).toBeNull();
    expect(data.session?.provider_token).toMatch(/.{20}/);
    expect(decodeJwt(data.session?.access_token ?? '').amr).toMatchObject([{ method: 'oauth' }]);
    const again = await auth.request('/token?grant_type=pkce', {
      method: 'POST',
      body: JSON.stringify({ auth_code: code, code_verifier: 'x'.repeat(43) }),
    });
    expect(await again.json()).toMatchObject({ error_code: 'flow_state_not_found' });
  });

  it('asks for what the app wants, and keeps to itself what is its own', async () => {
    const client = pkceClient(auth);
    const url = await signInUrl(client, {
      scopes: 'offline_access calendar',
      queryParams: {
        prompt: 'consent',
        state: 'mine',
        nonce: 'mine',
        redirect_uri: 'https://evil.example.com',
        Client_ID: 'mine',
      },
    });
    const sent = await fetch(url, { redirect: 'manual' });
    expect(sent.status).toBe(302);
    const query = queryOf(new URL(sent.headers.get('location') ?? ''));
    expect(query).toMatchObject({
      scope: 'openid email profile offline_access calendar',
      prompt: 'consent',
      response_type: 'code',
      redirect_uri: `${auth.url}/auth/v1/callback`,
      client_id: 'karigar',
      code_challenge_method: 'S256',
    });
    expect(query.state).toMatch(/^[0-9a-f-]{36}$/);
    expect(Object.values(query)).not.toContain('mine');
    const { app } = await visit(url, person());
    const { data } = await client.auth.exchangeCodeForSession(queryOf(app).code ?? '');
    expect(data.session?.provider_refresh_token).toMatch(/.{20}/);
  });
});

describe('the way back', () => {
  it.each([
    ['https://a.example.org/x/y', 'https://a.example.org/x/y'],
    ['karigar://callback', 'karigar://callback'],
    ['https://evil.example.com/', `${siteUrl}/`],
    ['https://a.example.org.evil.com/', `${siteUrl}/`],
    ['javascript:alert(1)', `${siteUrl}/`],
  ])('asked to lead to %s leads to %s', async (redirectTo, expected) => {
    const { app } = await signIn(auth, person(), { redirectTo });
    expect(app.href.split('#')[0]).toBe(expected);
    expect(hashOf(app).access_token).toBeTruthy();
  });

  const badState = { error: 'invalid_request', error_code: 'bad_oauth_state' };
  const used = { error: 'invalid_request', error_code: 'flow_state_already_used' };
  const follow = async ({ url, init }: { url: string; init: RequestInit }) => {
    const response = await fetch(url, { ...init, redirect: 'manual' });
    return { status: response.status, app: new URL(response.headers.get('location') ?? '') };
  };

  it.each([
    ['implicit', badState],
    ['PKCE', used],
  ] as const)('can be gone once in the %s flow', async (flow, expected) => {
    const client = flow === 'PKCE' ? pkceClient(auth) : auth.client();
    const url = await signInUrl(client, { redirectTo: 'https://a.example.org/' });
    const { callback } = await visit(url, person());
    const { status, app } = await follow(callback);
    expect([status, app.origin, app.hash]).toEqual([303, siteUrl, '']);
    expect(queryOf(app)).toMatchObject(expected);
  });

  it('is open to one of two who come at once', async () => {
    const url = await signInUrl(auth.client());
    const sent = await fetch(url, { redirect: 'manual' });
    const state = new URL(sent.headers.get('location') ?? '').searchParams.get('state');
    const callback = { url: `${auth.url}/auth/v1/callback?state=${state}&code=x`, init: {} };
    const answers = await Promise.all([follow(callback), follow(callback), follow(callback)]);
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([302, 303, 303]);
  });

  it.each([
    ['', { error_code: 'bad_oauth_callback' }],
    ['state=', { error_code: 'bad_oauth_callback' }],
    ['state=x&code=x', badState],
    ['state=00000000-0000-4000-8000-000000000000&code=x', badState],
  ])('with "%s" ends at the site', async (query, expected) => {
    const { status, app } = await follow({
      url: `${auth.url}/auth/v1/callback?${query}`,
      init: {},
    });
    expect([status, app.origin]).toEqual([303, siteUrl]);
    expect(queryOf(app)).toMatchObject(expected);
  });

  async function stateOf(redirectTo = 'https://a.example.org/'): Promise<string> {
    const sent = await fetch(await signInUrl(auth.client(), { redirectTo }), {
      redirect: 'manual',
    });
    return new URL(sent.headers.get('location') ?? '').searchParams.get('state') ?? '';
  }
  const comeBack = (query: Record<string, string>) =>
    follow({ url: `${auth.url}/auth/v1/callback?${new URLSearchParams(query)}`, init: {} });

  it('closes after five minutes', async () => {
    const state = await stateOf();
    await auth.sql`
      update auth.flow_state set created_at = now() - interval '301 seconds' where id = ${state}`;
    const { app } = await comeBack({ state, code: 'x' });
    expect(queryOf(app)).toMatchObject({
      ...badState,
      error_description: 'OAuth state has expired',
    });
  });

  it('tells the app in query and fragment what the provider refuses', async () => {
    const url = await signInUrl(auth.client(), { redirectTo: 'https://a.example.org/' });
    const { app } = await visit(url, person(), { isAllowed: false });
    const refusal = { error: 'access_denied', error_description: 'They said no.' };
    expect([app.origin, queryOf(app), hashOf(app)]).toEqual([
      'https://a.example.org',
      refusal,
      { ...refusal, sb: '' },
    ]);
  });

  it('refuses a missing code, a made-up code and the code of another sign-in', async () => {
    const missing = await comeBack({ state: await stateOf() });
    expect(queryOf(missing.app)).toMatchObject({ error_code: 'bad_oauth_callback' });
    const madeUp = await comeBack({ state: await stateOf(), code: 'made-up' });
    expect(queryOf(madeUp.app)).toEqual({
      error: 'server_error',
      error_code: 'unexpected_failure',
      error_description: 'Unable to exchange external code: made',
    });
    expect(madeUp.app.origin).toBe('https://a.example.org');
    // A code that was issued but never brought back.
    const url = await signInUrl(auth.client());
    const { callback } = await visit(url, person(), { stopsAtCallback: true });
    const code = new URL(callback.url).searchParams.get('code') ?? '';
    const mixed = await comeBack({ state: await stateOf(), code, iss: judge.issuer });
    expect(hashOf(mixed.app)).toMatchObject({ error: 'server_error', sb: '' });
    expect(auth.logged.some((line) => line.includes('code not exchanged'))).toBe(true);
  });
});

describe('providers that are not there', () => {
  it.each([
    ['keycloak', 'provider is not enabled'],
    ['github', 'Provider github could not be found'],
    ['', 'Provider  could not be found'],
  ])('"%s" is refused before anybody is sent anywhere', async (name, reason) => {
    const response = await auth.request(`/authorize?provider=${name}`);
    expect([response.status, await response.json()]).toEqual([
      400,
      { code: 400, error_code: 'validation_failed', msg: `Unsupported provider: ${reason}` },
    ]);
  });

  it('one that was turned off meanwhile is refused on the way back', async () => {
    const sent = await fetch(await signInUrl(auth.client()), { redirect: 'manual' });
    const state = new URL(sent.headers.get('location') ?? '').searchParams.get('state');
    await auth.sql`update auth.flow_state set provider_type = 'keycloak' where id = ${state}`;
    const response = await auth.request(`/callback?state=${state}&code=x`);
    const app = new URL(response.headers.get('location') ?? '');
    expect(queryOf(app)).toMatchObject({ error_code: 'oauth_provider_not_supported' });
  });

  it('are named to those who draw sign-in forms', async () => {
    const settings = await (await auth.request('/settings')).json();
    expect(settings).toMatchObject({ external: { google: true, apple: true, keycloak: false } });
  });
});
