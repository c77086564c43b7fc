import { createRoute, z } from '@hono/zod-openapi';
import { content } from '../_shared/answers.ts';
import { createFunction } from '../_shared/app.ts';
import {
  clientWith,
  environment,
  readSettings,
  secretKeySchema,
  type Variables,
} from '../_shared/env.ts';
import { errorBodySchema, toAppError } from '../_shared/errors.ts';
import { log } from '../_shared/log.ts';
import { verifyWebhook, webhookSecretsSchema } from '../_shared/webhook.ts';
import { jobCodeRoutes } from './job-codes.ts';
import { marketReader } from './markets.ts';
import { hookAnswerSchema, sendSmsSchema } from './schemas.ts';
import { signInCodeSender } from './send-sign-in-code.ts';

const settingsSchema = z.object({ SEND_SMS_HOOK_SECRET: webhookSecretsSchema });

/** Settings are read at the first call, so that a missing one shows as an answer and a log line. */
function lazily<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The function over a given environment; tests pass their own. */
export function createApp(variables: Variables = environment()) {
  const secrets = lazily(() => readSettings(settingsSchema, variables).SEND_SMS_HOOK_SECRET);
  const sendSignInCode = lazily(() => {
    const project = readSettings(secretKeySchema, variables);
    const markets = marketReader(clientWith(project));
    return signInCodeSender({ env: environment(variables), secretKey: project.key, markets });
  });

  const sendSmsRoute = createRoute({
    method: 'post',
    path: '/',
    summary: 'Send SMS hook of Supabase Auth',
    description:
      'Sends a sign-in code through the SMS service of the market. Signed by Standard Webhooks; ' +
      'failures that the user should read come as status 200 with `error`.',
    middleware: verifyWebhook(secrets),
    request: { body: { required: true, content: content(sendSmsSchema) } },
    responses: {
      200: { description: 'Sent, or refused with a reason.', content: content(hookAnswerSchema) },
      400: { description: 'Not the body of the hook.', content: content(errorBodySchema) },
      401: { description: 'The signature is wrong.', content: content(errorBodySchema) },
      413: { description: 'The body is too large.', content: content(errorBodySchema) },
      500: { description: 'A setting is missing.', content: content(errorBodySchema) },
    },
  });

  return createFunction({
    name: 'otp',
    title: 'Codes',
    description:
      'Sends the codes of phone sign-in, and those that the customer of a job shows when it ' +
      'starts and when it is done, by SMS in the language of the user.',
    maxBodyBytes: 256 * 1024,
  })
    .openapi(sendSmsRoute, async (c) => {
      try {
        await sendSignInCode()(c.req.valid('json'));
        return c.json({}, 200);
      } catch (thrown) {
        const error = toAppError(thrown);
        log(error.status < 500 ? 'warn' : 'error', 'code not sent', {
          request_id: c.get('requestId'),
          reason: error.reason,
          cause: error.cause,
        });
        return c.json({ error: { http_code: error.status, message: error.message } }, 200);
      }
    })
    .route('/', jobCodeRoutes(variables));
}

export const app = createApp();
export type OtpFunction = typeof app;
