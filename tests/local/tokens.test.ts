import { randomBytes } from 'node:crypto';
import { decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Keys } from '../../local/keys.ts';
import { createTokens } from '../../local/tokens.ts';

const issuer = 'http://127.0.0.1:54321/auth/v1';

async function makeKeys(): Promise<Keys> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    publishableKey: 'sb_publishable_one',
    secretKey: 'sb_secret_one',
    signingKey: { ...(await exportJWK(privateKey)), kid: 'key-1', alg: 'ES256' },
    internalSecret: randomBytes(32).toString('hex'),
    databasePassword: 'irrelevant',
  };
}

const inOneMinute = () => Math.floor(Date.now() / 1000) + 60;
const claims = () => ({ role: 'authenticated', sub: 'someone', exp: inOneMinute() });

describe('access tokens', () => {
  it('are ES256 with kid, issuer and time of issue, and verify', async () => {
    const tokens = await createTokens(await makeKeys(), issuer);
    const token = await tokens.sign(claims());

    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', kid: 'key-1', typ: 'JWT' });
    expect(await tokens.verify(token)).toMatchObject({
      role: 'authenticated',
      sub: 'someone',
      iss: issuer,
      iat: expect.any(Number),
    });
  });

  it('are refused when expired, without expiry, altered, or signed by another stack', async () => {
    const tokens = await createTokens(await makeKeys(), issuer);
    const other = await createTokens(await makeKeys(), issuer);
    const [header, , signature] = (await tokens.sign(claims())).split('.');
    const forged = Buffer.from(JSON.stringify({ ...claims(), role: 'service_role' }));

    expect(await tokens.verify(await tokens.sign({ ...claims(), exp: 1 }))).toBeNull();
    expect(await tokens.verify(await tokens.sign({ role: 'anon' }))).toBeNull();
    expect(
      await tokens.verify(`${header}.${forged.toString('base64url')}.${signature}`),
    ).toBeNull();
    expect(await tokens.verify(await other.sign(claims()))).toBeNull();
    expect(await tokens.verify('not a token')).toBeNull();
  });

  it('never verify when signed with the internal secret, or with the public key as a secret', async () => {
    const keys = await makeKeys();
    const tokens = await createTokens(keys, issuer);
    const publicKey = new TextEncoder().encode(JSON.stringify(tokens.jwks().keys[0]));
    const confused = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
      .sign(publicKey);

    expect(await tokens.verify(await tokens.signInternal(claims()))).toBeNull();
    expect(await tokens.verify(confused)).toBeNull();
  });

  it('carry the same claims to lite', async () => {
    const keys = await makeKeys();
    const tokens = await createTokens(keys, issuer);
    const secret = new TextEncoder().encode(keys.internalSecret);
    const { payload } = await jwtVerify(await tokens.signInternal(claims()), secret);

    expect(payload).toMatchObject({ role: 'authenticated', sub: 'someone' });
  });

  it('publish no private part', async () => {
    const tokens = await createTokens(await makeKeys(), issuer);
    expect(tokens.jwks().keys[0]).not.toHaveProperty('d');
  });
});

describe('API keys', () => {
  it('stand for a role, and only exactly', async () => {
    const tokens = await createTokens(await makeKeys(), issuer);

    expect(tokens.roleOfApiKey('sb_publishable_one')).toBe('anon');
    expect(tokens.roleOfApiKey('sb_secret_one')).toBe('service_role');
    expect(tokens.roleOfApiKey('sb_secret_on')).toBeNull();
    expect(tokens.roleOfApiKey('')).toBeNull();
  });
});
