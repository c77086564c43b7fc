/** The providers by name, or the reason why one can't be used. */
import type { Logger } from '../../service.ts';
import { AuthError, validationFailed } from '../errors.ts';
import { Provider } from './provider.ts';
import type { ExternalSettings } from './settings.ts';

export interface Providers {
  /** To send somebody there. */
  forSignIn(name: string): Provider;
  /** Of somebody who comes back; it may have been turned off meanwhile. */
  forCallback(name: string): Provider;
  /** Whose ID token this is said to be, by the provider's name or its issuer. */
  forIdToken(given: { provider: string; issuer: string }): Provider;
}

export function createProviders(external: ExternalSettings, logger: Logger): Providers {
  const { apple, google, keycloak } = external;
  const providers = [
    new Provider('apple', apple, logger),
    new Provider('google', google, logger),
    new Provider('keycloak', keycloak, logger),
  ];

  function find(name: string, refusal: (message: string) => AuthError): Provider {
    const provider = providers.find((candidate) => candidate.name === name.toLowerCase());
    const problem = provider ? provider.problem : `Provider ${name} could not be found`;
    if (!provider || problem) throw refusal(`Unsupported provider: ${problem}`);
    return provider;
  }

  return {
    forSignIn: (name) => find(name, validationFailed),
    forCallback: (name) =>
      find(name, (message) => new AuthError(400, 'oauth_provider_not_supported', message)),
    forIdToken({ provider: name, issuer }) {
      const provider =
        providers.find((candidate) => candidate.name === name) ??
        providers.find(({ settings }) => issuer !== '' && settings.issuer === issuer);
      if (!provider) throw validationFailed(`Custom OIDC provider "${name}" not allowed`);
      const { settings } = provider;
      if (!settings.enabled) {
        const message = `Provider (issuer "${settings.issuer}") is not enabled`;
        throw new AuthError(400, 'provider_disabled', message);
      }
      return provider;
    },
  };
}
