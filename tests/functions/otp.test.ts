import { Webhook } from 'standardwebhooks';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { createApp } from '../../functions/otp/app.ts';
import { readAnswer } from './answer.ts';
import { africasTalkingAccount, serveAfricasTalking } from './fakes/africas-talking.ts';
import { serveDataApi } from './fakes/data-api.ts';
import { inboxKey, serveInbox } from './fakes/inbox.ts';
import { serveTwilio, twilioAccount } from './fakes/twilio.ts';

const secret = `whsec_${Buffer.from('the secret of the hook').toString('base64')}`;
const oldSecret = `whsec_${Buffer.from('the secret before it').toString('base64')}`;
const userId = '01890a5d-ac96-774b-bcce-b302099a8057';

const api = { isDown: false };
let dataApi: Awaited<ReturnType<typeof serveDataApi>>;
let inbox: Awaited<ReturnType<typeof serveInbox>>;
const logged: string[] = [];

beforeAll(() => {
  // supabase-js insists on a WebSocket; Deno has one, Node 20 has not.
  vi.stubGlobal('WebSocket', WebSocket);
});

beforeEach(async () => {
  api.isDown = false;
  logged.length = 0;
  for (const method of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((line) => logged.push(String(line)));
  }
  [dataApi, inbox] = await Promise.all([serveDataApi(api), serveInbox()]);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all([dataApi[Symbol.asyncDispose](), inbox[Symbol.asyncDispose]()]);
});

function appWith(variables: Record<string, string> = {}) {
  return createApp({
    SUPABASE_URL: dataApi.url,
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: inboxKey }),
    SEND_SMS_HOOK_SECRET: `v1,${oldSecret}|v1,${secret}`,
    SMS_INBOX_URL: inbox.inboxUrl,
    ...variables,
  });
}

/** The call as Auth makes it: the whole user, digits without "+". */
function hookBody(
  overrides: { phone?: string; own?: string; otp?: string; metadata?: unknown } = {},
) {
  return {
    metadata: { uuid: crypto.randomUUID(), time: new Date().toISOString(), name: 'send-sms' },
    user: {
      id: userId,
      aud: 'authenticated',
      role: 'authenticated',
      phone: overrides.own ?? overrides.phone ?? '919876543210',
      user_metadata: overrides.metadata ?? {},
      app_metadata: { provider: 'phone' },
    },
    sms: { otp: overrides.otp ?? '561166', phone: overrides.phone ?? '919876543210' },
  };
}

function call(app: ReturnType<typeof createApp>, body: unknown, key = secret, at = new Date()) {
  const id = crypto.randomUUID();
  const text = JSON.stringify(body);
  return app.request('/otp', {
    method: 'POST',
    body: text,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(key).sign(id, at, text),
    },
  });
}

const hookStatus = async (response: Response) => (await readAnswer(response)).error?.http_code;

describe('the Send SMS hook', () => {
  it('puts the code into the inbox and answers as Auth wants it', async () => {
    const response = await call(appWith(), hookBody());
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(await response.json()).toEqual({});
    expect(inbox.messages).toEqual([
      { channel: 'sms', to: '+919876543210', body: expect.stringContaining('561166') },
    ]);
  });

  it.each([
    [{ metadata: { market: 'localpro', language: 'ur' } }, /کوڈ 561166/, 'Localpro'],
    [{ metadata: { market: 'localpro' } }, /is your/, 'Localpro'],
    [{ metadata: { market: 'no such market' } }, /कोड 561166/, 'Bihar'],
    [{ metadata: { market: 7, language: ['hi'] } }, /कोड 561166/, 'Bihar'],
    [{ phone: '254712345678' }, /Nambari/, 'Baitech'],
    [{ phone: '77010000001', metadata: { language: 'kk' } }, /коды: 561166/, 'Atyrau'],
    // A number from abroad: the words are of the wished market, the SMS goes the phone's way.
    [{ phone: '254712345678', metadata: { market: 'localpro' } }, /is your/, 'Localpro'],
  ])('chooses market and language for %j', async (call_, text, brand) => {
    expect(await (await call(appWith(), hookBody(call_))).json()).toEqual({});
    expect(inbox.messages[0]?.body).toMatch(text);
    expect(inbox.messages[0]?.body).toContain(brand);
  });

  it("uses the market's own service when its credentials are there", async () => {
    await using twilio = await serveTwilio();
    await using africasTalking = await serveAfricasTalking();
    const app = appWith({
      TWILIO_ACCOUNT_SID: twilioAccount.sid,
      TWILIO_AUTH_TOKEN: twilioAccount.token,
      TWILIO_FROM: twilioAccount.from,
      TWILIO_URL: twilio.url,
      AFRICAS_TALKING_USERNAME: africasTalkingAccount.username,
      AFRICAS_TALKING_API_KEY: africasTalkingAccount.apiKey,
      AFRICAS_TALKING_URL: africasTalking.url,
    });
    expect(await (await call(app, hookBody({ phone: '12025550123' }))).json()).toEqual({});
    expect(await (await call(app, hookBody({ phone: '254712345678' }))).json()).toEqual({});
    expect(await (await call(app, hookBody())).json()).toEqual({});
    expect(new URLSearchParams(twilio.requests[0]?.body).get('To')).toBe('+12025550123');
    expect(new URLSearchParams(africasTalking.requests[0]?.body).get('to')).toBe('+254712345678');
    expect(inbox.messages.map(({ to }) => to)).toEqual(['+919876543210']);
  });

  it('tries once more when the service says "later", and never logs secrets or numbers', async () => {
    await using twilio = await serveTwilio({ times: 1 });
    const app = appWith({
      TWILIO_ACCOUNT_SID: twilioAccount.sid,
      TWILIO_AUTH_TOKEN: twilioAccount.token,
      TWILIO_FROM: twilioAccount.from,
      TWILIO_URL: twilio.url,
    });
    expect(await (await call(app, hookBody({ phone: '12025550123' }))).json()).toEqual({});
    expect(twilio.requests).toHaveLength(2);

    const broken = appWith({
      TWILIO_ACCOUNT_SID: twilioAccount.sid,
      TWILIO_AUTH_TOKEN: 'wrong-token',
      TWILIO_FROM: twilioAccount.from,
      TWILIO_URL: twilio.url,
    });
    const response = await call(broken, hookBody({ phone: '12025550123' }));
    expect(await hookStatus(response)).toBe(503);
    const lines = logged.join('\n');
    expect(lines).toContain('sms_unavailable');
    for (const private_ of ['12025550123', '561166', 'wrong-token', inboxKey]) {
      expect(lines).not.toContain(private_);
    }
  });

  it('gives up within the time that Auth grants', { timeout: 10_000 }, async () => {
    const silent = `http://127.0.0.1:${new URL(dataApi.url).port}/hang`;
    vi.stubGlobal('fetch', hangingAt(silent));
    try {
      const start = performance.now();
      const response = await call(appWith({ SMS_INBOX_URL: silent }), hookBody());
      expect(await hookStatus(response)).toBe(503);
      expect(performance.now() - start).toBeLessThan(4500);
    } finally {
      vi.unstubAllGlobals();
      vi.stubGlobal('WebSocket', WebSocket);
    }
  });

  it('sends a repeated call once, another code again, and a failed one again', async () => {
    const app = appWith();
    await Promise.all([call(app, hookBody()), call(app, hookBody()), call(app, hookBody())]);
    await call(app, hookBody());
    expect(inbox.messages).toHaveLength(1);
    await call(app, hookBody({ otp: '999999' }));
    expect(inbox.messages).toHaveLength(2);

    const other = appWith();
    api.isDown = true;
    expect(await hookStatus(await call(other, hookBody()))).toBe(503);
    api.isDown = false;
    expect(await (await call(other, hookBody())).json()).toEqual({});
    expect(inbox.messages).toHaveLength(3);
  });

  it('sends a call that somebody repeats once, for as long as its signature counts', async () => {
    const app = appWith();
    const at = new Date();
    await call(app, hookBody(), secret, at);
    const clock = vi.spyOn(Date, 'now').mockReturnValue(at.getTime() + 299_000);
    expect((await call(app, hookBody(), secret, at)).status).toBe(200);
    expect(inbox.messages).toHaveLength(1);
    clock.mockReturnValue(at.getTime() + 302_000);
    expect((await call(app, hookBody(), secret, at)).status).toBe(401);
  });

  it.each([
    ['a landline', '912227784321'],
    ['a number of no market', '33612345678'],
    ['a Russian number under +7', '79161234567'],
    ['no number at all', '91'],
  ])('refuses %s', async (_, phone) => {
    const response = await call(appWith(), hookBody({ phone }));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      error: { http_code: 422, message: 'No code can be sent to this number.' },
    });
    expect(inbox.messages).toEqual([]);
  });

  it.each([
    ['9109876543210', '+919876543210'],
    ['2540712345678', '+254712345678'],
    ['787012345678', '+77012345678'],
    ['112025550123', '+12025550123'],
  ])('refuses a change to %s, which is %s', async (phone, spelling) => {
    const response = await call(appWith(), hookBody({ phone, own: '919812345678' }));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      error: { http_code: 422, message: `Write this number as ${spelling}.` },
    });
    expect(inbox.messages).toEqual([]);
  });

  it('sends to an account that has another spelling since before', async () => {
    const response = await call(appWith(), hookBody({ phone: '9109876543210' }));
    expect(await response.json()).toEqual({});
    expect(inbox.messages).toMatchObject([{ to: '+919876543210' }]);
  });

  it('says when no service is set up, and when one is set up by half', async () => {
    const none = await call(appWith({ SMS_INBOX_URL: '' }), hookBody());
    expect(await hookStatus(none)).toBe(503);
    expect(logged.join()).toContain('sms_not_configured');
    const half = await call(appWith({ MSG91_AUTH_KEY: 'key' }), hookBody());
    expect(await hookStatus(half)).toBe(500);
    expect(logged.join()).toContain('missing or malformed: MSG91_TEMPLATE_ID');
    expect(inbox.messages).toEqual([]);
  });
});

describe('who may call the hook', () => {
  const reason = async (response: Response) => [
    response.status,
    (await readAnswer(response)).details,
  ];

  it('takes both secrets while one is being replaced', async () => {
    const app = appWith();
    expect((await call(app, hookBody(), oldSecret)).status).toBe(200);
    expect((await call(app, hookBody(), secret)).status).toBe(200);
    expect(await reason(await call(app, hookBody(), `whsec_${btoa('another')}`))).toEqual([
      401,
      'invalid_signature',
    ]);
  });

  it('takes the signatures as Auth joins them', async () => {
    const app = appWith();
    const body = JSON.stringify(hookBody());
    const now = new Date();
    const sign = (key: string) => new Webhook(key).sign('id', now, body);
    const response = await app.request('/otp', {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'webhook-id': 'id',
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': `${sign(`whsec_${btoa('other')}`)}, ${sign(secret)}`,
      },
    });
    expect(response.status).toBe(200);
  });

  it('refuses old, unsigned and altered calls before it reads them', async () => {
    const app = appWith();
    const old = new Date(Date.now() - 6 * 60_000);
    expect(await reason(await call(app, hookBody(), secret, old))).toEqual([
      401,
      'invalid_signature',
    ]);
    const unsigned = await app.request('/otp', { method: 'POST', body: 'not even JSON' });
    expect(await reason(unsigned)).toEqual([401, 'invalid_signature']);
    expect(inbox.messages).toEqual([]);
  });

  it('names the fields of a wrong body, not their values', async () => {
    const response = await call(appWith(), { user: { id: 'x' }, sms: { otp: 'abc', phone: '1' } });
    expect(response.status).toBe(400);
    const body = await readAnswer(response);
    expect(body).toMatchObject({ code: 'PT400', details: 'invalid_request' });
    expect(body.hint).toMatch(/json\.sms\.otp/);
    expect(body.hint).not.toMatch(/abc/);
  });

  it('says in the log which setting is missing, and nothing outside', async () => {
    const response = await call(appWith({ SEND_SMS_HOOK_SECRET: 'plain' }), hookBody());
    expect(await reason(response)).toEqual([500, 'function_misconfigured']);
    expect(logged.join()).toContain('SEND_SMS_HOOK_SECRET');
  });
});

/** A `fetch` whose answers from one address never come, unless the caller gives up. */
function hangingAt(address: string): typeof fetch {
  const real = globalThis.fetch;
  return (input, init) => {
    if (String(input) !== address) return real(input, init);
    return new Promise((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
    });
  };
}
