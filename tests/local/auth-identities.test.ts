/** linkIdentity and unlinkIdentity: users add accounts of providers to theirs and take them away. */
import { randomUUID } from 'node:crypto';
import type { SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthService, randomEmail, randomPhone } from '../helpers/auth-service.ts';
import { visit } from '../helpers/browser.ts';
import type { OpenIdProvider } from '../helpers/openid-provider.ts';
import { testStack } from '../helpers/stack.ts';
import { hashOf, type OAuthServices, openSession, signIn, startOAuth } from './oauth-fixture.ts';

let services: OAuthServices;
let auth: AuthService;
let judge: OpenIdProvider;
beforeAll(async () => {
  services = await startOAuth((await testStack()).adminDatabaseUrl);
  ({ auth, judge } = services);
});
afterAll(() => services.stop());

const verified = (email = randomEmail()) => judge.person({ email, email_verified: true });
const unverified = (email: string) => judge.person({ email, email_verified: false });

async function signUp() {
  const [email, client] = [randomEmail(), auth.client()];
  const { data, error } = await client.auth.signUp({ email, password: randomUUID() });
  if (error || !data.user) throw error ?? new Error('no user');
  await client.auth.verifyOtp({ email, token: auth.mailTo(email).code, type: 'email' });
  return { email, client, id: data.user.id };
}

async function signUpByPhone() {
  const [phone, client] = [randomPhone(), auth.client()];
  await client.auth.signInWithOtp({ phone });
  const { data } = await client.auth.verifyOtp({ phone, token: auth.smsCode(phone), type: 'sms' });
  return { phone, client, id: data.user?.id ?? '' };
}

describe('linking', () => {
  async function link(client: SupabaseClient, sub: string) {
    const { data, error } = await client.auth.linkIdentity({
      provider: 'google',
      options: { redirectTo: 'https://a.example.org/' },
    });
    if (error) throw error;
    return (await visit(data.url ?? '', sub)).app;
  }

  it('adds an account to that of a phone user, whose address it brings along', async () => {
    const { client, id, phone } = await signUpByPhone();
    const email = randomEmail();
    const app = await link(client, verified(email));
    expect(app.origin).toBe('https://a.example.org');
    const { user } = await openSession(auth, app);
    expect(user).toMatchObject({ id, phone, email });
    expect(user.app_metadata.providers).toEqual(['phone', 'google']);
    const { data } = await client.auth.getUserIdentities();
    expect(data?.identities.map(({ provider }) => provider)).toEqual(['phone', 'google']);
  });

  it('mails the address that nobody has verified', async () => {
    const { client, id } = await signUpByPhone();
    const email = randomEmail();
    expect(hashOf(await link(client, unverified(email)))).toMatchObject({
      error_code: 'email_not_confirmed',
    });
    const { code: token } = auth.mailTo(email);
    expect((await client.auth.getUser()).data.user?.email).toBe('');
    const type = 'email_change';
    const { data } = await auth.client().auth.verifyOtp({ email, token, type });
    expect(data.user).toMatchObject({ id, email });
  });

  it('of an address that nobody has verified draws its owner nowhere', async () => {
    const email = randomEmail();
    const byPhone = await signUpByPhone();
    await link(byPhone.client, unverified(email));
    const byEmail = await signUp();
    await link(byEmail.client, unverified(email));
    await auth.admin().auth.admin.updateUserById(byPhone.id, { email });
    const { user } = await openSession(auth, (await signIn(auth, verified(email))).app);
    expect([byPhone.id, byEmail.id]).not.toContain(user.id);
    expect(user.app_metadata.providers).toEqual(['google']);
  });

  it('works with an ID token', async () => {
    const { client, id } = await signUp();
    const token = await judge.idToken({ sub: randomUUID(), email: randomEmail() });
    const { data, error } = await client.auth.linkIdentity({ provider: 'apple', token });
    expect(error).toBeNull();
    expect(data.user?.id).toBe(id);
    expect(data.user?.app_metadata.providers).toEqual(['email', 'apple']);
  });

  it('leaves alone what belongs to another, or to oneself already', async () => {
    const sub = verified();
    const owner = await openSession(auth, (await signIn(auth, sub)).app);
    const refusal = { error: 'server_error', error_code: 'identity_already_exists' };
    expect(hashOf(await link((await signUp()).client, sub))).toMatchObject({
      ...refusal,
      error_description: 'Identity is already linked to another user',
    });
    expect(hashOf(await link(owner.client, sub))).toMatchObject({
      ...refusal,
      error_description: 'Identity is already linked',
    });
    const { client } = await signUpByPhone();
    const { email } = await signUp();
    expect(hashOf(await link(client, verified(email)))).toMatchObject({
      error_code: 'email_exists',
    });
  });

  it('ends with the ban of who began it', async () => {
    const { client, id } = await signUp();
    const { data } = await client.auth.linkIdentity({ provider: 'google' });
    await auth.admin().auth.admin.updateUserById(id, { ban_duration: '1h' });
    const { app } = await visit(data.url ?? '', verified());
    expect(hashOf(app)).toMatchObject({ error_code: 'user_banned' });
  });

  it('sends a browser on that does not ask for the address alone', async () => {
    const { client } = await signUp();
    const token = (await client.auth.getSession()).data.session?.access_token;
    const response = await auth.request('/user/identities/authorize?provider=google', {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toContain(judge.issuer);
    expect((await auth.request('/user/identities/authorize?provider=google')).status).toBe(401);
  });
});

describe('unlinking', () => {
  async function twice() {
    const { email, client } = await signUp();
    await signIn(auth, verified(email));
    const { data } = await client.auth.getUserIdentities();
    const of = (name: string) => {
      const identity = data?.identities.find(({ provider }) => provider === name);
      if (!identity) throw new Error(`no identity of ${name}`);
      return identity;
    };
    return { email, client, of };
  }

  it('takes an identity away, but never the last', async () => {
    const { client, of } = await twice();
    const [google, email] = [of('google'), of('email')];
    expect((await client.auth.unlinkIdentity(google)).error).toBeNull();
    const { data } = await client.auth.getUser();
    expect(data.user?.app_metadata).toMatchObject({ provider: 'email', providers: ['email'] });
    expect((await client.auth.unlinkIdentity(email)).error).toMatchObject({
      status: 422,
      code: 'single_identity_not_deletable',
    });
  });

  it('by two requests at once leaves one', async () => {
    const { client, of } = await twice();
    const answers = await Promise.all(
      [of('google'), of('email')].map((identity) => client.auth.unlinkIdentity(identity)),
    );
    expect(answers.map(({ error }) => error?.code ?? null).sort()).toEqual([
      null,
      'single_identity_not_deletable',
    ]);
  });

  it('of the address’s identity leaves the address that remains', async () => {
    const { client } = await signUpByPhone();
    const { data } = await client.auth.linkIdentity({ provider: 'google' });
    const { client: linked } = await openSession(
      auth,
      (await visit(data.url ?? '', verified())).app,
    );
    const identities = (await linked.auth.getUserIdentities()).data?.identities ?? [];
    const google = identities.find(({ provider }) => provider === 'google');
    if (!google) throw new Error('not linked');
    expect((await linked.auth.unlinkIdentity(google)).error).toBeNull();
    const { user } = (await linked.auth.getUser()).data;
    expect(user).toMatchObject({ email: '', app_metadata: { providers: ['phone'] } });
    expect(user?.email_confirmed_at).toBeUndefined();
  });

  it('of the address’s identity promotes no address that nobody has verified', async () => {
    const { client, id } = await signUp();
    const { data } = await client.auth.linkIdentity({ provider: 'google' });
    await visit(data.url ?? '', unverified(randomEmail()));
    const identities = (await client.auth.getUserIdentities()).data?.identities ?? [];
    const own = identities.find(({ provider }) => provider === 'email');
    if (!own) throw new Error('no identity of its own');
    expect((await client.auth.unlinkIdentity(own)).error).toBeNull();
    const rows = await auth.sql`select email, email_confirmed_at from auth.users where id = ${id}`;
    expect(rows).toEqual([{ email: null, email_confirmed_at: null }]);
  });

  it('is refused when every address left is another’s', async () => {
    const { client, email } = await signUp();
    const taken = (await signUp()).email;
    const { data } = await client.auth.linkIdentity({ provider: 'google' });
    await visit(data.url ?? '', verified(taken));
    const identities = (await client.auth.getUserIdentities()).data?.identities ?? [];
    const own = identities.find(({ provider }) => provider === 'email');
    if (!own) throw new Error('no identity of its own');
    expect((await client.auth.unlinkIdentity(own)).error).toMatchObject({
      status: 422,
      code: 'email_conflict_identity_not_deletable',
    });
    expect((await client.auth.getUser()).data.user).toMatchObject({
      email,
      app_metadata: { providers: ['email', 'google'] },
    });
  });

  it('of a phone takes the number with it', async () => {
    const { client, phone } = await signUpByPhone();
    const { data } = await client.auth.linkIdentity({ provider: 'google' });
    const app = (await visit(data.url ?? '', verified())).app;
    const { client: linked, user } = await openSession(auth, app);
    const identity = user.identities?.find(({ provider }) => provider === 'phone');
    if (!identity) throw new Error('no phone');
    expect((await linked.auth.unlinkIdentity(identity)).error).toBeNull();
    expect((await linked.auth.getUser()).data.user?.phone).toBe('');
    expect(await auth.sql`select from auth.users where phone = ${phone}`).toHaveLength(0);
  });

  it('touches no identity of others, and nothing that is none', async () => {
    const mine = await twice();
    const foreign = (await twice()).of('google');
    expect((await mine.client.auth.unlinkIdentity(foreign)).error).toMatchObject({
      status: 422,
      code: 'identity_not_found',
    });
    const nonsense = await mine.client.auth.unlinkIdentity({ ...foreign, identity_id: 'x' });
    expect(nonsense.error).toMatchObject({ status: 404, code: 'validation_failed' });
  });
});

it('linking by hand is off unless the project turns it on', async () => {
  const plain = await services.also({ manualLinkingEnabled: false });
  const { client, user } = await openSession(plain, (await signIn(plain, verified())).app);
  const disabled = { status: 404, code: 'manual_linking_disabled' };
  const [identity] = user.identities ?? [];
  if (!identity) throw new Error('no identity');
  expect((await client.auth.linkIdentity({ provider: 'google' })).error).toMatchObject(disabled);
  expect((await client.auth.unlinkIdentity(identity)).error).toMatchObject(disabled);
  const token = await judge.idToken({ sub: randomUUID(), email: randomEmail() });
  const linked = await client.auth.linkIdentity({ provider: 'google', token });
  expect(linked.error).toMatchObject(disabled);
});
