/** The id_token grant: apps that sign in with the provider's own library bring its ID token. */
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { JWTPayload } from 'jose';
import { z } from 'zod';
import { requireUser } from '../access.ts';
import { OAuthError } from '../errors.ts';
import { readBody, textSchema } from '../input.ts';
import { type Auth, type AuthEnv, clientOf } from '../service-context.ts';
import { type SessionResponse, startSession } from '../sessions.ts';
import { requireManualLinking } from './identity-routes.ts';
import { providedUser } from './provided-user.ts';
import type { ProviderSettings } from './settings.ts';
import { arrive } from './sign-in.ts';

const bodySchema = z.object({
  id_token: textSchema,
  access_token: textSchema,
  nonce: textSchema,
  provider: textSchema,
  client_id: textSchema,
  issuer: textSchema,
  link_identity: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
});

const invalidRequest = (description: string) => new OAuthError('invalid request', description);

/** The app keeps the nonce, the provider signs its hash: a stolen token is of no use alone. */
function assertNonce(claims: JWTPayload, nonce: string): void {
  const signed = typeof claims.nonce === 'string' ? claims.nonce : '';
  if ((signed === '') !== (nonce === '')) {
    throw invalidRequest('Passed nonce and nonce in id_token should either both exist or not.');
  }
  if (signed !== '' && createHash('sha256').update(nonce).digest('hex') !== signed) {
    throw new OAuthError('invalid nonce', 'Nonces mismatch');
  }
}

function assertMeantForUs(claims: JWTPayload, { clientIds }: ProviderSettings): void {
  const audience = [claims.aud ?? []].flat();
  if (audience.some((id) => clientIds.includes(id))) return;
  throw invalidRequest(`Unacceptable audience in id_token: [${audience.join(' ')}]`);
}

async function linkingUser(auth: Auth, c: Context<AuthEnv>): Promise<string> {
  if (!c.req.header('authorization')) {
    throw invalidRequest('Linking requires a valid user access token in Authorization');
  }
  const { user } = await requireUser(auth, c);
  requireManualLinking(auth);
  return user.id;
}

export async function signInWithIdToken(auth: Auth, c: Context<AuthEnv>): Promise<SessionResponse> {
  const body = await readBody(c.req.raw, bodySchema);
  if (!body.id_token) throw invalidRequest('id_token required');
  if (!body.provider && !(body.client_id && body.issuer)) {
    throw invalidRequest('provider or client_id and issuer required');
  }
  const linkingUserId = body.link_identity ? await linkingUser(auth, c) : null;
  const provider = auth.providers.forIdToken(body);
  const { settings } = provider;
  const claims = await provider.verifyIdToken(body.id_token, body.access_token);
  if (typeof claims.sub !== 'string' || claims.sub === '') {
    throw invalidRequest('Missing sub claim in id_token');
  }
  assertMeantForUs(claims, settings);
  if (!settings.skipNonceCheck) assertNonce(claims, body.nonce);
  const provided = providedUser(provider.name, claims);
  if (!provided.email && !settings.emailOptional) {
    throw invalidRequest('The ID token must contain an email address');
  }
  const redirectTo = auth.settings.siteUrl;
  const client = clientOf(c);
  return arrive(auth, { provided, linkingUserId, redirectTo, ip: client.ip }, (tx, user) =>
    startSession(auth, tx, user, 'oauth', client),
  );
}
