import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAuthSettings } from '../../local/auth/settings.ts';
import { type AuthService, startAuthService } from '../helpers/auth-service.ts';
import { testStack } from '../helpers/stack.ts';
import {
  codeOf,
  enroll,
  type SignedIn,
  signIn,
  signInTwice,
  signUp,
  wrongCode,
} from './auth-mfa-fixture.ts';

let adminUrl: string;
let auth: AuthService;

beforeAll(async () => {
  ({ adminDatabaseUrl: adminUrl } = await testStack());
  auth = await startAuthService(adminUrl);
});
afterAll(() => auth.stop());

const newcomer = async (service = auth) => signIn(service, await signUp(service));

async function challengeOf({ client }: SignedIn, factorId: string): Promise<string> {
  const { data, error } = await client.auth.mfa.challenge({ factorId });
  if (error) throw error;
  return data.id;
}

function post(service: AuthService, { session }: SignedIn, path: string, body: object, ip = '') {
  return service.request(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {
      authorization: `Bearer ${session.access_token}`,
      ...(ip && { 'x-forwarded-for': ip }),
    },
  });
}

describe('a challenge', () => {
  it('is good for five minutes', async () => {
    const person = await newcomer();
    const { id: factorId, secret } = await enroll(person);
    const challengeId = await challengeOf(person, factorId);
    const age = (seconds: number) => auth.sql`
      update auth.mfa_challenges set created_at = now() - make_interval(secs => ${seconds})
      where id = ${challengeId}`;
    const verify = () =>
      person.client.auth.mfa.verify({ factorId, challengeId, code: codeOf(secret) });

    await age(301);
    expect((await verify()).error).toMatchObject({ status: 422, code: 'mfa_challenge_expired' });
    // It is gone for good.
    await age(0);
    expect((await verify()).error).toMatchObject({ status: 422, code: 'mfa_factor_not_found' });

    const fresh = await challengeOf(person, factorId);
    await auth.sql`
      update auth.mfa_challenges set created_at = now() - interval '240 seconds'
      where id = ${fresh}`;
    const late = { factorId, challengeId: fresh, code: codeOf(secret) };
    expect((await person.client.auth.mfa.verify(late)).error).toBeNull();
  });

  it('is good once', async () => {
    const { client, factor } = await signInTwice(auth);
    const factorId = factor.id;
    const { data } = await client.auth.mfa.challenge({ factorId });
    const attempt = { factorId, challengeId: data?.id ?? '', code: codeOf(factor.secret) };
    const answers = await Promise.all([
      client.auth.mfa.verify(attempt),
      client.auth.mfa.verify(attempt),
      client.auth.mfa.verify(attempt),
    ]);
    expect(answers.map(({ error }) => error?.code ?? 'ok').sort()).toEqual([
      'mfa_ip_address_mismatch',
      'mfa_ip_address_mismatch',
      'ok',
    ]);
  });

  it('is good for the address that asked, and for its own factor', async () => {
    const person = await newcomer();
    const { id: factorId, secret } = await enroll(person);
    const other = await enroll(person, 'tablet');
    const challenge_id = await challengeOf(person, factorId);
    const verify = (id: string, body: object, ip = '') =>
      post(auth, person, `/factors/${id}/verify`, { challenge_id, ...body }, ip);

    const moved = await verify(factorId, { code: codeOf(secret) }, '203.0.113.9');
    expect(moved.status).toBe(422);
    expect(await moved.json()).toMatchObject({ error_code: 'mfa_ip_address_mismatch' });
    const crossed = await verify(other.id, { code: codeOf(other.secret) });
    expect(crossed.status).toBe(422);
    expect(await crossed.json()).toMatchObject({ error_code: 'mfa_factor_not_found' });
    const unknown = await verify(factorId, { challenge_id: undefined, code: codeOf(secret) });
    expect(await unknown.json()).toMatchObject({ error_code: 'mfa_factor_not_found' });
    const empty = await verify(factorId, { code: '' });
    expect(empty.status).toBe(400);
    expect(await empty.json()).toMatchObject({ error_code: 'validation_failed' });
    expect((await verify(factorId, { challenge_id: 'x', code: '1' })).status).toBe(400);
    expect((await verify(factorId, { code: codeOf(secret) })).status).toBe(200);
  });

  it('is forgotten after a day', async () => {
    const { client, factor } = await signInTwice(auth);
    await auth.sql`
      update auth.mfa_challenges set created_at = now() - interval '25 hours'
      where factor_id = ${factor.id}`;
    await client.auth.mfa.challenge({ factorId: factor.id });
    const rows = await auth.sql`select from auth.mfa_challenges where factor_id = ${factor.id}`;
    expect(rows.length).toBe(1);
  });
});

describe('factors', () => {
  it('have names of their own', async () => {
    const person = await newcomer();
    await enroll(person, 'phone');
    await expect(enroll(person, 'phone')).rejects.toMatchObject({
      status: 422,
      code: 'mfa_factor_name_conflict',
    });
    const long = person.client.auth.mfa.enroll({
      factorType: 'totp',
      issuer: 'x'.repeat(1000),
    });
    expect((await long).error).toMatchObject({ status: 400, code: 'validation_failed' });
    // Random, or Postgres would compress it into its index.
    const name = randomBytes(5000).toString('hex');
    await expect(enroll(person, name)).rejects.toMatchObject({ status: 400 });
    expect((await enroll(await newcomer(), 'phone')).id).not.toBe('');
  });

  it('are ten at most; unverified ones go when another is verified, or after a while', async () => {
    const person = await newcomer();
    const first = await enroll(person, '0');
    for (let n = 1; n < 10; n += 1) await enroll(person, String(n));
    await expect(enroll(person, '10')).rejects.toMatchObject({
      status: 422,
      code: 'too_many_enrolled_mfa_factors',
    });

    await challengeOf(person, first.id);
    await auth.sql`
      update auth.mfa_factors set created_at = now() - interval '301 seconds'
      where user_id = ${person.session.user.id} and friendly_name < '6'`;
    const tenth = await enroll(person, '10');
    const names = async () =>
      (await person.client.auth.mfa.listFactors()).data?.all.map((factor) => factor.friendly_name);
    expect((await names())?.sort()).toEqual(['0', '10', '6', '7', '8', '9']);

    const code = codeOf(tenth.secret);
    await person.client.auth.mfa.challengeAndVerify({ factorId: tenth.id, code });
    expect(await names()).toEqual(['10']);
  });

  it('are bounded also when they come at once', async () => {
    const person = await newcomer();
    const answers = await Promise.allSettled(
      Array.from({ length: 15 }, () => enroll(person, randomUUID())),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  });

  it('are of the types that the project allows', async () => {
    const person = await newcomer();
    for (const [factor_type, status, error_code] of [
      ['phone', 422, 'mfa_phone_enroll_not_enabled'],
      ['webauthn', 422, 'mfa_webauthn_enroll_not_enabled'],
      ['pigeon', 400, 'validation_failed'],
      [undefined, 400, 'validation_failed'],
    ] as const) {
      const answer = await post(auth, person, '/factors', { factor_type });
      expect(answer.status).toBe(status);
      expect(await answer.json()).toMatchObject({ error_code });
    }
  });

  it('are only for the settled', async () => {
    const open = await startAuthService(adminUrl, { settings: { anonymousEnabled: true } });
    try {
      const client = open.client();
      await client.auth.signInAnonymously();
      const { error } = await client.auth.mfa.enroll({ factorType: 'totp' });
      expect(error).toMatchObject({ status: 403, code: 'no_authorization' });
    } finally {
      await open.stop();
    }
  });

  it('can be switched off', async () => {
    const totp = { enrollEnabled: false, verifyEnabled: false };
    const off = await startAuthService(adminUrl, {
      settings: { mfa: { maxEnrolledFactors: 10, totp } },
    });
    try {
      const account = await signUp(auth);
      const factor = await enroll(await signIn(auth, account));
      const person = await signIn(off, account);
      const attempt = { challenge_id: randomUUID(), code: '123456' };
      for (const [path, body, error_code] of [
        ['/factors', { factor_type: 'totp' }, 'mfa_totp_enroll_not_enabled'],
        [`/factors/${factor.id}/challenge`, {}, 'mfa_totp_verify_not_enabled'],
        [`/factors/${factor.id}/verify`, attempt, 'mfa_totp_verify_not_enabled'],
      ] as const) {
        const answer = await post(off, person, path, body);
        expect(answer.status).toBe(422);
        expect(await answer.json()).toMatchObject({ error_code });
      }
    } finally {
      await off.stop();
    }
  });
});

it('config.toml says who may enrol, and how often', async () => {
  const projectDir = await mkdtemp(join(tmpdir(), 'karigar-mfa-'));
  try {
    const read = async (toml: string) => {
      await mkdir(join(projectDir, 'supabase'), { recursive: true });
      await writeFile(join(projectDir, 'supabase', 'config.toml'), toml);
      return (await readAuthSettings({ projectDir, url: 'http://127.0.0.1:54321' })).mfa;
    };
    expect(await read('')).toEqual({
      maxEnrolledFactors: 10,
      totp: { enrollEnabled: true, verifyEnabled: true },
    });
    const totp = '[auth.mfa.totp]\nenroll_enabled = false\nverify_enabled = true';
    expect(await read(`[auth.mfa]\nmax_enrolled_factors = 2\n${totp}`)).toEqual({
      maxEnrolledFactors: 2,
      totp: { enrollEnabled: false, verifyEnabled: true },
    });
  } finally {
    await rm(projectDir, { recursive: true });
  }
});

it('guessing is bounded per address, and per user from many addresses', async () => {
  const own = await startAuthService(adminUrl, { limits: { factorsPerIp: 3 } });
  try {
    const account = await signUp(own);
    const person = await signIn(own, account);
    const factor = await enroll(person);
    const guess = (ip: string, who = person, id = factor.id) =>
      post(
        own,
        who,
        `/factors/${id}/verify`,
        { challenge_id: randomUUID(), code: wrongCode(factor.secret) },
        ip,
      ).then(({ status }) => status);
    const attempts = [];
    for (let n = 1; n <= 4; n += 1) attempts.push(await guess(`10.0.1.${n}`));
    expect(attempts).toEqual([422, 422, 422, 429]);

    const other = await newcomer(own);
    const { id } = await enroll(other);
    const same = [];
    for (let n = 1; n <= 4; n += 1) {
      const { status } = await post(own, other, `/factors/${id}/challenge`, {}, '10.0.2.1');
      same.push(status);
    }
    expect(same).toEqual([200, 200, 200, 429]);
  } finally {
    await own.stop();
  }
});
