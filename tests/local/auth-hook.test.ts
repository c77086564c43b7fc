import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthService, randomPhone, startAuthService } from '../helpers/auth-service.ts';
import { testStack } from '../helpers/stack.ts';

let adminUrl: string;
let auth: AuthService;

beforeAll(async () => {
  ({ adminDatabaseUrl: adminUrl } = await testStack());
  auth = await startAuthService(adminUrl);
});
afterAll(() => auth.stop());
beforeEach(() => {
  auth.hookCalls.length = 0;
  auth.answerHook = () => Response.json({});
});

const rowsOf = async (phone: string) => ({
  users: (await auth.sql`select from auth.users where phone = ${phone}`).length,
  tokens: (await auth.sql`select from auth.one_time_tokens where relates_to = ${phone}`).length,
});

describe('the call', () => {
  it('carries the metadata, the user and the code, signed', async () => {
    const phone = randomPhone();
    const options = { data: { language: 'ur' } };
    // The receiver of the fixture verifies every signature with the standardwebhooks library.
    expect((await auth.client().auth.signInWithOtp({ phone, options })).error).toBeNull();

    const [call] = auth.hookCalls;
    expect(call?.headers.get('content-type')).toBe('application/json');
    expect(call?.headers.get('webhook-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(call?.headers.get('webhook-timestamp')).toMatch(/^\d{10}$/);
    expect(Object.keys(call?.body ?? {})).toEqual(['metadata', 'user', 'sms']);
    expect(call?.body).toMatchObject({
      metadata: {
        uuid: expect.any(String),
        time: expect.any(String),
        name: 'send-sms',
        ip_address: '127.0.0.1',
      },
      user: {
        phone,
        role: 'authenticated',
        user_metadata: { language: 'ur', phone },
        identities: [{ provider: 'phone' }],
      },
      sms: { otp: expect.stringMatching(/^\d{6}$/), phone },
    });
    const [row] = await auth.sql`select id from auth.users where phone = ${phone}`;
    expect(call?.body.user.id).toBe(row?.id);
    expect(call?.text).not.toContain('encrypted_password');
  });

  it('names the new number when a phone changes', async () => {
    const [from, to] = [randomPhone(), randomPhone()];
    const client = auth.client();
    await client.auth.signInWithOtp({ phone: from });
    await client.auth.verifyOtp({ phone: from, token: auth.smsCode(from), type: 'sms' });
    await client.auth.updateUser({ phone: to });

    expect(auth.hookCalls.at(-1)?.body).toMatchObject({
      user: { phone: from, new_phone: to },
      sms: { phone: to },
    });
  });

  it('leaves the database to others while the hook works', async () => {
    const phone = randomPhone();
    let seen = -1;
    auth.answerHook = async () => {
      seen = (await auth.sql`select from auth.users where phone = ${phone}`).length;
      return Response.json({});
    };
    const { error } = await auth.client().auth.signInWithOtp({ phone });

    expect(error).toBeNull();
    expect(seen).toBe(0);
    expect((await rowsOf(phone)).users).toBe(1);
  });

  it.each([
    ['202', () => Response.json({}, { status: 202 })],
    ['204', () => new Response(null, { status: 204 })],
  ])('takes %s for success', async (_, answer) => {
    auth.answerHook = answer;
    const phone = randomPhone();
    expect((await auth.client().auth.signInWithOtp({ phone })).error).toBeNull();
    expect(await rowsOf(phone)).toEqual({ users: 1, tokens: 1 });
  });
});

describe('a failing hook leaves nothing behind', () => {
  const refusals: [string, () => Response, { status: number; code: string; message: string }][] = [
    [
      'an error of its own reaches the user',
      () => Response.json({ error: { http_code: 429, message: 'Too many messages' } }),
      { status: 429, code: 'unknown', message: 'Too many messages' },
    ],
    [
      'an error without a status is a 500',
      () => Response.json({ error: { message: 'No credit' } }),
      { status: 500, code: 'unexpected_failure', message: 'No credit' },
    ],
    [
      'status 400',
      () => Response.json({}, { status: 400 }),
      { status: 500, code: 'unexpected_failure', message: 'Invalid payload sent to hook' },
    ],
    [
      'status 401',
      () => Response.json({}, { status: 401 }),
      { status: 500, code: 'unexpected_failure', message: 'Hook requires authorization token' },
    ],
    [
      'status 500',
      () => new Response('stack trace with secrets', { status: 500 }),
      {
        status: 500,
        code: 'unexpected_failure',
        message: 'Unexpected status code returned from hook: 500',
      },
    ],
    [
      'a redirect is not followed',
      () => new Response(null, { status: 302, headers: { location: 'http://127.0.0.1:1' } }),
      {
        status: 500,
        code: 'unexpected_failure',
        message: 'Unexpected status code returned from hook: 302',
      },
    ],
    [
      'another content type',
      () => new Response('{}', { headers: { 'content-type': 'text/plain' } }),
      {
        status: 400,
        code: 'hook_payload_invalid_content_type',
        message: 'Invalid JSON response. Received content-type: text/plain',
      },
    ],
    [
      'not JSON',
      () => new Response('{', { headers: { 'content-type': 'application/json' } }),
      { status: 500, code: 'unexpected_failure', message: 'Error unmarshaling JSON output.' },
    ],
    [
      'too much JSON',
      () => Response.json({ filler: 'x'.repeat(201 * 1024) }),
      {
        status: 422,
        code: 'hook_payload_over_size_limit',
        message: 'Payload size exceeded size limit of 204800 bytes',
      },
    ],
  ];
  it.each(refusals)('%s', async (_, answer, expected) => {
    auth.answerHook = answer;
    const phone = randomPhone();
    const response = await auth.request('/otp', {
      method: 'POST',
      body: JSON.stringify({ phone }),
      headers: { 'x-supabase-api-version': '2024-01-01' },
    });

    const { status, code, message } = expected;
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ code, message });
    expect(auth.hookCalls).toHaveLength(1);
    expect(await rowsOf(phone)).toEqual({ users: 0, tokens: 0 });
  });

  it('keeps the code that was sent before', async () => {
    const phone = randomPhone();
    await auth.client().auth.signInWithOtp({ phone });
    const token = auth.smsCode(phone);
    auth.answerHook = () => Response.json({}, { status: 500 });
    expect((await auth.client().auth.signInWithOtp({ phone })).error).not.toBeNull();

    const { error } = await auth.client().auth.verifyOtp({ phone, token, type: 'sms' });
    expect(error).toBeNull();
  });
});

describe('retries', () => {
  it('are three when the hook names a time to retry after', async () => {
    auth.answerHook = () => Response.json({}, { status: 503, headers: { 'retry-after': 'true' } });
    const phone = randomPhone();
    const { error } = await auth.client().auth.signInWithOtp({ phone });

    expect(error).toMatchObject({
      status: 500,
      message: 'Service currently unavailable due to hook',
    });
    expect(auth.hookCalls).toHaveLength(3);
    const ids = auth.hookCalls.map(({ headers }) => headers.get('webhook-id'));
    expect(new Set(ids).size).toBe(3);
    expect(new Set(auth.hookCalls.map(({ body }) => body.sms.otp)).size).toBe(1);
  });

  it('succeed when the hook recovers', async () => {
    auth.answerHook = () =>
      auth.hookCalls.length < 2
        ? Response.json({}, { status: 429, headers: { 'retry-after': '1' } })
        : Response.json({});
    expect((await auth.client().auth.signInWithOtp({ phone: randomPhone() })).error).toBeNull();
    expect(auth.hookCalls).toHaveLength(2);
  });

  it('end with the budget of five seconds', async () => {
    const gone = await startAuthService(adminUrl, { hookUrl: 'http://127.0.0.1:9' });
    const slow = await startAuthService(adminUrl);
    slow.answerHook = () =>
      new Promise((resolve) => setTimeout(() => resolve(Response.json({})), 7000));
    try {
      const phones = [randomPhone(), randomPhone()] as const;
      const started = Date.now();
      const [unreachable, late] = await Promise.all([
        gone.client().auth.signInWithOtp({ phone: phones[0] }),
        slow.client().auth.signInWithOtp({ phone: phones[1] }),
      ]);

      expect(Date.now() - started).toBeLessThan(6500);
      expect(unreachable.error).toMatchObject({ status: 422, code: 'hook_timeout_after_retry' });
      expect(late.error).toMatchObject({ status: 422, code: 'hook_timeout' });
      for (const phone of phones) expect(await rowsOf(phone)).toEqual({ users: 0, tokens: 0 });
    } finally {
      await Promise.all([gone.stop(), slow.stop()]);
    }
  });
});
