import { Hono } from 'hono';
import { serveFake } from './serve.ts';

export const twilioAccount = {
  sid: `AC${'0123456789abcdef'.repeat(2)}`,
  token: 'twilio-token',
  from: '+15005550006',
};

/** Twilio's own test numbers and their errors. */
const numbers: Record<string, [status: number, code: number]> = {
  '+15005550001': [400, 21211],
  '+15005550009': [400, 21614],
  '+15005550004': [400, 21610],
  '+15005550002': [403, 21408],
};

/** Messages resource of Twilio's API as its OpenAPI document describes it. */
export function serveTwilio(overload = { times: 0 }) {
  const app = new Hono();
  const refuse = (status: number, code: number, message: string) =>
    Response.json({ code, message, more_info: '', status }, { status });

  app.post('/2010-04-01/Accounts/:file{[^/]+}/Messages.json', async (c) => {
    const expected = `Basic ${Buffer.from(`${twilioAccount.sid}:${twilioAccount.token}`).toString('base64')}`;
    if (c.req.header('authorization') !== expected || c.req.param('file') !== twilioAccount.sid) {
      return refuse(401, 20003, 'Authenticate');
    }
    if (!c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded')) {
      return refuse(400, 21602, 'Message body is required.');
    }
    if (overload.times-- > 0) return refuse(429, 20429, 'Too Many Requests');
    const form = new URLSearchParams(await c.req.text());
    const to = form.get('To') ?? '';
    if (!/^\+[1-9]\d{6,14}$/.test(to)) return refuse(400, 21211, "Invalid 'To' Phone Number");
    const known = numbers[to];
    if (known) return refuse(known[0], known[1], 'refused');
    if (!form.get('From') && !form.get('MessagingServiceSid')) {
      return refuse(400, 21603, "A 'From' phone number is required.");
    }
    if (form.get('From') && form.get('From') !== twilioAccount.from) {
      return refuse(400, 21606, "The 'From' phone number is not a valid, SMS-capable number.");
    }
    const body = form.get('Body') ?? '';
    if (!body) return refuse(400, 21602, 'Message body is required.');
    if (body.length > 1600) return refuse(400, 21617, 'The message body exceeds 1600 characters.');
    const sid = `SM${'f'.repeat(32)}`;
    return c.json({ sid, status: 'queued', error_code: null, num_segments: '1', to, body }, 201);
  });
  return serveFake(app);
}
