/** One OpenID provider: the auth service is its client. openid-client and jose speak the protocol. */
import { createHash } from 'node:crypto';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
} from 'openid-client';
import type { Logger } from '../../service.ts';
import { AuthError, OAuthError, unexpectedFailure } from '../errors.ts';
import { nameInAppleForm, type ProvidedUser, providedUser } from './provided-user.ts';
import type { ProviderName, ProviderSettings } from './settings.ts';

const timeoutSeconds = 10;

/** What binds the way out to the way back. Neither leaves the service but as the protocol says. */
export interface Binding {
  /** Random and used once, so it is the nonce too. */
  readonly state: string;
  readonly verifier: string;
}

export interface ProviderAnswer {
  readonly user: ProvidedUser;
  readonly accessToken: string;
  readonly refreshToken: string | null;
}

interface Discovered {
  readonly client: Configuration;
  readonly keys: ReturnType<typeof createRemoteJWKSet>;
}

async function discover({ issuer, clientIds, secret }: ProviderSettings): Promise<Discovered> {
  const client = await discovery(
    new URL(issuer),
    clientIds[0] ?? '',
    secret || undefined,
    undefined,
    {
      timeout: timeoutSeconds,
      // A provider on the developer's own machine has no certificate.
      execute: issuer.startsWith('http:') ? [allowInsecureRequests] : [],
    },
  );
  enableNonRepudiationChecks(client);
  const { jwks_uri: keysUrl } = client.serverMetadata();
  if (!keysUrl) throw new Error('it publishes no keys');
  return { client, keys: createRemoteJWKSet(new URL(keysUrl)) };
}

/** OpenID Connect Core 3.1.3.6: the left half of the hash that the signature uses. */
function isHashOf(hash: string, accessToken: string, algorithm: string): boolean {
  const bits = /(256|384|512)$/.exec(algorithm)?.[1] ?? '512';
  const digest = createHash(`sha${bits}`).update(accessToken).digest();
  return digest.subarray(0, digest.length / 2).toString('base64url') === hash;
}

const reasonOf = (error: unknown): string => {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
};

export class Provider {
  #discovered: Promise<Discovered> | null = null;

  constructor(
    readonly name: ProviderName,
    readonly settings: ProviderSettings,
    readonly logger: Logger,
  ) {}

  /** Why people can't be sent there; null when they can. */
  get problem(): string | null {
    const { enabled, clientIds, secret, issuer } = this.settings;
    if (!enabled) return 'provider is not enabled';
    if (clientIds.length === 0) return 'missing OAuth client ID';
    if (secret === '') return 'missing OAuth secret';
    return URL.canParse(issuer) ? null : `unable to find URL for the ${this.name} provider`;
  }

  async authorizationUrl(
    { state, verifier }: Binding,
    scopes: readonly string[],
    parameters: Readonly<Record<string, string>>,
  ): Promise<URL> {
    const { client } = await this.#discover();
    const isApple = this.name === 'apple';
    const basic = isApple ? ['openid', 'email', 'name'] : ['openid', 'email', 'profile'];
    return buildAuthorizationUrl(client, {
      ...parameters,
      // Apple gives scopes to a posted form only.
      ...(isApple && { response_mode: 'form_post' }),
      redirect_uri: this.settings.redirectUri,
      scope: [...new Set([...basic, ...scopes])].join(' '),
      state,
      nonce: state,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
  }

  /** `response` is what the provider sent the browser back with. */
  async exchange(response: URLSearchParams, binding: Binding): Promise<ProviderAnswer> {
    const { client } = await this.#discover();
    const callback = new URL(this.settings.redirectUri);
    callback.search = response.toString();
    const tokens = await authorizationCodeGrant(client, callback, {
      pkceCodeVerifier: binding.verifier,
      expectedState: binding.state,
      expectedNonce: binding.state,
      idTokenExpected: true,
    }).catch((error: unknown) => {
      this.logger.warn(`${this.name}: code not exchanged: ${reasonOf(error)}`);
      const code = response.get('code')?.slice(0, 4);
      throw unexpectedFailure(`Unable to exchange external code: ${code}`);
    });
    const claims = tokens.claims();
    if (!claims) throw unexpectedFailure('Error getting user profile from external provider');
    const profile = client.serverMetadata().userinfo_endpoint
      ? await fetchUserInfo(client, tokens.access_token, claims.sub).catch((error: unknown) => {
          this.logger.warn(`${this.name}: no profile: ${reasonOf(error)}`);
          throw unexpectedFailure('Error getting user profile from external provider');
        })
      : {};
    return {
      user: providedUser(this.name, {
        ...claims,
        ...profile,
        ...(this.name === 'apple' && nameInAppleForm(response.get('user'))),
      }),
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token ?? null,
    };
  }

  /** The claims of a token that this provider signed and that is neither early nor expired. */
  async verifyIdToken(token: string, accessToken: string): Promise<JWTPayload> {
    const { keys } = await this.#discover();
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: [this.settings.issuer, ...this.settings.issuerAliases],
      requiredClaims: ['sub', 'aud', 'exp', 'iat'],
    }).catch((error: unknown) => {
      if (!(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout) {
        throw this.#unreachable(error);
      }
      this.logger.warn(`${this.name}: ID token refused: ${error.message}`);
      throw new OAuthError('invalid request', 'Bad ID token');
    });
    const hash = payload.at_hash;
    const isBound =
      typeof hash !== 'string' || !accessToken || isHashOf(hash, accessToken, protectedHeader.alg);
    if (!isBound) throw new OAuthError('invalid request', 'Bad ID token');
    return payload;
  }

  #discover(): Promise<Discovered> {
    this.#discovered ??= discover(this.settings).catch((error: unknown) => {
      this.#discovered = null;
      throw this.#unreachable(error);
    });
    return this.#discovered;
  }

  #unreachable(error: unknown): AuthError {
    this.logger.warn(`${this.name} at ${this.settings.issuer}: ${reasonOf(error)}`);
    return new AuthError(503, 'unexpected_failure', `The provider ${this.name} can't be reached`);
  }
}
