/** Which account an identity of a provider opens. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthService, randomEmail } from '../helpers/auth-service.ts';
import type { OpenIdProvider } from '../helpers/openid-provider.ts';
import { testStack } from '../helpers/stack.ts';
import {
  hashOf,
  type OAuthServices,
  openSession,
  queryOf,
  signIn,
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

const verified = (email = randomEmail()) => judge.person({ email, email_verified: true });
const unverified = (email: string) => judge.person({ email, email_verified: false });

async function signUp({ isConfirmed = true } = {}) {
  const [email, password, client] = [randomEmail(), randomUUID(), auth.client()];
  const { data, error } = await client.auth.signUp({
    email,
    password,
    options: { data: { a: 1 } },
  });
  if (error || !data.user) throw error ?? new Error('no user');
  if (isConfirmed) {
    await client.auth.verifyOtp({ email, token: auth.mailTo(email).code, type: 'email' });
  }
  return { email, password, client, id: data.user.id };
}

const refusalOf = async (service: AuthService, sub: string) =>
  hashOf((await signIn(service, sub)).app);

describe('an address that is known already', () => {
  it('leads to the confirmed account, when the provider has verified it', async () => {
    const { email, password, id } = await signUp();
    const { user } = await openSession(
      auth,
      (await signIn(auth, verified(email.toUpperCase()))).app,
    );
    expect(user.id).toBe(id);
    expect(user.app_metadata).toMatchObject({ provider: 'email', providers: ['email', 'google'] });
    expect(user.user_metadata).toMatchObject({ a: 1, iss: judge.issuer });
    const again = await auth.client().auth.signInWithPassword({ email, password });
    expect(again.data.user?.id).toBe(id);
  });

  it('leads nowhere, when it has not', async () => {
    const { email, id } = await signUp();
    const answer = await refusalOf(auth, unverified(email));
    expect(answer).toEqual({
      error: 'access_denied',
      error_code: 'provider_email_needs_verification',
      error_description:
        'Unverified email with google. Verify the email with google in order to sign in',
      sb: '',
    });
    const identities = await auth.sql`select from auth.identities where user_id = ${id}`;
    expect(identities).toHaveLength(1);
  });

  it('leads nowhere either where addresses are confirmed unasked', async () => {
    const easy = await services.also({
      email: {
        enabled: true,
        autoconfirm: true,
        doubleConfirmChanges: true,
        otpLength: 6,
        otpExpirySeconds: 60,
      },
    });
    const { email } = await signUp();
    expect(await refusalOf(easy, unverified(email))).toMatchObject({
      error_code: 'provider_email_needs_verification',
    });
    const { user } = await openSession(easy, (await signIn(easy, unverified(randomEmail()))).app);
    expect(user.email_confirmed_at).toBeTruthy();
  });

  it('was only claimed: whoever proves it gets the account without the doors left open', async () => {
    const { email, password, id } = await signUp({ isConfirmed: false });
    const { user } = await openSession(auth, (await signIn(auth, verified(email))).app);
    expect(user.id).toBe(id);
    expect(user.identities?.map(({ provider }) => provider)).toEqual(['google']);
    expect(user.app_metadata.providers).toEqual(['google']);
    expect(user.user_metadata).not.toHaveProperty('a');
    const { error } = await auth.client().auth.signInWithPassword({ email, password });
    expect(error?.code).toBe('invalid_credentials');
  });

  it('was only claimed at a provider: its owner gets an account of their own', async () => {
    const email = randomEmail();
    const claimed = unverified(email);
    await signIn(auth, claimed);
    judge.person({ email: randomEmail(), email_verified: true }, claimed);
    const claimant = await openSession(auth, (await signIn(auth, claimed)).app);
    expect(claimant.user.email).not.toBe(email);
    const owner = await openSession(auth, (await signIn(auth, verified(email))).app);
    expect(owner.user.id).not.toBe(claimant.user.id);
    expect(owner.user.email).toBe(email);
  });
});

describe('a new address', () => {
  it('that the provider has not verified is confirmed by mail', async () => {
    const email = randomEmail();
    const sub = unverified(email);
    expect(await refusalOf(auth, sub)).toMatchObject({
      error: 'access_denied',
      error_code: 'provider_email_needs_verification',
      error_description:
        'Unverified email with google. A confirmation email has been sent to your google email',
    });
    const link = await fetch(auth.mailTo(email).link, { redirect: 'manual' });
    const mailed = await openSession(auth, new URL(link.headers.get('location') ?? ''));
    expect(mailed.user.identities).toMatchObject([
      { provider: 'google', identity_data: { email_verified: true } },
    ]);
    const { user } = await openSession(auth, (await signIn(auth, sub)).app);
    expect(user.id).toBe(mailed.user.id);
  });

  it('makes no account where sign-ups are closed', async () => {
    const closed = await services.also({ signupEnabled: false });
    const known = verified();
    await signIn(auth, known);
    expect(hashOf((await signIn(closed, known)).app).access_token).toBeTruthy();
    const email = randomEmail();
    expect(await refusalOf(closed, verified(email))).toMatchObject({
      error: 'access_denied',
      error_code: 'signup_disabled',
    });
    expect(await auth.sql`select from auth.users where email = ${email}`).toHaveLength(0);
  });

  it('is needed, unless the provider may do without', async () => {
    const sub = judge.person({ name: 'Nobody' });
    expect(await refusalOf(auth, sub)).toMatchObject({
      error: 'server_error',
      error_description: 'Error getting user email from external provider',
    });
    const lenient = await services.also({}, { emailOptional: true });
    const first = await openSession(lenient, (await signIn(lenient, sub)).app);
    expect(first.user).toMatchObject({ email: '', identities: [{ provider: 'google', id: sub }] });
    const second = await openSession(lenient, (await signIn(lenient, sub)).app);
    expect(second.user.id).toBe(first.user.id);
  });

  it('of two sign-ins at once makes one account', async () => {
    const sub = verified();
    const visits = await Promise.all([signIn(auth, sub), signIn(auth, sub)]);
    const users = await Promise.all(visits.map(({ app }) => openSession(auth, app)));
    expect(new Set(users.map(({ user }) => user.id)).size).toBe(1);
  });
});

it('a banned user stays out', async () => {
  const sub = verified();
  const { user } = await openSession(auth, (await signIn(auth, sub)).app);
  await auth.admin().auth.admin.updateUserById(user.id, { ban_duration: '1h' });
  const refusal = {
    error: 'access_denied',
    error_code: 'user_banned',
    error_description: 'User is banned',
  };
  const { app } = await signIn(auth, sub);
  expect([queryOf(app), hashOf(app)]).toEqual([refusal, { ...refusal, sb: '' }]);
  const { email, name } = { email: user.email, name: 'x' };
  const token = await judge.idToken({ sub, email, email_verified: true, name });
  const grant = await auth.client().auth.signInWithIdToken({ provider: 'google', token });
  expect(grant.error).toMatchObject({ status: 403, code: 'user_banned' });
});

it('a refusal of the project’s triggers reaches the app, an error of theirs does not', async () => {
  const name = `refuse_${randomUUID().replaceAll('-', '')}`;
  await auth.sql.unsafe(`
    create function public.${name}() returns trigger language plpgsql set search_path = '' as $$
    begin
      if new.raw_user_meta_data ->> 'name' = '${name}' then
        raise sqlstate 'PT403' using message = 'That market is closed.', detail = 'market_closed';
      elsif new.raw_user_meta_data ->> 'name' = '${name}!' then
        raise exception 'secret text';
      end if;
      return new;
    end $$;
    create trigger ${name} after insert on auth.users
      for each row execute function public.${name}();`);
  const named = (text: string) =>
    judge.person({ email: randomEmail(), email_verified: true, name: text });
  expect(await refusalOf(auth, named(name))).toEqual({
    error: 'access_denied',
    error_code: 'PT403',
    error_description: 'That market is closed.',
    sb: '',
  });
  const failed = (await signIn(auth, named(`${name}!`))).app;
  expect(hashOf(failed)).toMatchObject({ error: 'server_error' });
  expect(failed.href).not.toContain('secret');
  expect(auth.logged.some((line) => line.includes('secret text'))).toBe(true);
  await auth.sql.unsafe(`drop function public.${name}() cascade`);
});
