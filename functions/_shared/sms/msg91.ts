import { z } from '@hono/zod-openapi';
import {
  address,
  type CodeMessage,
  readAnswer,
  resultOfStatus,
  type SmsService,
  unreadable,
} from './service.ts';

export const msg91SettingsSchema = z
  .object({
    MSG91_AUTH_KEY: z.string(),
    /** The DLT-registered template; India's operators drop any other text. */
    MSG91_TEMPLATE_ID: z.string(),
    /** The one for the codes of jobs; without it none of those is sent. */
    MSG91_JOB_TEMPLATE_ID: z.string().optional(),
    /** The template's variable that takes the code. */
    MSG91_VARIABLE: z.string().default('VAR1'),
    MSG91_URL: z.url().default('https://control.msg91.com'),
  })
  // MSG91_TEMPLATE_ID_HI, MSG91_JOB_TEMPLATE_ID_HI and the like: one per language.
  .catchall(z.unknown());

const answerSchema = z.object({ type: z.enum(['success', 'error']), message: z.string() });

/** MSG91 (India): JSON POST, `authkey` header, registered template, numbers without "+". */
export function msg91(env: z.output<typeof msg91SettingsSchema>): SmsService {
  function templateFor({ kind, language }: CodeMessage): string | undefined {
    const name = kind === 'job' ? 'MSG91_JOB_TEMPLATE_ID' : 'MSG91_TEMPLATE_ID';
    const own = env[`${name}_${language.toUpperCase()}`];
    return typeof own === 'string' ? own : env[name];
  }
  return {
    name: 'msg91',
    async send(message, signal) {
      const template = templateFor(message);
      if (template === undefined) {
        return {
          status: 'refused',
          because: 'account',
          detail: 'MSG91_JOB_TEMPLATE_ID is missing',
        };
      }
      const { to, code } = message;
      const response = await fetch(address(env.MSG91_URL, '/api/v5/flow'), {
        method: 'POST',
        headers: {
          authkey: env.MSG91_AUTH_KEY,
          'Content-Type': 'application/json',
          Accept: 'application/json',
        },
        body: JSON.stringify({
          template_id: template,
          short_url: '0',
          realTimeResponse: '1',
          recipients: [{ mobiles: to.replace('+', ''), [env.MSG91_VARIABLE]: code }],
        }),
        signal,
      });
      const because = resultOfStatus(response.status);
      if (because) return because;
      const answer = await readAnswer(response, answerSchema);
      if (!answer) return unreadable(response.status);
      // Refusals come with 200 as well; the text is the only thing that tells them apart.
      if (answer.type === 'success') return { status: 'accepted', id: answer.message };
      const recipient = /mobile|number|recipient/i.test(answer.message);
      return {
        status: 'refused',
        because: recipient ? 'recipient' : 'account',
        detail: answer.message,
      };
    },
  };
}
