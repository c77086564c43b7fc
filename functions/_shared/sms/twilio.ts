import { z } from '@hono/zod-openapi';
import { address, readAnswer, resultOfStatus, type SmsService, unreadable } from './service.ts';

export const twilioSettingsSchema = z
  .object({
    TWILIO_ACCOUNT_SID: z.string().regex(/^AC[0-9a-fA-F]{32}$/),
    TWILIO_AUTH_TOKEN: z.string(),
    /** A number in E.164 or a registered sender name. */
    TWILIO_FROM: z.string().optional(),
    TWILIO_MESSAGING_SERVICE_SID: z.string().optional(),
    TWILIO_URL: z.url().default('https://api.twilio.com'),
  })
  .refine((env) => env.TWILIO_FROM ?? env.TWILIO_MESSAGING_SERVICE_SID, {
    path: ['TWILIO_FROM'],
  });

const acceptedSchema = z.object({ sid: z.string() });
const refusedSchema = z.object({ code: z.number() });

/** Twilio's codes for numbers that can't get our SMS: malformed, landline, opted out, no route. */
const recipientCodes = new Set([21211, 21214, 21217, 21265, 21408, 21610, 21612, 21614]);

/** Twilio: form POST, basic authentication, numbers with "+". */
export function twilio(env: z.output<typeof twilioSettingsSchema>): SmsService {
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = env;
  return {
    name: 'twilio',
    async send({ to, text }, signal) {
      const form = new URLSearchParams({ To: to, Body: text });
      if (env.TWILIO_MESSAGING_SERVICE_SID) {
        form.set('MessagingServiceSid', env.TWILIO_MESSAGING_SERVICE_SID);
      } else if (env.TWILIO_FROM) {
        form.set('From', env.TWILIO_FROM);
      }
      const url = address(env.TWILIO_URL, `/2010-04-01/Accounts/${sid}/Messages.json`);
      const response = await fetch(url, {
        method: 'POST',
        headers: { Authorization: `Basic ${btoa(`${sid}:${token}`)}`, Accept: 'application/json' },
        body: form,
        signal,
      });
      if (response.ok) {
        const answer = await readAnswer(response, acceptedSchema);
        return answer ? { status: 'accepted', id: answer.sid } : unreadable(response.status);
      }
      const answer = await readAnswer(response, refusedSchema);
      // An account may not send to a country or number (403 too): the code says it better.
      if (answer && recipientCodes.has(answer.code)) {
        return { status: 'refused', because: 'recipient', detail: `error ${answer.code}` };
      }
      const because = resultOfStatus(response.status);
      if (because) return because;
      if (!answer) return unreadable(response.status);
      return { status: 'refused', because: 'account', detail: `error ${answer.code}` };
    },
  };
}
