import { createRequire } from 'node:module';
import officialAfricasTalking from 'africastalking';
import officialTwilio from 'twilio';
import { describe, expect, it } from 'vitest';
import { africasTalking } from '../../functions/_shared/sms/africas-talking.ts';
import { inbox } from '../../functions/_shared/sms/inbox.ts';
import { mobizon } from '../../functions/_shared/sms/mobizon.ts';
import { msg91 } from '../../functions/_shared/sms/msg91.ts';
import type { CodeMessage, SmsService } from '../../functions/_shared/sms/service.ts';
import { twilio } from '../../functions/_shared/sms/twilio.ts';
import { africasTalkingAccount, serveAfricasTalking } from './fakes/africas-talking.ts';
import { inboxKey, serveInbox } from './fakes/inbox.ts';
import { mobizonAccount, serveMobizon } from './fakes/mobizon.ts';
import { msg91Account, serveMsg91 } from './fakes/msg91.ts';
import type { RecordedRequest } from './fakes/serve.ts';
import { serveTwilio, twilioAccount } from './fakes/twilio.ts';

const text = '123456 is your LocalPro code. Do not share it with anyone.';

function send(
  service: SmsService,
  to: string,
  language = 'en',
  kind: CodeMessage['kind'] = 'sign_in',
) {
  const message = { to, text, code: '123456', language, kind };
  return service.send(message, AbortSignal.timeout(2000));
}

/** What a service looks at in a form request. */
function essence({ method, path, headers, body }: RecordedRequest) {
  return {
    method,
    path,
    authorization: headers.authorization,
    apiKey: headers.apikey,
    accept: headers.accept,
    contentType: headers['content-type']?.split(';')[0],
    form: Object.fromEntries(new URLSearchParams(body)),
  };
}

describe('twilio', () => {
  const settings = (url: string) => ({
    TWILIO_ACCOUNT_SID: twilioAccount.sid,
    TWILIO_AUTH_TOKEN: twilioAccount.token,
    TWILIO_FROM: twilioAccount.from,
    TWILIO_URL: url,
  });

  it('sends what the official client sends', async () => {
    await using fake = await serveTwilio();
    const httpClient = new officialTwilio.RequestClient();
    httpClient.axios.interceptors.request.use((config) => {
      const url = config.url?.replace('https://api.twilio.com', fake.url);
      return Object.assign(config, { url });
    });
    const official = officialTwilio(twilioAccount.sid, twilioAccount.token, { httpClient });
    const to = '+919876543210';
    await official.messages.create({ to, from: twilioAccount.from, body: text });
    const result = await send(twilio(settings(fake.url)), to);

    expect(result).toEqual({ status: 'accepted', id: `SM${'f'.repeat(32)}` });
    const [expected, actual] = fake.requests.map(essence);
    expect(actual).toEqual(expected);
  });

  it.each([
    ['+15005550001', 'refused', 'recipient'],
    ['+15005550009', 'refused', 'recipient'],
    ['+15005550004', 'refused', 'recipient'],
    ['+15005550002', 'refused', 'recipient'],
  ])('tells that %s cannot be reached', async (to, status, because) => {
    await using fake = await serveTwilio();
    expect(await send(twilio(settings(fake.url)), to)).toMatchObject({ status, because });
  });

  it('tells a wrong account and overload apart', async () => {
    await using fake = await serveTwilio({ times: 1 });
    const service = twilio(settings(fake.url));
    expect(await send(service, '+919876543210')).toMatchObject({ status: 'retryable' });
    const wrong = twilio({ ...settings(fake.url), TWILIO_AUTH_TOKEN: 'wrong' });
    expect(await send(wrong, '+919876543210')).toMatchObject({
      status: 'refused',
      because: 'account',
    });
    const sender = twilio({ ...settings(fake.url), TWILIO_FROM: '+15005550007' });
    expect(await send(sender, '+919876543210')).toMatchObject({ because: 'account' });
  });

  it('prefers a messaging service to a number', async () => {
    await using fake = await serveTwilio();
    const sid = 'MG0123456789abcdef0123456789abcdef';
    await send(
      twilio({ ...settings(fake.url), TWILIO_MESSAGING_SERVICE_SID: sid }),
      '+919876543210',
    );
    const form = new URLSearchParams(fake.requests[0]?.body);
    expect([form.get('MessagingServiceSid'), form.get('From')]).toEqual([sid, null]);
  });
});

describe('msg91', () => {
  const settings = (url: string) => ({
    MSG91_AUTH_KEY: msg91Account.authKey,
    MSG91_TEMPLATE_ID: msg91Account.template,
    MSG91_TEMPLATE_ID_HI: msg91Account.templateHi,
    MSG91_VARIABLE: 'VAR1',
    MSG91_URL: url,
  });

  it('fills the code into the registered template of the language', async () => {
    await using fake = await serveMsg91();
    const service = msg91(settings(fake.url));
    expect(await send(service, '+919876543210', 'hi')).toMatchObject({ status: 'accepted' });
    expect(await send(service, '+919876543210', 'ur')).toMatchObject({ status: 'accepted' });
    const bodies = fake.requests.map(({ body }) => JSON.parse(body));
    expect(bodies[0]).toEqual({
      template_id: msg91Account.templateHi,
      short_url: '0',
      realTimeResponse: '1',
      recipients: [{ mobiles: '919876543210', VAR1: '123456' }],
    });
    expect(bodies[1].template_id).toBe(msg91Account.template);
  });

  it('sends codes of jobs by a template of their own, and none without it', async () => {
    await using fake = await serveMsg91();
    const without = msg91(settings(fake.url));
    expect(await send(without, '+919876543210', 'hi', 'job')).toMatchObject({
      status: 'refused',
      because: 'account',
    });
    expect(fake.requests).toEqual([]);
    const service = msg91({ ...settings(fake.url), MSG91_JOB_TEMPLATE_ID: msg91Account.template });
    expect(await send(service, '+919876543210', 'hi', 'job')).toMatchObject({ status: 'accepted' });
    expect(JSON.parse(fake.requests[0]?.body ?? '').template_id).toBe(msg91Account.template);
  });

  it('reads refusals that come with status 200', async () => {
    await using fake = await serveMsg91();
    const refused = (because: string) => ({ status: 'refused', because });
    expect(await send(msg91(settings(fake.url)), '+9112345')).toMatchObject(refused('recipient'));
    const template = msg91({ ...settings(fake.url), MSG91_TEMPLATE_ID: 'unknown' });
    expect(await send(template, '+919876543210')).toMatchObject(refused('account'));
    const key = msg91({ ...settings(fake.url), MSG91_AUTH_KEY: 'wrong' });
    expect(await send(key, '+919876543210')).toMatchObject(refused('account'));
  });
});

describe("africa's talking", () => {
  const settings = (url: string) => ({
    AFRICAS_TALKING_USERNAME: africasTalkingAccount.username,
    AFRICAS_TALKING_API_KEY: africasTalkingAccount.apiKey,
    AFRICAS_TALKING_FROM: africasTalkingAccount.from,
    AFRICAS_TALKING_URL: url,
  });

  it('sends what the official client sends', async () => {
    await using fake = await serveAfricasTalking();
    // The official client has no setting for the address: its HTTP client is turned round.
    const require = createRequire(createRequire(import.meta.url).resolve('africastalking'));
    const axios: typeof import('axios').default = require('axios');
    const interceptor = axios.interceptors.request.use((config) => {
      const url = config.url?.replace('https://api.sandbox.africastalking.com', fake.url);
      return Object.assign(config, { url });
    });
    const to = '+254711000111';
    try {
      const { username, apiKey } = africasTalkingAccount;
      const { SMS } = officialAfricasTalking({ username, apiKey });
      await SMS.send({ to, message: text, from: africasTalkingAccount.from });
    } finally {
      axios.interceptors.request.eject(interceptor);
    }
    const result = await send(africasTalking(settings(fake.url)), to);

    expect(result).toEqual({ status: 'accepted', id: 'ATXid_1' });
    const [expected, actual] = fake.requests.map(essence);
    expect(actual).toEqual(expected);
  });

  it.each([
    ['+254711000403', { status: 'refused', because: 'recipient' }],
    ['+254711000406', { status: 'refused', because: 'recipient' }],
    ['+254711000405', { status: 'refused', because: 'account' }],
    ['+254711000501', { status: 'retryable' }],
  ])('reads the code of %s', async (to, result) => {
    await using fake = await serveAfricasTalking();
    expect(await send(africasTalking(settings(fake.url)), to)).toMatchObject(result);
  });

  it('tells a wrong key and a wrong sender', async () => {
    await using fake = await serveAfricasTalking();
    const key = africasTalking({ ...settings(fake.url), AFRICAS_TALKING_API_KEY: 'wrong' });
    expect(await send(key, '+254711000111')).toMatchObject({ because: 'account' });
    const sender = africasTalking({ ...settings(fake.url), AFRICAS_TALKING_FROM: 'OTHER' });
    expect(await send(sender, '+254711000111')).toMatchObject({
      because: 'account',
      detail: 'InvalidSenderId',
    });
  });
});

describe('mobizon', () => {
  const settings = (url: string) => ({ MOBIZON_API_KEY: mobizonAccount.apiKey, MOBIZON_URL: url });

  it.each(['+77010000001', '+77010000100'])('sends to %s', async (to) => {
    await using fake = await serveMobizon();
    expect(await send(mobizon(settings(fake.url)), to)).toEqual({ status: 'accepted', id: '4' });
    const [request] = fake.requests;
    expect(request?.query).toEqual({ api: 'v1', apiKey: mobizonAccount.apiKey, output: 'json' });
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      recipient: to.slice(1),
      text,
    });
  });

  it('reads refusals that come with status 200', async () => {
    await using fake = await serveMobizon();
    const service = mobizon(settings(fake.url));
    expect(await send(service, '+770100')).toMatchObject({ because: 'recipient' });
    expect(await send(service, '+77010000012')).toMatchObject({ because: 'account' });
    const wrong = mobizon({ ...settings(fake.url), MOBIZON_API_KEY: 'wrong' });
    expect(await send(wrong, '+77010000001')).toMatchObject({ because: 'account' });
  });
});

describe('inbox', () => {
  it('delivers with the secret key only', async () => {
    await using fake = await serveInbox();
    const settings = { SMS_INBOX_URL: fake.inboxUrl };
    expect(await send(inbox(settings, inboxKey), '+919876543210')).toMatchObject({
      status: 'accepted',
    });
    expect(fake.messages).toEqual([{ channel: 'sms', to: '+919876543210', body: text }]);
    expect(await send(inbox(settings, 'wrong'), '+919876543210')).toMatchObject({
      status: 'refused',
      because: 'account',
    });
  });
});
