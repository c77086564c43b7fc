/** signInWithIdToken: apps that bring the ID token of a provider's own library. */
import { createHash, randomUUID } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthService, randomEmail } from '../helpers/auth-service.ts';
import type { OpenIdProvider } from '../helpers/openid-provider.ts';
import { testStack } from '../helpers/stack.ts';
import { type OAuthServices, signIn, startOAuth } from './oauth-fixture.ts';

let services: OAuthServices;
let auth: AuthService;
let judge: OpenIdProvider;
beforeAll(async () => {
  services = await startOAuth((await testStack()).adminDatabaseUrl);
  ({ auth, judge } = services);
});
afterAll(() => services.stop());

const sha256 = (text: string) => createHash('sha256').update(text);
const claimsOf = (changes: JWTPayload = {}) => ({
  sub: randomUUID(),
  email: randomEmail(),
  email_verified: true,
  name: 'Asha Devi',
  ...changes,
});

function signInWith(
  token: string,
  {
    provider = 'google',
    service = auth,
    ...more
  }: {
    provider?: string;
    service?: AuthService;
    nonce?: string;
    access_token?: string;
  } = {},
) {
  return service.client().auth.signInWithIdToken({ provider, token, ...more });
}

describe('an ID token', () => {
  it('signs in, with the nonce whose hash the provider signed', async () => {
    const nonce = randomUUID();
    const claims = claimsOf({ nonce: sha256(nonce).digest('hex') });
    const { data, error } = await signInWith(await judge.idToken(claims), { nonce });
    expect(error).toBeNull();
    expect(data.user).toMatchObject({
      email: claims.email,
      app_metadata: { provider: 'google', providers: ['google'] },
      identities: [{ id: claims.sub, provider: 'google' }],
    });
  });

  it('leads to the account that the redirect leads to', async () => {
    const { name, sub, email } = claimsOf();
    judge.person({ email, email_verified: true, name }, sub);
    await signIn(auth, sub);
    const { data } = await signInWith(await judge.idToken({ sub, email, email_verified: true }));
    const rows = await auth.sql`select id from auth.users where email = ${email}`;
    expect(rows).toEqual([{ id: data.user?.id }]);
  });

  it.each([
    ['true', true, true],
    ['"true"', 'true', true],
    ['false', false, false],
    ['"yes"', 'yes', false],
    ['nothing', undefined, false],
  ])('whose email_verified is %s is taken at its word', async (_, verified, isIn) => {
    const token = await judge.idToken(claimsOf({ email_verified: verified }));
    const { error } = await signInWith(token);
    expect(error?.code ?? null).toBe(isIn ? null : 'provider_email_needs_verification');
  });

  it('of Apple needs no email_verified', async () => {
    const token = await judge.idToken(claimsOf({ email_verified: undefined }));
    const { data, error } = await signInWith(token, { provider: 'apple' });
    expect(error).toBeNull();
    expect(data.user?.email_confirmed_at).toBeTruthy();
  });

  it('fits the access token that came with it', async () => {
    const access = randomUUID();
    const hash = sha256(access).digest().subarray(0, 16).toString('base64url');
    const token = () => judge.idToken(claimsOf({ at_hash: hash }));
    expect((await signInWith(await token(), { access_token: access })).error).toBeNull();
    const other = await signInWith(await token(), { access_token: randomUUID() });
    expect(other.error).toMatchObject({ status: 400, message: 'Bad ID token' });
  });
});

describe('what is no token for us', () => {
  const tampered = (token: string) => {
    const [header, , signature] = token.split('.');
    const claims = { ...claimsOf(), iss: judge.issuer, aud: 'karigar', iat: 1, exp: 9_999_999_999 };
    return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
  };
  const unsigned = (token: string) => {
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    return `${header}.${token.split('.')[1]}.`;
  };

  const cases: [string, () => Promise<string>, string][] = [
    ['tampered', async () => tampered(await judge.idToken(claimsOf())), 'Bad ID token'],
    ['unsigned', async () => unsigned(await judge.idToken(claimsOf())), 'Bad ID token'],
    ['signed by another', () => judge.idToken(claimsOf(), 'foreign'), 'Bad ID token'],
    ['no JWT', async () => 'x', 'Bad ID token'],
    [
      'of another issuer',
      () => judge.idToken(claimsOf({ iss: 'https://x.example' })),
      'Bad ID token',
    ],
    ['expired', () => judge.idToken(claimsOf({ exp: Date.now() / 1000 - 1 })), 'Bad ID token'],
    ['without sub', () => judge.idToken(claimsOf({ sub: '' })), 'Missing sub claim in id_token'],
    [
      'for another app',
      () => judge.idToken(claimsOf({ aud: ['other', 'another'] })),
      'Unacceptable audience in id_token: [other another]',
    ],
    [
      'without email',
      () => judge.idToken(claimsOf({ email: undefined })),
      'The ID token must contain an email address',
    ],
  ];
  it.each(cases)('is refused: %s', async (_, token, message) => {
    const { data, error } = await signInWith(await token());
    expect(error).toMatchObject({ status: 400, message });
    expect(data.session).toBeNull();
  });

  const both = 'Passed nonce and nonce in id_token should either both exist or not.';
  it.each([
    ['signed alone', { nonce: 'a' }, {}, both],
    ['passed alone', {}, { nonce: 'a' }, both],
    ['of another sign-in', { nonce: sha256('a').digest('hex') }, { nonce: 'b' }, 'Nonces mismatch'],
    ['passed as it was signed', { nonce: 'a' }, { nonce: 'a' }, 'Nonces mismatch'],
  ])('has a nonce %s', async (_, signed, passed, message) => {
    const { error } = await signInWith(await judge.idToken(claimsOf(signed)), passed);
    expect(error).toMatchObject({ status: 400, message });
  });

  it('may have any nonce where the check is off, as Google on iOS needs it', async () => {
    const lenient = await services.also({}, { skipNonceCheck: true });
    const token = await judge.idToken(claimsOf({ nonce: 'a' }));
    expect((await signInWith(token, { service: lenient })).error).toBeNull();
  });

  it('may be for the second of several clients, which native apps have', async () => {
    const native = await services.also({}, { clientIds: ['web', 'karigar'] });
    expect(
      (await signInWith(await judge.idToken(claimsOf()), { service: native })).error,
    ).toBeNull();
  });

  const grant = async (body: object, headers = {}) => {
    const response = await auth.request('/token?grant_type=id_token', {
      method: 'POST',
      body: JSON.stringify(body),
      headers,
    });
    return [response.status, await response.json()];
  };

  it('is asked for completely', async () => {
    const refusal = (description: string) => [
      400,
      { error: 'invalid request', error_description: description },
    ];
    expect(await grant({ provider: 'google' })).toEqual(refusal('id_token required'));
    expect(await grant({ id_token: 'x' })).toEqual(
      refusal('provider or client_id and issuer required'),
    );
    expect(await grant({ id_token: 'x', provider: 'google', link_identity: true })).toEqual(
      refusal('Linking requires a valid user access token in Authorization'),
    );
  });

  it('is of a provider that is there', async () => {
    expect(await grant({ id_token: 'x', provider: 'keycloak' })).toMatchObject([
      400,
      {
        error_code: 'provider_disabled',
        msg: `Provider (issuer "${judge.issuer}") is not enabled`,
      },
    ]);
    expect(await grant({ id_token: 'x', provider: 'github' })).toMatchObject([
      400,
      { error_code: 'validation_failed', msg: 'Custom OIDC provider "github" not allowed' },
    ]);
  });

  it('waits for a provider that can be reached', async () => {
    const issuer = 'http://127.0.0.1:9';
    const alone = await services.also({}, { issuer });
    const { error } = await signInWith(await judge.idToken(claimsOf()), { service: alone });
    expect(error).toMatchObject({ status: 503 });
    const redirect = await alone.request('/authorize?provider=google');
    expect(redirect.status).toBe(503);
    expect(alone.logged.join('\n')).toContain(`google at ${issuer}`);
  });
});
