import { z } from '@hono/zod-openapi';
import { isAuthApiError, isAuthError, isAuthSessionMissingError } from '@supabase/supabase-js';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JWTVerifyGetKey,
  errors as joseErrors,
  jwtVerify,
} from 'jose';
import { clientWith, jsonSchema, type ProjectKey } from './env.ts';
import { AppError } from './errors.ts';

const keySchema = z.looseObject({ kty: z.string() });

/** `SUPABASE_JWKS`: the project's public keys, as a set or as a bare list. */
export const keySetSchema = jsonSchema(
  z.union([z.object({ keys: z.array(keySchema) }), z.array(keySchema)]),
).transform((keys) => (Array.isArray(keys) ? { keys } : keys));
type KeySet = z.output<typeof keySetSchema>;

const claimsSchema = z.object({
  sub: z.uuid(),
  aud: z.literal('authenticated'),
  role: z.literal('authenticated'),
});
type Claims = z.output<typeof claimsSchema>;

/** Reads the token of a signed-in user; any other is refused. */
export type ReadToken = (token: string) => Promise<Claims>;

export function tokenReader(project: ProjectKey, keySet: KeySet | undefined): ReadToken {
  const published = createRemoteJWKSet(new URL(`${project.url}/auth/v1/.well-known/jwks.json`));
  const given = createLocalJWKSet(keySet ?? { keys: [] });
  /** Keys that came after this function was deployed are known to Auth only. */
  const findKey: JWTVerifyGetKey = (header, input) =>
    given(header, input).catch((error: unknown) => {
      if (error instanceof joseErrors.JWKSNoMatchingKey) return published(header, input);
      throw error;
    });

  const verify = async (token: string): Promise<unknown> =>
    (await jwtVerify(token, findKey, { algorithms: ['ES256', 'RS256'], requiredClaims: ['exp'] }))
      .payload;

  /** The secret of a project that signs by HS256 stays with Auth, so Auth is asked. */
  async function ask(token: string): Promise<unknown> {
    const { error } = await clientWith(project).auth.getUser(token);
    if (error) throw error;
    return decodeJwt(token);
  }

  return async (token) => {
    try {
      return claimsSchema.parse(await (isShared(token) ? ask(token) : verify(token)));
    } catch (cause) {
      if (isOurFailure(cause)) throw cause;
      throw new AppError('not_signed_in', { cause });
    }
  };
}

function isShared(token: string): boolean {
  try {
    return decodeProtectedHeader(token).alg === 'HS256';
  } catch {
    return false;
  }
}

/** Auth that can't be reached, has no time or refuses our own key says nothing about the token. */
function isOurFailure(error: unknown): boolean {
  if (isAuthSessionMissingError(error)) return false;
  if (isAuthApiError(error)) return error.code === undefined || !isRefusal(error.status);
  if (isAuthError(error)) return true;
  return (
    error instanceof TypeError ||
    error instanceof joseErrors.JWKSTimeout ||
    (error instanceof joseErrors.JOSEError && error.code === joseErrors.JOSEError.code)
  );
}

const isRefusal = (status: number) => status === 401 || status === 403;
