import { beforeAll, describe, expect, it } from 'vitest';
import { parseDuration } from '../../local/auth/duration.ts';
import { RateLimiter } from '../../local/auth/limits.ts';
import {
  type AuthService,
  randomEmail,
  randomPhone,
  startAuthService,
} from '../helpers/auth-service.ts';
import { testStack } from '../helpers/stack.ts';

let adminUrl: string;

beforeAll(async () => {
  ({ adminDatabaseUrl: adminUrl } = await testStack());
});

const post = (service: AuthService, path: string, body: unknown, ip: string) =>
  service.request(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'x-forwarded-for': ip },
  });

describe('limits', () => {
  it('let a phone and a mailbox wait between two codes', async () => {
    const own = await startAuthService(adminUrl, { limits: { otpIntervalSeconds: 60 } });
    try {
      const [phone, email] = [randomPhone(), randomEmail()];
      const client = own.client().auth;
      expect((await client.signInWithOtp({ phone })).error).toBeNull();
      expect((await client.signInWithOtp({ phone })).error).toMatchObject({
        status: 429,
        code: 'over_sms_send_rate_limit',
        message: expect.stringMatching(
          /^For security purposes, you can only request this after 5\d seconds\.$/,
        ),
      });
      expect((await client.resend({ type: 'sms', phone })).error?.status).toBe(429);
      expect((await client.signInWithOtp({ email })).error).toBeNull();
      const again = await client.signInWithOtp({ email });
      expect(again.error).toMatchObject({ status: 429, code: 'over_email_send_rate_limit' });
      expect(own.hookCalls).toHaveLength(1);

      const parallel = randomPhone();
      const answers = await Promise.all(
        Array.from({ length: 4 }, () => client.signInWithOtp({ phone: parallel })),
      );
      expect(answers.filter(({ error }) => error === null)).toHaveLength(1);
      expect(own.hookCalls).toHaveLength(2);
    } finally {
      await own.stop();
    }
  });

  it('count messages of the whole project', async () => {
    const own = await startAuthService(adminUrl, { limits: { smsPerHour: 2, emailsPerHour: 1 } });
    try {
      const phones = [randomPhone(), randomPhone(), randomPhone()];
      const codes = [];
      for (const phone of phones) {
        codes.push((await own.client().auth.signInWithOtp({ phone })).error?.code);
      }
      expect(codes).toEqual([undefined, undefined, 'over_sms_send_rate_limit']);
      const [left] = await own.sql`select count(*)::int as n from auth.users
        where phone = ${phones[2] ?? ''}`;
      expect(left?.n).toBe(0);
      await own.client().auth.signInWithOtp({ email: randomEmail() });
      const { error } = await own.client().auth.signInWithOtp({ email: randomEmail() });
      expect(error).toMatchObject({ status: 429, code: 'over_email_send_rate_limit' });
    } finally {
      await own.stop();
    }
  });

  it('bound guessing, signing in and refreshing per address, and only there', async () => {
    const own = await startAuthService(adminUrl, {
      limits: { verifyPerIp: 3, signInPerIp: 4, refreshPerIp: 2 },
    });
    try {
      const guess = { type: 'sms', phone: randomPhone(), token: '000000' };
      const attempts = async (path: string, body: object, times: number, ip: string) => {
        const statuses = [];
        for (let n = 0; n < times; n += 1) {
          statuses.push((await post(own, path, body, ip)).status);
        }
        return statuses;
      };
      expect(await attempts('/verify', guess, 4, '10.0.0.1')).toEqual([403, 403, 403, 429]);
      expect(await attempts('/verify', guess, 1, '10.0.0.2')).toEqual([403]);
      const password = { email: randomEmail(), password: 'guess' };
      const path = '/token?grant_type=password';
      expect(await attempts(path, password, 5, '10.0.0.1')).toEqual([400, 400, 400, 400, 429]);
      const refresh = '/token?grant_type=refresh_token';
      expect(await attempts(refresh, { refresh_token: 'x' }, 3, '10.0.0.1')).toEqual([
        400, 400, 429,
      ]);
      const limited = await post(own, '/verify', guess, '10.0.0.1');
      expect(await limited.json()).toMatchObject({ error_code: 'over_request_rate_limit' });
    } finally {
      await own.stop();
    }
  });

  it('refill evenly and forget the idle', () => {
    const limiter = new RateLimiter(2, 10);
    expect([0, 0, 0].map((now) => limiter.allow('a', now))).toEqual([true, true, false]);
    expect(limiter.allow('a', 4999)).toBe(false);
    expect(limiter.allow('a', 5001)).toBe(true);
    expect(limiter.allow('b', 5001)).toBe(true);
    expect(limiter.allow('a', 60_000)).toBe(true);
  });
});

it('durations are Go’s', () => {
  expect(parseDuration('24h')).toBe(86_400_000);
  expect(parseDuration('1h30m0.5s')).toBe(5_400_500);
  for (const bad of ['', '24', 'h', '1d', '1h ', '-1h']) expect(parseDuration(bad)).toBeNull();
});
