import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { isTotpCode, makeTotp } from '../../local/auth/totp.ts';
import { type AuthService, randomPhone, startAuthService } from '../helpers/auth-service.ts';
import { testStack } from '../helpers/stack.ts';
import {
  codeOf,
  enroll,
  scan,
  signIn,
  signInTwice,
  signUp,
  wrongCode,
} from './auth-mfa-fixture.ts';

let auth: AuthService;

beforeAll(async () => {
  const { adminDatabaseUrl } = await testStack();
  auth = await startAuthService(adminDatabaseUrl);
});
afterAll(() => auth.stop());
afterEach(() => {
  vi.useRealTimers();
});

const methodsOf = (token: string) => {
  const { amr } = decodeJwt<{ amr: { method: string; timestamp: number }[] }>(token);
  return amr.map(({ method }) => method).sort();
};

describe('a code', () => {
  it('is the one of RFC 6238', () => {
    // Base32 of 12345678901234567890, the secret of the RFC's test vectors.
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    for (const [at, code] of [
      [59, '287082'],
      [1_111_111_109, '081804'],
      [20_000_000_000, '353130'],
    ] as const) {
      vi.setSystemTime(at * 1000);
      expect(isTotpCode(secret, code), code).toBe(true);
      expect(isTotpCode(secret, ` ${code} `)).toBe(true);
      vi.setSystemTime((at + 30) * 1000);
      expect(isTotpCode(secret, code), 'the next 30 seconds').toBe(true);
      vi.setSystemTime((at + 60) * 1000);
      expect(isTotpCode(secret, code), 'later').toBe(false);
    }
  });

  it('is six digits', () => {
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    for (const bad of ['', '12345', '1234567', 'abcdef', '١٢٣٤٥٦', '12 456', '\0'.repeat(6)]) {
      expect(isTotpCode(secret, bad)).toBe(false);
    }
  });

  it('has a secret of 160 bits, never the same', () => {
    const made = Array.from({ length: 20 }, () => makeTotp('Karigar', 'a@example.com')?.secret);
    expect(new Set(made).size).toBe(20);
    for (const secret of made) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  });
});

describe('two-factor sign-in', () => {
  it('goes from enrolment to aal2, which lasts, and back', async () => {
    const account = await signUp(auth);
    const { client, session } = await signIn(auth, account);
    const level = async () =>
      (await client.auth.mfa.getAuthenticatorAssuranceLevel()).data ?? { currentLevel: 'none' };
    expect(await level()).toMatchObject({ currentLevel: 'aal1', nextLevel: 'aal1' });

    const enrolled = await client.auth.mfa.enroll({
      factorType: 'totp',
      friendlyName: 'my phone',
      issuer: 'Karigar',
    });
    expect(enrolled.data).toMatchObject({ type: 'totp', friendly_name: 'my phone' });
    const { id: factorId = '', totp } = enrolled.data ?? {};
    expect(totp?.qr_code).toMatch(/^data:image\/svg\+xml;utf-8,<svg [^#]*<\/svg>$/);
    const app = scan(totp?.uri ?? '');
    expect(app).toMatchObject({ issuer: 'Karigar', label: account.email });
    expect(app.secret.base32).toBe(totp?.secret);
    const before = await client.auth.mfa.listFactors();
    expect(before.data).toMatchObject({
      all: [{ id: factorId, status: 'unverified', factor_type: 'totp', last_challenged_at: null }],
      totp: [],
    });

    const challenge = await client.auth.mfa.challenge({ factorId });
    expect(challenge.data).toMatchObject({ type: 'totp' });
    const left = (challenge.data?.expires_at ?? 0) - Date.now() / 1000;
    expect(left).toBeGreaterThan(290);
    expect(left).toBeLessThan(302);
    const attempt = { factorId, challengeId: challenge.data?.id ?? '' };
    const wrong = wrongCode(totp?.secret ?? '');
    const refused = await client.auth.mfa.verify({ ...attempt, code: wrong });
    expect(refused.error).toMatchObject({ status: 422, code: 'mfa_verification_failed' });
    expect(await level()).toMatchObject({ currentLevel: 'aal1' });

    const verified = await client.auth.mfa.verify({ ...attempt, code: app.generate() });
    expect(verified.error).toBeNull();
    expect(verified.data?.user.factors).toMatchObject([{ id: factorId, status: 'verified' }]);
    const token = verified.data?.access_token ?? '';
    expect(decodeJwt(token)).toMatchObject({
      aal: 'aal2',
      session_id: decodeJwt(session.access_token).session_id,
    });
    expect(methodsOf(token)).toEqual(['password', 'totp']);
    expect(await level()).toMatchObject({ currentLevel: 'aal2', nextLevel: 'aal2' });
    expect((await client.auth.mfa.listFactors()).data?.totp).toMatchObject([{ id: factorId }]);

    const refreshed = await client.auth.refreshSession();
    const next = refreshed.data.session?.access_token ?? '';
    expect(decodeJwt(next).aal).toBe('aal2');
    expect(methodsOf(next)).toEqual(['password', 'totp']);

    const second = await signIn(auth, account);
    const { data } = await second.client.auth.mfa.getAuthenticatorAssuranceLevel();
    expect(data).toMatchObject({ currentLevel: 'aal1', nextLevel: 'aal2' });

    expect((await client.auth.mfa.unenroll({ factorId })).data).toEqual({ id: factorId });
    await client.auth.refreshSession();
    expect(await level()).toMatchObject({ currentLevel: 'aal1', nextLevel: 'aal1' });
    const [row] = await auth.sql`
      select factor_id, aal from auth.sessions
      where id = ${String(decodeJwt(next).session_id)}`;
    expect(row).toEqual({ factor_id: null, aal: 'aal1' });
  });

  it('works for a user who has a phone only', async () => {
    const client = auth.client();
    const phone = randomPhone();
    await client.auth.signInWithOtp({ phone });
    await client.auth.verifyOtp({ phone, token: auth.smsCode(phone), type: 'sms' });
    const { data, error } = await client.auth.mfa.enroll({ factorType: 'totp' });
    expect(error).toBeNull();
    expect(data?.friendly_name).toBe('');
    expect(scan(data?.totp.uri ?? '')).toMatchObject({ label: phone, issuer: '127.0.0.1' });
    const { id: factorId = '', totp } = data ?? {};
    const code = codeOf(totp?.secret ?? '');
    const verified = await client.auth.mfa.challengeAndVerify({ factorId, code });
    expect(methodsOf(verified.data?.access_token ?? '')).toEqual(['otp', 'totp']);
  });

  it('ends the sessions that did not pass it, and tokens from before', async () => {
    const account = await signUp(auth);
    const [mine, other] = [await signIn(auth, account), await signIn(auth, account)];
    const factor = await enroll(mine);
    const code = codeOf(factor.secret);
    const verified = await mine.client.auth.mfa.challengeAndVerify({ factorId: factor.id, code });
    expect(verified.error).toBeNull();

    for (const { session } of [mine, other]) {
      const { refresh_token } = session;
      const { error } = await auth.client().auth.refreshSession({ refresh_token });
      expect(error).toMatchObject({ status: 400, code: 'refresh_token_not_found' });
    }
    expect((await other.client.auth.getUser()).error).not.toBeNull();
    expect((await mine.client.auth.refreshSession()).error).toBeNull();
  });

  it('keeps sessions that passed it when another one does', async () => {
    const { account, client, factor } = await signInTwice(auth);
    const second = await signIn(auth, account);
    const code = codeOf(factor.secret);
    // GoTrue takes the same code again, with another challenge.
    const again = await second.client.auth.mfa.challengeAndVerify({ factorId: factor.id, code });
    expect(again.error).toBeNull();
    expect((await client.auth.refreshSession()).error).toBeNull();
  });

  it('guards the account: aal1 changes neither password, e-mail, phone nor factors', async () => {
    const { account, client, factor } = await signInTwice(auth);
    const weak = await signIn(auth, account);
    for (const change of [
      { password: 'another secret' },
      { email: `new-${account.email}` },
      { phone: randomPhone() },
    ]) {
      const { error } = await weak.client.auth.updateUser(change);
      expect(error).toMatchObject({ status: 401, code: 'insufficient_aal' });
    }
    expect((await weak.client.auth.updateUser({ data: { theme: 'dark' } })).error).toBeNull();
    expect((await weak.client.auth.updateUser({ email: account.email })).error).toBeNull();

    const removed = await weak.client.auth.mfa.unenroll({ factorId: factor.id });
    expect(removed.error).toMatchObject({ status: 422, code: 'insufficient_aal' });
    const added = await weak.client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'mine' });
    expect(added.error).toMatchObject({ status: 403, code: 'insufficient_aal' });

    expect((await client.auth.updateUser({ password: 'another secret' })).error).toBeNull();
    const second = await client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'tablet' });
    expect(second.error).toBeNull();
  });

  it('is nobody else’s', async () => {
    const { factor } = await signInTwice(auth);
    const stranger = await signIn(auth, await signUp(auth));
    const { mfa } = stranger.client.auth;
    const challenge = { factorId: factor.id };
    const code = codeOf(factor.secret);
    const answers = [
      await mfa.challenge(challenge),
      await mfa.verify({ ...challenge, challengeId: factor.id, code }),
      await mfa.unenroll(challenge),
    ];
    for (const { error } of answers) {
      expect(error).toMatchObject({ status: 404, code: 'mfa_factor_not_found' });
    }
    expect((await mfa.challenge({ factorId: 'mine' })).error).toMatchObject({
      status: 404,
      code: 'validation_failed',
    });
    expect((await auth.client().auth.mfa.enroll({ factorType: 'totp' })).error).not.toBeNull();
  });

  it('is removed by a server, which signs the user out', async () => {
    const { account, client, factor } = await signInTwice(auth);
    const { mfa } = auth.admin().auth.admin;
    const { data } = await mfa.listFactors({ userId: account.id });
    expect(data?.factors).toMatchObject([{ id: factor.id, status: 'verified' }]);
    expect(JSON.stringify(data)).not.toContain(factor.secret);

    const wrong = await mfa.deleteFactor({ id: account.id, userId: account.id });
    expect(wrong.error).toMatchObject({ status: 404, code: 'mfa_factor_not_found' });
    const deleted = await mfa.deleteFactor({ id: factor.id, userId: account.id });
    expect(deleted.error).toBeNull();
    expect((await mfa.listFactors({ userId: account.id })).data?.factors).toEqual([]);
    expect((await client.auth.refreshSession()).error).not.toBeNull();

    for (const path of [`/admin/users/${account.id}/factors`, '/admin/users/x/factors/y']) {
      const { session } = await signIn(auth, account);
      const headers = { authorization: `Bearer ${session.access_token}` };
      const { status } = await auth.request(path, { headers, method: 'DELETE' });
      expect(status).toBe(403);
    }
  });

  it('goes with the account', async () => {
    const { account } = await signInTwice(auth);
    await auth.admin().auth.admin.deleteUser(account.id, true);
    const rows = await auth.sql`select from auth.mfa_factors where user_id = ${account.id}`;
    expect(rows.length).toBe(0);
  });
});
