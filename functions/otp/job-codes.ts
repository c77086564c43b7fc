import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { plainCode } from '../../types/typed.ts';
import {
  callerRefusals,
  conflictRefusal,
  content,
  notFoundRefusal,
  refusal,
} from '../_shared/answers.ts';
import type { FunctionEnv } from '../_shared/app.ts';
import { requireCaller } from '../_shared/caller.ts';
import { environment, type Variables } from '../_shared/env.ts';
import { defaultHook } from '../_shared/errors.ts';
import { purposes } from './job-messages.ts';
import { sendJobCode } from './send-job-code.ts';

const jobSchema = z.object({ booking_id: z.uuid(), purpose: z.enum(purposes) });
const issueSchema = jobSchema.openapi('IssueJobCode');
const issuedSchema = jobSchema
  .extend({
    expires_at: z.string(),
    sent_to: z.string().openapi({ description: 'The last digits', example: '•••10' }),
  })
  .openapi('IssuedJobCode');
const checkSchema = jobSchema
  .extend({
    job_code: z
      .string()
      .transform(plainCode)
      .pipe(z.string().regex(/^[0-9]{6}$/))
      .openapi({ type: 'string', description: 'Six digits, of any script of the markets' }),
    idempotency_key: z.string().min(1).max(200).optional(),
  })
  .openapi('CheckJobCode');
const movedSchema = z.object({ id: z.uuid(), status: z.string() }).openapi('MovedBooking');

/** Codes that the customer of a job shows when it starts and when it is done. */
export function jobCodeRoutes(variables: Variables) {
  const middleware = requireCaller(variables);
  const issue = createRoute({
    method: 'post',
    path: '/job-codes',
    summary: 'Sends the customer a new code',
    description:
      'Both sides of the booking may ask for it, at the door for instance; it goes to the phone ' +
      'of the customer and is in no answer. The customer alone may read it by issue_job_code.',
    middleware,
    request: { body: { required: true, content: content(issueSchema) } },
    responses: {
      200: { description: 'It is on its way.', content: content(issuedSchema) },
      ...callerRefusals,
      ...notFoundRefusal,
      ...conflictRefusal,
      422: refusal('No SMS can be sent to this number.'),
      429: refusal('There were too many codes.'),
      503: refusal('The SMS service does not work right now.'),
    },
  });
  const check = createRoute({
    method: 'post',
    path: '/job-codes/check',
    summary: 'Checks the code that the customer shows, and moves the booking on',
    middleware,
    request: { body: { required: true, content: content(checkSchema) } },
    responses: {
      200: { description: 'It was right.', content: content(movedSchema) },
      ...callerRefusals,
      ...notFoundRefusal,
      ...conflictRefusal,
      422: refusal('It was wrong; the hint says how many tries are left.'),
      429: refusal('There were too many wrong tries.'),
    },
  });

  return new OpenAPIHono<FunctionEnv>({ defaultHook })
    .openapi(issue, async (c) => {
      const { api, userId } = c.get('caller');
      const job = c.req.valid('json');
      // Whoever may not see the booking learns here that there is none.
      await api.call('get_booking', { booking_id: job.booking_id }, z.object({ id: z.uuid() }));
      return c.json(
        { ...job, ...(await sendJobCode({ ...job, user_id: userId }, environment(variables))) },
        200,
      );
    })
    .openapi(check, async (c) => {
      const { api } = c.get('caller');
      return c.json(await api.call('confirm_job_code', c.req.valid('json'), movedSchema), 200);
    });
}
