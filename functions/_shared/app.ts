import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { corsHeaders } from '@supabase/supabase-js/cors';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { type RequestIdVariables, requestId } from 'hono/request-id';
import { AppError, defaultHook, onError, onNotFound } from './errors.ts';
import { requestLog } from './log.ts';
import { documentPage } from './openapi-page.ts';

export interface FunctionInfo<Name extends string> {
  /** The function's folder, which is also the first part of its paths. */
  readonly name: Name;
  readonly title: string;
  readonly description: string;
  /** A larger body is refused before it is read. */
  readonly maxBodyBytes?: number;
}

export type FunctionEnv = { Variables: RequestIdVariables };

const corsList = (header: string) =>
  corsHeaders[header]?.split(',').map((name) => name.trim()) ?? [];

const healthRoute = createRoute({
  method: 'get',
  path: '/health',
  summary: 'Whether the function runs',
  responses: {
    200: {
      description: 'It runs.',
      content: { 'application/json': { schema: z.object({ status: z.literal('ok') }) } },
    },
  },
});

/**
 * The frame of every function: request id, log, CORS, body limit, error answers, and
 * `/health`, `/openapi.json` and `/docs` below the function's name.
 */
export function createFunction<const Name extends string>(info: FunctionInfo<Name>) {
  const { name, title, description, maxBodyBytes } = info;
  const app = new OpenAPIHono<FunctionEnv>({ defaultHook }).basePath<`/${Name}`>(`/${name}`);
  app.onError(onError);
  app.notFound(onNotFound);
  app.use(requestId(), requestLog());
  app.use(
    cors({
      origin: '*',
      allowHeaders: corsList('Access-Control-Allow-Headers'),
      allowMethods: corsList('Access-Control-Allow-Methods'),
      exposeHeaders: ['X-Request-Id'],
    }),
  );
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes ?? 1024 * 1024,
      onError: () => {
        throw new AppError('payload_too_large');
      },
    }),
  );

  const document = () =>
    app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title, description, version: '1' },
      servers: [{ url: '/functions/v1' }],
    });
  app.get('/openapi.json', (c) => c.json(document()));
  app.get('/docs', (c) => {
    c.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'");
    return c.html(documentPage(document()));
  });
  return app.openapi(healthRoute, (c) => c.json({ status: 'ok' as const }, 200));
}
