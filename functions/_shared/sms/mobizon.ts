import { z } from '@hono/zod-openapi';
import { address, readAnswer, resultOfStatus, type SmsService, unreadable } from './service.ts';

export const mobizonSettingsSchema = z.object({
  MOBIZON_API_KEY: z.string(),
  /** A sender name that Mobizon has approved. */
  MOBIZON_FROM: z.string().optional(),
  MOBIZON_URL: z.url().default('https://api.mobizon.kz'),
});

const answerSchema = z.object({
  code: z.number(),
  message: z.string().nullish(),
  data: z.unknown(),
});
const acceptedSchema = z.object({ messageId: z.union([z.string(), z.number()]) });
/** On code 1 `data` names the rejected fields. */
const rejectedSchema = z.object({ recipient: z.unknown() }).refine((data) => data.recipient);

/** Sent at once, and queued for the background. */
const acceptedCodes = new Set([0, 100]);

/** Mobizon (Kazakhstan): form POST, key in the query, numbers without "+". */
export function mobizon(env: z.output<typeof mobizonSettingsSchema>): SmsService {
  return {
    name: 'mobizon',
    async send({ to, text }, signal) {
      const query = new URLSearchParams({
        api: 'v1',
        apiKey: env.MOBIZON_API_KEY,
        output: 'json',
      });
      const form = new URLSearchParams({ recipient: to.replace('+', ''), text });
      if (env.MOBIZON_FROM) form.set('from', env.MOBIZON_FROM);
      const path = `/service/message/sendsmsmessage?${query}`;
      const response = await fetch(address(env.MOBIZON_URL, path), {
        method: 'POST',
        headers: { Accept: 'application/json' },
        body: form,
        signal,
      });
      const because = resultOfStatus(response.status);
      if (because) return because;
      const answer = await readAnswer(response, answerSchema);
      if (!answer) return unreadable(response.status);
      const accepted = acceptedSchema.safeParse(answer.data).data;
      if (acceptedCodes.has(answer.code)) {
        return { status: 'accepted', id: String(accepted?.messageId ?? '') };
      }
      const recipient = answer.code === 1 && rejectedSchema.safeParse(answer.data).success;
      return {
        status: 'refused',
        because: recipient ? 'recipient' : 'account',
        detail: `code ${answer.code}`,
      };
    },
  };
}
