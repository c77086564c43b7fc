import { decodeJwt } from 'jose';
import type { Tokens } from '../tokens.ts';
import type { Payload } from './protocol.ts';

/** Who a connection or channel acts for. */
export interface Identity {
  readonly role: string;
  readonly claims: Payload;
  /** Milliseconds since 1970; null for an API key, which does not expire. */
  readonly expiresAt: number | null;
  /** The access token it came from; null for an API key. */
  readonly token: string | null;
}

/** `code` is the prefix of the reason of a refused join, `message` what follows it. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }

  get reason(): string {
    return `${this.code}: ${this.message}`;
  }
}

export function identityOfApiKey(tokens: Tokens, apiKey: string): Identity | null {
  const role = tokens.roleOfApiKey(apiKey);
  return role && { role, claims: { role }, expiresAt: null, token: null };
}

/** Throws Refusal for a token that is malformed, expired or not ours. */
export async function identityOfToken(tokens: Tokens, token: string): Promise<Identity> {
  const claims = await tokens.verify(token);
  if (claims?.exp) {
    return { role: claims.role, claims, expiresAt: claims.exp * 1_000, token };
  }
  throw refusalOf(token);
}

/** API keys may stand where a token is expected; then the connection's own key counts. */
export function isApiKey(token: string): boolean {
  return token.startsWith('sb_');
}

export function expiredSince(expiresAt: number): string {
  const seconds = Math.max(0, Math.floor((Date.now() - expiresAt) / 1_000));
  return `Token has expired ${seconds} seconds ago`;
}

function refusalOf(token: string): Refusal {
  let claims: ReturnType<typeof decodeJwt>;
  try {
    claims = decodeJwt(token);
  } catch {
    return new Refusal('MalformedJWT', 'The token provided is not a valid JWT');
  }
  if (typeof claims.exp !== 'number' || typeof claims.role !== 'string') {
    return new Refusal('InvalidJWTToken', 'Fields `role` and `exp` are required in JWT');
  }
  const expiresAt = claims.exp * 1_000;
  return expiresAt <= Date.now()
    ? new Refusal('InvalidJWTToken', expiredSince(expiresAt))
    : new Refusal('JwtSignatureError', 'Failed to validate JWT signature');
}
