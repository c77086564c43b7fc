/** Who is calling: API keys and Bearer tokens as hosted Supabase's gateway and PostgREST check them. */
import { decodeJwt } from 'jose';
import type { Caller } from './rest/request.ts';
import type { Service } from './service.ts';
import type { AccessClaims, Tokens } from './tokens.ts';

/** Why a Bearer token is refused, in PostgREST's words. */
export interface TokenRefusal {
  readonly code: 'PGRST301' | 'PGRST303';
  readonly message: string;
  readonly details: string | null;
}

export interface Access {
  /** The role of the request's API key, or the gateway's 401. */
  apiKey(request: Request): 'anon' | 'service_role' | Response;
  /** The caller's claims: of the Bearer token, else those the API key stands for. */
  caller(request: Request, apiKeyRole: 'anon' | 'service_role'): Promise<Caller | TokenRefusal>;
}

/** Verified tokens kept; one signature check costs more than the rest of the gateway. */
const cacheSize = 1000;
const browser = /^\s*Mozilla\s*\/\s*5\s*\.\s*0/i;

function unauthorized(errorCode: string, message: string, hint?: string): Response {
  return Response.json(
    { message, ...(hint && { hint }) },
    { status: 401, headers: { 'sb-error-code': errorCode } },
  );
}

function bearer(request: Request): string | undefined {
  return /^Bearer\s+(.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]?.trim();
}

function apiKeyOf(request: Request): string | null {
  const inHeader = request.headers.get('apikey');
  if (inHeader || !request.url.includes('apikey=')) return inHeader;
  return new URL(request.url).searchParams.get('apikey');
}

function refusal(token: string): TokenRefusal {
  const parts = token.split('.').length;
  if (parts !== 3) {
    return {
      code: 'PGRST301',
      message: `Expected 3 parts in JWT; got ${parts}`,
      details: null,
    };
  }
  try {
    const { exp } = decodeJwt(token);
    if (exp !== undefined && exp <= Date.now() / 1000) {
      return { code: 'PGRST303', message: 'JWT expired', details: null };
    }
  } catch {
    // Not a JWT at all: answered like one of another issuer.
  }
  return {
    code: 'PGRST301',
    message: 'No suitable key or wrong key type',
    details: 'None of the keys was able to decode the JWT',
  };
}

export function createAccess(tokens: Tokens): Access {
  const verified = new Map<string, AccessClaims>();

  async function verify(token: string): Promise<AccessClaims | null> {
    const known = verified.get(token);
    if (known) {
      if ((known.exp ?? 0) > Date.now() / 1000) return known;
      verified.delete(token);
      return null;
    }
    const claims = await tokens.verify(token);
    if (!claims) return null;
    if (verified.size >= cacheSize) {
      const [oldest] = verified.keys();
      if (oldest !== undefined) verified.delete(oldest);
    }
    verified.set(token, claims);
    return claims;
  }

  return {
    apiKey(request) {
      const key = apiKeyOf(request);
      if (!key) {
        return unauthorized(
          'UNAUTHORIZED_MISSING_API_KEY',
          'No API key found in request',
          'No `apikey` request header or url param was found.',
        );
      }
      const role = tokens.roleOfApiKey(key);
      if (!role) {
        return unauthorized(
          'UNAUTHORIZED_INVALID_API_KEY',
          'Invalid API key',
          'Double check your Supabase `apikey`',
        );
      }
      if (role === 'service_role' && browser.test(request.headers.get('user-agent') ?? '')) {
        return unauthorized(
          'UNAUTHORIZED_INVALID_API_KEY_TYPE',
          'Forbidden use of secret API key in browser',
        );
      }
      return role;
    },

    async caller(request, apiKeyRole) {
      const token = bearer(request);
      // An API key is no JWT: in Authorization it only repeats what `apikey` says.
      if (!token || token.startsWith('sb_')) return { claims: { role: apiKeyRole }, apiKeyRole };
      const claims = await verify(token);
      return claims ? { claims, apiKeyRole } : refusal(token);
    },
  };
}

/** Paths that browsers open from a link, and the public keys: hosted asks no API key there. */
const withoutApiKey = /^\/auth\/v1\/(verify|callback|authorize|\.well-known\/.*)$/;

/** The auth service behind the API key check that hosted's gateway makes before it. */
export function requireApiKey(auth: Service, access: Access): Service {
  return {
    ...auth,
    async fetch(request, info) {
      if (!withoutApiKey.test(new URL(request.url).pathname)) {
        const role = access.apiKey(request);
        if (role instanceof Response) return role;
      }
      return (await auth.fetch?.(request, info)) ?? new Response(null, { status: 404 });
    },
    stop: () => auth.stop(),
  };
}
