import { z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { clientIp, clientIpSchema } from './client-ip.ts';
import {
  clientWith,
  publishableKeySchema,
  readSettings,
  secretKeySchema,
  type Variables,
} from './env.ts';
import { AppError } from './errors.ts';
import { type Api, createApi } from './rpc.ts';
import { keySetSchema, tokenReader } from './tokens.ts';

/** Who is calling: signed in, and not yet asked whether they may. */
export interface Caller {
  readonly userId: string;
  /** The Data API in the caller's name: the database decides what they may. */
  readonly api: Api;
}

const jwksSchema = z.object({ SUPABASE_JWKS: keySetSchema.optional() });

/** What all calls of a function share; made at the first one. */
function openProject(variables: Variables) {
  const publishable = readSettings(publishableKeySchema, variables);
  const { SUPABASE_JWKS: keySet } = readSettings(jwksSchema, variables);
  const service = createApi(clientWith(readSettings(secretKeySchema, variables)));
  let proof: Promise<string> | undefined;
  return {
    publishable,
    ipHeader: readSettings(clientIpSchema, variables),
    readToken: tokenReader(publishable, keySet),
    /** Lets the database believe what this function says of its caller. */
    proof(): Promise<string> {
      proof ??= service.call('function_proof', {}, z.string()).catch((error: unknown) => {
        proof = undefined;
        throw error;
      });
      return proof;
    },
  };
}

/** Lets only signed-in users pass; `caller` acts in their name. */
export function requireCaller(
  variables: Variables,
): MiddlewareHandler<{ Variables: { caller: Caller } }> {
  let project: ReturnType<typeof openProject> | undefined;
  return async function requireCaller(c, next) {
    project ??= openProject(variables);
    const [, token] = /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
    if (token === undefined) throw new AppError('not_signed_in');
    const { sub: userId } = await project.readToken(token);

    const { publishable, ipHeader } = project;
    const headers = Object.entries({
      authorization: `Bearer ${token}`,
      'user-agent': c.req.header('user-agent'),
      'x-forwarded-for': c.req.header('x-forwarded-for'),
      'x-karigar-client-ip': clientIp(c, ipHeader),
      'x-karigar-proof': await project.proof(),
    }).filter((header): header is [string, string] => header[1] !== undefined);
    const client = clientWith(publishable, Object.fromEntries(headers));
    c.set('caller', { userId, api: createApi(client) });
    await next();
  };
}
