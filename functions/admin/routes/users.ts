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
  blockSchema,
  reasonSchema,
  storySchema,
  userParamsSchema,
  userStateSchema,
  withReasonSchema,
} from '../schemas.ts';

/** The database blocks and bans in one transaction: every request is refused, and new tokens. */
export function userRoutes(variables: Variables) {
  const middleware = requireCaller(variables);
  const changed = {
    200: { description: 'The state that the user is in now.', content: content(userStateSchema) },
    ...callerRefusals,
    ...notFoundRefusal,
    ...conflictRefusal,
  };
  const block = createRoute({
    method: 'post',
    path: '/users/{user_id}/block',
    summary: 'Blocks a user, from the very next request on',
    middleware,
    request: {
      params: userParamsSchema,
      body: { required: true, content: content(blockSchema) },
    },
    responses: changed,
  });
  const unblock = createRoute({
    method: 'post',
    path: '/users/{user_id}/unblock',
    summary: 'Ends a block',
    middleware,
    request: {
      params: userParamsSchema,
      body: {
        required: true,
        content: content(withReasonSchema),
      },
    },
    responses: changed,
  });
  const story = createRoute({
    method: 'get',
    path: '/users/{user_id}',
    summary: "A user's whole story; the log keeps who looked",
    middleware,
    request: {
      params: userParamsSchema,
      query: z.object({ reason: reasonSchema.optional() }),
    },
    responses: {
      200: { description: 'All that an admin has to know.', content: content(storySchema) },
      ...callerRefusals,
      ...notFoundRefusal,
    },
  });

  return new OpenAPIHono<FunctionEnv>({ defaultHook })
    .openapi(block, async (c) => {
      const { api } = c.get('caller');
      const args = { ...c.req.valid('param'), ...c.req.valid('json') };
      return c.json(await api.call('block_user', args, userStateSchema), 200);
    })
    .openapi(unblock, async (c) => {
      const { api } = c.get('caller');
      const args = { ...c.req.valid('param'), ...c.req.valid('json') };
      return c.json(await api.call('unblock_user', args, userStateSchema), 200);
    })
    .openapi(story, async (c) => {
      const { api } = c.get('caller');
      const args = { ...c.req.valid('param'), ...c.req.valid('query') };
      return c.json(await api.call('admin_user_story', args, storySchema), 200);
    });
}
