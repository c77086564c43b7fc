import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import {
  callerRefusals,
  conflictRefusal,
  content,
  notFoundRefusal,
} from '../../_shared/answers.ts';
import type { FunctionEnv } from '../../_shared/app.ts';
import { requireCaller } from '../../_shared/caller.ts';
import type { Variables } from '../../_shared/env.ts';
import { defaultHook } from '../../_shared/errors.ts';
import {
  fingerprintSchema,
  providerParamsSchema,
  providerStateSchema,
  queueQuerySchema,
  queueSchema,
  reasonSchema,
  withReasonSchema,
} from '../schemas.ts';

/** Decisions about businesses: one RPC each. */
export function providerRoutes(variables: Variables) {
  const middleware = requireCaller(variables);
  const responses = {
    200: { description: 'The state it is in now.', content: content(providerStateSchema) },
    ...callerRefusals,
    ...notFoundRefusal,
    ...conflictRefusal,
  };
  const decision = <const Path extends string, Body extends z.ZodType>(
    path: Path,
    summary: string,
    body: Body,
  ) =>
    createRoute({
      method: 'post',
      path: `/providers/{provider_id}/${path}`,
      summary,
      middleware,
      request: {
        params: providerParamsSchema,
        body: { required: true, content: content(body) },
      },
      responses,
    });

  const queue = createRoute({
    method: 'get',
    path: '/verification-queue',
    summary: 'Businesses that wait for verification, the oldest first',
    middleware,
    request: { query: queueQuerySchema },
    responses: {
      200: { description: 'A page of them.', content: content(queueSchema) },
      ...callerRefusals,
    },
  });
  const withNotes = z
    .object({ notes: reasonSchema.optional(), fingerprint: fingerprintSchema.optional() })
    .openapi('Notes');
  const nothing = z.object({}).openapi('Nothing');

  return new OpenAPIHono<FunctionEnv>({ defaultHook })
    .openapi(queue, async (c) => {
      const { api } = c.get('caller');
      return c.json(
        await api.call('list_verification_queue', c.req.valid('query'), queueSchema),
        200,
      );
    })
    .openapi(decision('review', 'Takes a business into review', nothing), async (c) => {
      const { api } = c.get('caller');
      const args = c.req.valid('param');
      return c.json(await api.call('review_provider', args, providerStateSchema), 200);
    })
    .openapi(decision('verify', 'Verifies a business and activates it', withNotes), async (c) => {
      const { api } = c.get('caller');
      const args = { ...c.req.valid('param'), ...c.req.valid('json') };
      return c.json(await api.call('verify_provider', args, providerStateSchema), 200);
    })
    .openapi(
      decision('reject', 'Sends a business back to its owner', withReasonSchema),
      async (c) => {
        const { api } = c.get('caller');
        const args = { ...c.req.valid('param'), ...c.req.valid('json') };
        return c.json(await api.call('reject_provider', args, providerStateSchema), 200);
      },
    )
    .openapi(decision('suspend', 'Hides an active business', withReasonSchema), async (c) => {
      const { api } = c.get('caller');
      const args = { ...c.req.valid('param'), ...c.req.valid('json') };
      return c.json(await api.call('suspend_provider', args, providerStateSchema), 200);
    })
    .openapi(
      decision('reinstate', 'Shows a suspended business again', withReasonSchema),
      async (c) => {
        const { api } = c.get('caller');
        const args = { ...c.req.valid('param'), ...c.req.valid('json') };
        return c.json(await api.call('reinstate_provider', args, providerStateSchema), 200);
      },
    );
}
