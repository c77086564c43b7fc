import { z } from '@hono/zod-openapi';
import { resultOfStatus, type SmsService } from './service.ts';

export const inboxSettingsSchema = z.object({ SMS_INBOX_URL: z.url() });

/** An inbox in place of a phone, where developers read the messages. */
export function inbox(env: z.output<typeof inboxSettingsSchema>, secretKey: string): SmsService {
  return {
    name: 'inbox',
    async send({ to, text }, signal) {
      const response = await fetch(env.SMS_INBOX_URL, {
        method: 'POST',
        headers: { Authorization: `Bearer ${secretKey}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ channel: 'sms', to, body: text }),
        signal,
      });
      if (response.ok) return { status: 'accepted', id: '' };
      return (
        resultOfStatus(response.status) ?? {
          status: 'refused',
          because: 'account',
          detail: `HTTP ${response.status}`,
        }
      );
    },
  };
}
