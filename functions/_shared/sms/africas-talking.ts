import { z } from '@hono/zod-openapi';
import { address, readAnswer, resultOfStatus, type SmsService, unreadable } from './service.ts';

export const africasTalkingSettingsSchema = z.object({
  /** `sandbox` is the service's own test account, at an address of its own. */
  AFRICAS_TALKING_USERNAME: z.string(),
  AFRICAS_TALKING_API_KEY: z.string(),
  AFRICAS_TALKING_FROM: z.string().optional(),
  AFRICAS_TALKING_URL: z.url().optional(),
});

const answerSchema = z.object({
  SMSMessageData: z.object({
    Message: z.string(),
    Recipients: z.array(
      z.object({ statusCode: z.number(), status: z.string(), messageId: z.string() }),
    ),
  }),
});

/** InvalidPhoneNumber, UnsupportedNumberType, UserInBlacklist, CouldNotRoute, DoNotDisturb. */
const recipientCodes = new Set([403, 404, 406, 407, 409]);

/** Africa's Talking (Kenya): form POST, `apiKey` header, numbers with "+". */
export function africasTalking(env: z.output<typeof africasTalkingSettingsSchema>): SmsService {
  const username = env.AFRICAS_TALKING_USERNAME;
  const host = username === 'sandbox' ? 'api.sandbox' : 'api';
  const base = env.AFRICAS_TALKING_URL ?? `https://${host}.africastalking.com`;
  return {
    name: 'africas_talking',
    async send({ to, text }, signal) {
      const form = new URLSearchParams({ username, to, message: text, bulkSMSMode: '1' });
      if (env.AFRICAS_TALKING_FROM) form.set('from', env.AFRICAS_TALKING_FROM);
      const response = await fetch(address(base, '/version1/messaging'), {
        method: 'POST',
        headers: { apiKey: env.AFRICAS_TALKING_API_KEY, Accept: 'application/json' },
        body: form,
        signal,
      });
      const because = resultOfStatus(response.status);
      if (because) return because;
      const answer = await readAnswer(response, answerSchema);
      if (!answer) return unreadable(response.status);
      const recipient = answer.SMSMessageData.Recipients[0];
      if (!recipient) {
        // "InvalidSenderId" and the like: refused as a whole, without a line per recipient.
        const detail = answer.SMSMessageData.Message;
        return { status: 'refused', because: 'account', detail };
      }
      const { statusCode, status: detail, messageId } = recipient;
      if (statusCode >= 100 && statusCode <= 102) return { status: 'accepted', id: messageId };
      if (statusCode >= 500) return { status: 'retryable', detail };
      const mine = recipientCodes.has(statusCode) ? 'recipient' : 'account';
      return { status: 'refused', because: mine, detail };
    },
  };
}
