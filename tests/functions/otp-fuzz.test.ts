import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { createApp } from '../../functions/otp/app.ts';
import { serveDataApi } from './fakes/data-api.ts';
import { inboxKey, serveInbox } from './fakes/inbox.ts';

const secret = `whsec_${btoa('the secret of the hook')}`;
let dataApi: Awaited<ReturnType<typeof serveDataApi>>;
let inbox: Awaited<ReturnType<typeof serveInbox>>;

beforeAll(async () => {
  vi.stubGlobal('WebSocket', WebSocket);
  for (const method of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation(() => {});
  }
  [dataApi, inbox] = await Promise.all([serveDataApi(), serveInbox()]);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await Promise.all([dataApi[Symbol.asyncDispose](), inbox[Symbol.asyncDispose]()]);
});

const app = () =>
  createApp({
    SUPABASE_URL: dataApi.url,
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: inboxKey }),
    SEND_SMS_HOOK_SECRET: `v1,${secret}`,
    SMS_INBOX_URL: inbox.inboxUrl,
  });

function signed(body: string, contentType: string) {
  const now = new Date();
  return {
    'content-type': contentType,
    'webhook-id': 'id',
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign('id', now, body),
  };
}

/** Bodies that are almost right, or not at all. */
const call = fc.record(
  {
    user: fc.record(
      {
        id: fc.oneof(fc.uuid(), fc.string()),
        user_metadata: fc.oneof(
          fc.dictionary(fc.constantFrom('market', 'language', '__proto__'), fc.jsonValue()),
          fc.jsonValue(),
        ),
      },
      { requiredKeys: [] },
    ),
    sms: fc.record(
      {
        otp: fc.oneof(fc.stringMatching(/^[0-9]{6}$/), fc.string()),
        phone: fc.oneof(
          fc.stringMatching(/^91[6-9][0-9]{9}$/),
          fc.stringMatching(/^\+?[0-9]{1,16}$/),
          fc.string(),
        ),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

/** Chance alone would not write one in every run. */
const right = JSON.stringify({
  user: { id: '6481a5c1-3d37-4a56-9f6a-bee08c554965', user_metadata: { market: 'localpro' } },
  sms: { otp: '561166', phone: '919876543210' },
});

it('answers every signed body, and never with a failure of its own', async () => {
  const otp = app();
  const body = fc.oneof(
    { weight: 4, arbitrary: call.map((value) => JSON.stringify(value)) },
    fc.json(),
    fc.string(),
  );
  const contentType = fc.constantFrom('application/json', 'text/plain', 'application/JSON', '');
  await fc.assert(
    fc.asyncProperty(body, contentType, async (text, type) => {
      const request = { method: 'POST', body: text, headers: signed(text, type) };
      const response = await otp.request('/otp', request);
      expect([200, 400]).toContain(response.status);
      expect(response.headers.get('content-type')).toContain('application/json');
      const answer = JSON.stringify(await response.json());
      expect(answer).not.toMatch(/internal_error|"http_code":5/);
    }),
    { numRuns: 300, examples: [[right, 'application/json']] },
  );
  expect(inbox.messages.length).toBeGreaterThan(0);
});

it('refuses whatever is not signed, on every path and by every method', async () => {
  const otp = app();
  const before = inbox.messages.length;
  const method = fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'GET');
  const path = fc.constantFrom('/otp', '/otp/', '/otp/health', '/otp/x', '/', '/otp?x=1');
  const header = fc.record({
    'webhook-id': fc.stringMatching(/^[\x21-\x7e]{1,20}$/),
    'webhook-timestamp': fc.stringMatching(/^[\x21-\x7e]{1,20}$/),
    'webhook-signature': fc.stringMatching(/^(v1,)?[\x21-\x7e]{1,60}$/),
  });
  await fc.assert(
    fc.asyncProperty(method, path, header, call, async (verb, url, headers, value) => {
      const body = verb === 'GET' ? {} : { body: JSON.stringify(value) };
      const response = await otp.request(url, { method: verb, headers, ...body });
      expect(response.status).toBeLessThan(500);
      if (verb !== 'GET') expect([401, 404]).toContain(response.status);
    }),
    { numRuns: 200 },
  );
  expect(inbox.messages).toHaveLength(before);
});
