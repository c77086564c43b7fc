import { z } from '@hono/zod-openapi';
import { createClient } from '@supabase/supabase-js';
import type { Context, MiddlewareHandler } from 'hono';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  type JWTVerifyGetKey,
  errors as joseErrors,
  jwtVerify,
} from 'jose';
import { jsonSchema, readSettings, type Variables } from './env.ts';
import { AppError } from './errors.ts';
import { type Api, createApi } from './rpc.ts';

/** Who is calling: signed in, and not yet asked whether they may. */
export interface Caller {
  readonly userId: string;
  /** The Data API in the caller's name: the database decides what they may. */
  readonly api: Api;
}

const settingsSchema = z
  .object({
    SUPABASE_URL: z.url(),
    SUPABASE_PUBLISHABLE_KEYS: jsonSchema(z.object({ default: z.string().min(1) })),
    SUPABASE_JWKS: jsonSchema(
      z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }),
    ).optional(),
  })
  .transform((env) => ({
    url: env.SUPABASE_URL,
    publishableKey: env.SUPABASE_PUBLISHABLE_KEYS.default,
    keys: env.SUPABASE_JWKS,
  }));

const claimsSchema = z.object({ sub: z.uuid(), role: z.literal('authenticated') });

/**
 * The addresses for the database's log, the caller's first. Cloudflare, in front of every hosted
 * project, writes its own header over the caller's; elsewhere the last hop is the one that nobody
 * can make up, so all hops follow.
 */
function addressesOf(c: Context): string {
  const hops = c.req.header('x-forwarded-for') ?? '';
  const first = c.req.header('cf-connecting-ip') ?? hops.split(',').at(-1)?.trim();
  return [first, hops].filter(Boolean).join(', ');
}

/** Lets only signed-in users pass; `caller` acts in their name. */
export function requireCaller(
  variables: Variables,
): MiddlewareHandler<{ Variables: { caller: Caller } }> {
  let settings: z.output<typeof settingsSchema> | undefined;
  let keys: JWTVerifyGetKey | undefined;
  return async function requireCaller(c, next) {
    settings ??= readSettings(settingsSchema, variables);
    const { url, publishableKey } = settings;
    keys ??= settings.keys
      ? createLocalJWKSet(settings.keys)
      : createRemoteJWKSet(new URL(`${url}/auth/v1/.well-known/jwks.json`));
    const [, token] = /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
    if (token === undefined) throw new AppError('not_signed_in');
    const claims = await verify(token, keys);

    const addresses = addressesOf(c);
    const userAgent = c.req.header('user-agent');
    const client = createClient(url, publishableKey, {
      auth: { persistSession: false, autoRefreshToken: false },
      global: {
        headers: {
          Authorization: `Bearer ${token}`,
          ...(addresses && { 'X-Forwarded-For': addresses }),
          ...(userAgent && { 'User-Agent': userAgent }),
        },
      },
    });
    c.set('caller', { userId: claims.sub, api: createApi(client) });
    await next();
  };
}

async function verify(token: string, keys: JWTVerifyGetKey) {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['ES256', 'RS256'],
      audience: 'authenticated',
      requiredClaims: ['exp', 'sub'],
    });
    return claimsSchema.parse(payload);
  } catch (cause) {
    // Keys that can't be fetched are our failure, not the caller's.
    if (cause instanceof joseErrors.JWKSTimeout || cause instanceof TypeError) throw cause;
    throw new AppError('not_signed_in', { cause });
  }
}
