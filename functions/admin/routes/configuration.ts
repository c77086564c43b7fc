import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
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
  actionsQuerySchema,
  actionsSchema,
  keyParamsSchema,
  queueQuerySchema,
  rollBackSchema,
  setSettingSchema,
  settingSchema,
  settingsQuerySchema,
  settingsSchema,
  versionsSchema,
} from '../schemas.ts';

/** Configuration, and the log of what admins did. */
export function configurationRoutes(variables: Variables) {
  const middleware = requireCaller(variables);
  const list = createRoute({
    method: 'get',
    path: '/configuration',
    summary: 'Values that admins adjust, by key',
    middleware,
    request: { query: settingsQuerySchema },
    responses: {
      200: { description: 'A page of them.', content: content(settingsSchema) },
      ...callerRefusals,
    },
  });
  const set = createRoute({
    method: 'put',
    path: '/configuration/{key}',
    summary: 'Makes a new version of a value',
    middleware,
    request: {
      params: keyParamsSchema,
      body: { required: true, content: content(setSettingSchema) },
    },
    responses: {
      200: { description: 'The value as it is now.', content: content(settingSchema) },
      ...callerRefusals,
      ...notFoundRefusal,
      ...conflictRefusal,
    },
  });
  const versions = createRoute({
    method: 'get',
    path: '/configuration/{key}/versions',
    summary: 'Versions of a value, latest first',
    middleware,
    request: { params: keyParamsSchema, query: queueQuerySchema },
    responses: {
      200: { description: 'A page of them.', content: content(versionsSchema) },
      ...callerRefusals,
      ...notFoundRefusal,
    },
  });
  const rollBack = createRoute({
    method: 'post',
    path: '/configuration/{key}/roll-back',
    summary: 'Makes a new version that is as an earlier one was',
    middleware,
    request: {
      params: keyParamsSchema,
      body: { required: true, content: content(rollBackSchema) },
    },
    responses: {
      200: { description: 'The value as it is now.', content: content(settingSchema) },
      ...callerRefusals,
      ...notFoundRefusal,
    },
  });
  const actions = createRoute({
    method: 'get',
    path: '/actions',
    summary: 'The log of what admins did, latest first',
    middleware,
    request: { query: actionsQuerySchema },
    responses: {
      200: { description: 'A page of it.', content: content(actionsSchema) },
      ...callerRefusals,
    },
  });

  return new OpenAPIHono<FunctionEnv>({ defaultHook })
    .openapi(list, async (c) => {
      const { api } = c.get('caller');
      return c.json(
        await api.call('list_configuration', c.req.valid('query'), settingsSchema),
        200,
      );
    })
    .openapi(set, async (c) => {
      const { api } = c.get('caller');
      const args = { ...c.req.valid('param'), ...c.req.valid('json') };
      return c.json(await api.call('set_configuration', args, settingSchema), 200);
    })
    .openapi(versions, async (c) => {
      const { api } = c.get('caller');
      const args = { ...c.req.valid('param'), ...c.req.valid('query') };
      return c.json(await api.call('list_configuration_versions', args, versionsSchema), 200);
    })
    .openapi(rollBack, async (c) => {
      const { api } = c.get('caller');
      const args = { ...c.req.valid('param'), ...c.req.valid('json') };
      return c.json(await api.call('roll_back_configuration', args, settingSchema), 200);
    })
    .openapi(actions, async (c) => {
      const { api } = c.get('caller');
      return c.json(await api.call('list_admin_actions', c.req.valid('query'), actionsSchema), 200);
    });
}
