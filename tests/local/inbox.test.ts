import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createInbox, type Inbox } from '../../local/inbox.ts';
import { createInboxService } from '../../local/inbox-service.ts';
import { generateKeys, type Keys } from '../../local/keys.ts';
import type { Service } from '../../local/service.ts';
import { createTokens, type Tokens } from '../../local/tokens.ts';

let keys: Keys;
let tokens: Tokens;
let inbox: Inbox;
let service: Service;

beforeAll(async () => {
  keys = await generateKeys();
  tokens = await createTokens(keys, 'http://127.0.0.1:54321/auth/v1');
});
beforeEach(() => {
  inbox = createInbox(3);
  service = createInboxService({ inbox, tokens });
});

async function call(path: string, init: RequestInit = {}, ip = '127.0.0.1', host = '127.0.0.1') {
  const answer = await service.fetch?.(new Request(`http://${host}:54321/_inbox${path}`, init), {
    ip,
  });
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

const post = (message: unknown, key = keys.secretKey) =>
  call('/api/messages', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify(message),
  });
const sms = { channel: 'sms', to: '+919812345678', body: 'Your code is 123456.' };

describe('messages', () => {
  it('are listed newest first, by receiver and channel', async () => {
    expect((await post(sms)).status).toBe(201);
    await post({ channel: 'email', to: 'a@example.org', subject: 'Hi', body: 'Hello' });
    const all = await (await call('/api/messages')).json();
    expect(all).toMatchObject([{ channel: 'email', subject: 'Hi' }, sms]);
    const to = encodeURIComponent(sms.to);
    expect(await (await call(`/api/messages?to=${to}&channel=sms`)).json()).toMatchObject([sms]);
    expect(await (await call(`/api/messages?to=${to}&channel=email`)).json()).toEqual([]);
    expect((await call('/api/messages?channel=fax')).status).toBe(400);
  });

  it('are forgotten when there are too many, or on DELETE', async () => {
    for (const to of ['1', '2', '3', '4']) inbox.add({ channel: 'sms', to, body: 'x' });
    expect(inbox.list().map((message) => message.to)).toEqual(['4', '3', '2']);
    expect((await call('/api/messages', { method: 'DELETE' })).status).toBe(204);
    expect(inbox.list()).toEqual([]);
  });

  it.each([
    [{ ...sms, to: '' }],
    [{ ...sms, body: 'x'.repeat(100_001) }],
    [{ ...sms, channel: 'fax' }],
    [{ ...sms, extra: true }],
    ['text'],
    [null],
  ])('that are malformed are refused: %#', async (message) => {
    const answer = await post(message);
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'invalid_message' }]);
    expect(inbox.list()).toEqual([]);
  });
});

describe('access', () => {
  it('to write takes the secret key, from wherever', async () => {
    expect((await post(sms, keys.publishableKey)).status).toBe(401);
    expect((await post(sms, '')).status).toBe(401);
    expect(inbox.list()).toEqual([]);
  });

  it('to read is for this machine, under its own names', async () => {
    for (const path of ['', '/api/messages']) {
      expect((await call(path)).status).toBe(200);
      expect((await call(path, {}, '::ffff:127.0.0.1', 'localhost')).status).toBe(200);
      expect((await call(path, {}, '192.0.2.7')).status).toBe(403);
      expect((await call(path, {}, '127.0.0.1', 'rebound.example')).status).toBe(403);
      const proxied = { headers: { 'x-forwarded-for': '127.0.0.1' } };
      expect((await call(path, proxied)).status).toBe(403);
    }
    expect((await call('/api/messages', { method: 'DELETE' }, '192.0.2.7')).status).toBe(403);
    const headers = { authorization: `Bearer ${keys.secretKey}` };
    expect((await call('/api/messages', { headers }, '192.0.2.7')).status).toBe(200);
  });
});

it('shows a page that escapes what it shows and loads nothing', async () => {
  inbox.add({ channel: 'sms', to: '<b>+1', body: 'code 482913 <script>alert(1)</script>' });
  const answer = await call('');
  const page = await answer.text();
  expect(answer.headers.get('content-type')).toMatch('text/html');
  expect(page).toContain('<mark>482913</mark>');
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).not.toContain('<script');
  expect(page).not.toContain('<b>');
  expect(page).not.toMatch(/src=|href=/);
});
