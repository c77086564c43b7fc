/**
 * The judge of our OpenID client: panva's certified provider on a loopback port, strict about PKCE,
 * redirect addresses and the client's secret.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import Provider from 'oidc-provider';
import { z } from 'zod';
import type { ProviderSettings } from '../../local/auth/external/settings.ts';

export interface Person {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  readonly picture?: string;
}

export interface OpenIdProvider {
  readonly issuer: string;
  /** The client's settings, for the auth service at that address. */
  settings(authUrl: string, changes?: Partial<ProviderSettings>): ProviderSettings;
  /** Gives somebody an account there, or changes it; the answer is its `sub`. */
  person(claims: Person, sub?: string): string;
  /** An ID token of whatever content, signed with the provider's key or with another. */
  idToken(claims: JWTPayload, key?: 'own' | 'foreign'): Promise<string>;
  stop(): Promise<void>;
}

export const clientId = 'karigar';

/** What the browser answers to the page where the provider asks who it is and whether it may. */
export const choiceSchema = z.object({ sub: z.string(), isAllowed: z.boolean() });

const detailsSchema = z.object({ missingOIDCScope: z.array(z.string()).default([]) });

async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const choice = choiceSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
  const { prompt } = await provider.interactionDetails(request, response);
  const finish = (result: Parameters<Provider['interactionFinished']>[2]) =>
    provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
  if (!choice.isAllowed) {
    return finish({ error: 'access_denied', error_description: 'They said no.' });
  }
  if (prompt.name === 'login') return finish({ login: { accountId: choice.sub } });
  const grant = new provider.Grant({ accountId: choice.sub, clientId });
  grant.addOIDCScope(detailsSchema.parse(prompt.details).missingOIDCScope.join(' '));
  return finish({ consent: { grantId: await grant.save() } });
}

export async function startOpenIdProvider(): Promise<OpenIdProvider> {
  const people = new Map<string, Person>();
  const secret = randomUUID();
  const kid = randomUUID();
  const own = await generateKeyPair('RS256', { extractable: true });
  const foreign = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(own.privateKey)), kid, use: 'sig', alg: 'RS256' };

  const redirectUris: string[] = [];
  let provider: Provider | undefined;
  const server = createServer((request, response) => {
    provider ??= serve();
    if (request.method === 'POST' && request.url?.startsWith('/interaction/')) {
      interact(provider, request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error));
      });
    } else {
      provider.callback()(request, response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const issuer = `http://127.0.0.1:${port}`;

  const serve = () =>
    new Provider(issuer, {
      clients: [
        {
          client_id: clientId,
          client_secret: secret,
          redirect_uris: redirectUris,
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          token_endpoint_auth_method: 'client_secret_post',
        },
      ],
      jwks: { keys: [jwk] },
      pkce: { required: () => true },
      claims: { email: ['email', 'email_verified'], profile: ['name', 'picture'] },
      scopes: ['openid', 'email', 'profile', 'offline_access', 'calendar', 'name'],
      ttl: {
        Interaction: 60,
        Session: 60,
        Grant: 60,
        AccessToken: 60,
        IdToken: 60,
        RefreshToken: 60,
      },
      cookies: { keys: [randomUUID()] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
      findAccount: (_ctx, sub) => ({
        accountId: sub,
        claims: () => ({ sub, ...people.get(sub) }),
      }),
    });

  return {
    issuer,
    settings(authUrl, changes) {
      const redirectUri = `${authUrl}/auth/v1/callback`;
      redirectUris.push(redirectUri);
      provider = undefined;
      return {
        enabled: true,
        clientIds: [clientId],
        secret,
        redirectUri,
        issuer,
        issuerAliases: [],
        skipNonceCheck: false,
        emailOptional: false,
        ...changes,
      };
    },
    person(claims, sub = randomUUID()) {
      people.set(sub, claims);
      return sub;
    },
    idToken: (claims, key = 'own') =>
      new SignJWT({ iss: issuer, aud: clientId, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid })
        .setIssuedAt()
        .setExpirationTime(claims.exp ?? '5m')
        .sign((key === 'own' ? own : foreign).privateKey),
    stop() {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
