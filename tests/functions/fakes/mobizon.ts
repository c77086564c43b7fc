import { Hono } from 'hono';
import { serveFake } from './serve.ts';

export const mobizonAccount = { apiKey: `kz${'0'.repeat(68)}` };

/** Mobizon's message service: always status 200, the outcome is `code`. */
export function serveMobizon() {
  const app = new Hono();
  app.post('/service/message/sendsmsmessage', async (c) => {
    const { api, apiKey, output } = c.req.query();
    if (apiKey !== mobizonAccount.apiKey) {
      return c.json({ code: 8, data: null, message: 'Authentication failed.' });
    }
    if (api !== 'v1' || output !== 'json') {
      return c.json({ code: 11, data: null, message: 'Unknown version or output.' });
    }
    if (!c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded')) {
      return c.json({ code: 1, data: { recipient: 'Required.' }, message: 'Validation failed.' });
    }
    const form = new URLSearchParams(await c.req.text());
    const recipient = form.get('recipient') ?? '';
    if (!/^\d{11,15}$/.test(recipient)) {
      return c.json({
        code: 1,
        data: { recipient: 'Wrong mobile number.' },
        message: 'Validation failed.',
      });
    }
    if (!form.get('text')) {
      return c.json({ code: 1, data: { text: 'Required.' }, message: 'Validation failed.' });
    }
    if (recipient === '77010000012') {
      return c.json({ code: 12, data: null, message: 'Not enough money.' });
    }
    const code = recipient === '77010000100' ? 100 : 0;
    return c.json({ code, data: { campaignId: '1', messageId: '4', status: 2 }, message: '' });
  });
  return serveFake(app);
}
