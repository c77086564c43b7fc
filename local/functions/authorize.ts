import { decodeProtectedHeader } from 'jose';
import type { Tokens } from '../tokens.ts';
import { failure } from './failures.ts';

/**
 * What hosted's `verify_jwt` asks for: a JWT of the project as Bearer, or, for compatibility,
 * an API key. Null lets the request pass. It is no authentication of a user.
 */
export async function authorize(request: Request, tokens: Tokens): Promise<Response | null> {
  if (request.method === 'OPTIONS') return null;
  const authorization = request.headers.get('authorization');
  const apiKey = request.headers.get('apikey');
  if (authorization === null && apiKey === null) {
    return failure('UNAUTHORIZED_NO_AUTH_HEADER', 'Missing authorization header');
  }

  const [, bearer] = /^bearer\s+(\S+)$/i.exec(authorization?.trim() ?? '') ?? [];
  if (bearer === undefined || bearer.startsWith('sb_')) {
    const key = apiKey ?? bearer ?? '';
    return tokens.roleOfApiKey(key) === null
      ? failure('UNAUTHORIZED_INVALID_JWT_FORMAT', 'Invalid JWT format')
      : null;
  }

  const algorithm = algorithmOf(bearer);
  if (algorithm === undefined) {
    return failure('UNAUTHORIZED_INVALID_JWT_FORMAT', 'Invalid JWT format');
  }
  // This stack has no legacy secret, so no HS256 token is valid.
  if (algorithm === 'HS256') return failure('UNAUTHORIZED_LEGACY_JWT', 'Invalid JWT');
  if (algorithm !== 'ES256' && algorithm !== 'RS256') {
    return failure(
      'UNAUTHORIZED_UNSUPPORTED_TOKEN_ALGORITHM',
      `Unsupported JWT algorithm ${algorithm}`,
    );
  }
  const claims = await tokens.verify(bearer);
  return claims === null ? failure('UNAUTHORIZED_ASYMMETRIC_JWT', 'Invalid JWT') : null;
}

function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg;
  } catch {
    return undefined;
  }
}
