import { Hono } from 'hono';
import { serveFake } from './serve.ts';

export const africasTalkingAccount = { username: 'sandbox', apiKey: 'at-key', from: 'KARIGAR' };

/** Numbers that the fake answers with another code than 101. */
const numbers: Record<string, [statusCode: number, status: string]> = {
  '+254711000403': [403, 'InvalidPhoneNumber'],
  '+254711000405': [405, 'InsufficientBalance'],
  '+254711000406': [406, 'UserInBlacklist'],
  '+254711000501': [501, 'GatewayError'],
};

/** Bulk SMS of Africa's Talking: answers 201, with one line per recipient. */
export function serveAfricasTalking() {
  const app = new Hono();
  const answer = (Message: string, Recipients: object[] = []) =>
    Response.json({ SMSMessageData: { Message, Recipients } }, { status: 201 });

  app.post('/version1/messaging', async (c) => {
    if (c.req.header('apikey') !== africasTalkingAccount.apiKey) {
      return c.text('The supplied authentication is invalid', 401);
    }
    if (!c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded')) {
      return c.text('The request content type is not supported', 415);
    }
    const form = new URLSearchParams(await c.req.text());
    if (form.get('username') !== africasTalkingAccount.username) {
      return c.text('The supplied authentication is invalid', 401);
    }
    for (const field of ['to', 'message']) {
      if (!form.get(field)) return c.text(`Request is missing required form field '${field}'`, 400);
    }
    const from = form.get('from');
    if (from && from !== africasTalkingAccount.from) return answer('InvalidSenderId');
    const number = form.get('to') ?? '';
    const known = numbers[number];
    const wellFormed = /^\+\d{10,15}$/.test(number);
    const [statusCode, status] =
      known ?? (wellFormed ? [101, 'Success'] : [403, 'InvalidPhoneNumber']);
    const accepted = statusCode === 101;
    return answer(`Sent to ${accepted ? 1 : 0}/1`, [
      {
        statusCode,
        number,
        status,
        cost: accepted ? 'KES 0.8000' : '0',
        messageId: accepted ? 'ATXid_1' : 'None',
      },
    ]);
  });
  return serveFake(app);
}
