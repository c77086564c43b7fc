import { createHash, timingSafeEqual } from 'node:crypto';
import {
  createLocalJWKSet,
  errors,
  importJWK,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { z } from 'zod';
import type { Keys } from './keys.ts';

export interface AccessClaims extends JWTPayload {
  role: string;
  sub?: string;
  session_id?: string;
}

/** Signs and checks the stack's JWTs (ES256, `kid`) and resolves API keys. */
export interface Tokens {
  /** Public keys, as `/auth/v1/.well-known/jwks.json` publishes them. */
  jwks(): JSONWebKeySet;
  /** Claims must carry `exp`; `iss` and `iat` are filled in. */
  sign(claims: AccessClaims): Promise<string>;
  /** Null when the token is malformed, expired or not ours. Accepts ES256 tokens of ours only. */
  verify(token: string): Promise<AccessClaims | null>;
  /** The same claims signed with lite's HS256 secret, for requests passed on to lite. */
  signInternal(claims: AccessClaims): Promise<string>;
  /** The role an API key stands for; null when the key is not ours. */
  roleOfApiKey(apiKey: string): 'anon' | 'service_role' | null;
}

const ownClaimsSchema = z.object({
  role: z.string().min(1),
  sub: z.string().exactOptional(),
  session_id: z.string().exactOptional(),
});

const privateKeySchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string().min(1),
});

/** Compares digests, so that neither content nor length shows in the time it takes. */
function equals(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** `issuer` is the `iss` of every token: `${config.url}/auth/v1`. */
export async function createTokens(keys: Keys, issuer: string): Promise<Tokens> {
  const { d, ...coordinates } = privateKeySchema.parse(keys.signingKey);
  const signingKey = await importJWK({ ...coordinates, d }, 'ES256');
  const published = { ...coordinates, alg: 'ES256', use: 'sig', key_ops: ['verify'], ext: true };
  const keySet: JSONWebKeySet = { keys: [published] };
  const localKeys = createLocalJWKSet(keySet);
  const internalSecret = new TextEncoder().encode(keys.internalSecret);

  return {
    jwks: () => keySet,

    sign: (claims) =>
      new SignJWT({ iss: issuer, iat: Math.floor(Date.now() / 1000), ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: coordinates.kid, typ: 'JWT' })
        .sign(signingKey),

    // `iss` is not compared: the key belongs to this stack alone, and its port may change.
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, localKeys, {
          algorithms: ['ES256'],
          requiredClaims: ['exp'],
        });
        const { data } = ownClaimsSchema.safeParse(payload);
        return data ? { ...payload, ...data } : null;
      } catch (error) {
        if (error instanceof errors.JOSEError) return null;
        throw error;
      }
    },

    signInternal: (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(internalSecret),

    roleOfApiKey(apiKey) {
      if (equals(apiKey, keys.publishableKey)) return 'anon';
      return equals(apiKey, keys.secretKey) ? 'service_role' : null;
    },
  };
}
