import { z } from '@hono/zod-openapi';

/** What Auth tells the Send SMS hook; everything that is not used here passes unread. */
export const sendSmsSchema = z
  .object({
    user: z.object({
      id: z.uuid(),
      phone: z.string().nullish().openapi({ description: 'What the account has so far' }),
      user_metadata: z
        .record(z.string(), z.unknown())
        .nullish()
        .openapi({ description: 'Set by the user: `market` and `language` are wishes, no rights' }),
    }),
    sms: z.object({
      otp: z.string().regex(/^[0-9]{6,10}$/),
      phone: z
        .string()
        .regex(/^\+?[1-9][0-9]{1,14}$/)
        .openapi({ description: 'The number to send to, with or without "+"' }),
    }),
  })
  .openapi('SendSms');
export type SendSms = z.infer<typeof sendSmsSchema>;

/** `{}` is success; Auth shows the message of an error to the user. */
export const hookAnswerSchema = z
  .object({
    error: z.object({ http_code: z.number().int(), message: z.string() }).optional(),
  })
  .openapi('HookAnswer');
