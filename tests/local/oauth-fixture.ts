/** An auth service whose providers are all one certified OpenID provider on this machine. */
import { createClient, type Provider, type SupabaseClient } from '@supabase/supabase-js';
import type { ProviderSettings } from '../../local/auth/external/settings.ts';
import type { AuthSettings } from '../../local/auth/settings.ts';
import { type AuthService, startAuthService } from '../helpers/auth-service.ts';
import { type Visit, visit } from '../helpers/browser.ts';
import { type OpenIdProvider, startOpenIdProvider } from '../helpers/openid-provider.ts';
import { transport } from '../helpers/transport.ts';

export const siteUrl = 'http://app.example.com';

export interface OAuthServices {
  readonly judge: OpenIdProvider;
  readonly auth: AuthService;
  /** The same over the same database, with other settings. */
  readonly also: (
    settings: Partial<AuthSettings>,
    provider?: Partial<ProviderSettings>,
  ) => Promise<AuthService>;
  stop(): Promise<void>;
}

export async function startOAuth(adminUrl: string): Promise<OAuthServices> {
  const judge = await startOpenIdProvider();
  const services: AuthService[] = [];
  const also: OAuthServices['also'] = async (settings, provider) => {
    const service = await startAuthService(adminUrl, {
      settings: (url) => ({
        siteUrl,
        redirectUrls: ['https://*.example.org/**', 'karigar://callback'],
        manualLinkingEnabled: true,
        external: {
          apple: judge.settings(url, provider),
          google: judge.settings(url, provider),
          keycloak: judge.settings(url, { enabled: false, ...provider }),
        },
        ...settings,
      }),
    });
    services.push(service);
    return service;
  };
  return {
    judge,
    auth: await also({}),
    also,
    async stop() {
      for (const service of services) await service.stop();
      await judge.stop();
    },
  };
}

/** A client as a browser app has one: it keeps the verifier of its PKCE flow. */
export function pkceClient(auth: AuthService): SupabaseClient {
  const store = new Map<string, string>();
  return createClient(auth.url, auth.keys.publishableKey, {
    auth: {
      flowType: 'pkce',
      autoRefreshToken: false,
      detectSessionInUrl: false,
      storage: {
        getItem: (key: string) => store.get(key) ?? null,
        setItem: (key: string, value: string) => void store.set(key, value),
        removeItem: (key: string) => void store.delete(key),
      },
    },
    realtime: { transport },
  });
}

export interface SignInOptions {
  readonly redirectTo?: string;
  readonly scopes?: string;
  readonly queryParams?: Record<string, string>;
}

/** The address that `signInWithOAuth` sends the browser to. */
export async function signInUrl(
  client: SupabaseClient,
  options: SignInOptions = {},
  provider: Provider = 'google',
): Promise<string> {
  const { data, error } = await client.auth.signInWithOAuth({
    provider,
    options: { skipBrowserRedirect: true, ...options },
  });
  if (error) throw error;
  return data.url ?? '';
}

export async function signIn(
  auth: AuthService,
  sub: string,
  options: SignInOptions = {},
): Promise<Visit> {
  return visit(await signInUrl(auth.client(), options), sub);
}

export const hashOf = (url: URL): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(url.hash.slice(1)));
export const queryOf = (url: URL): Record<string, string> => Object.fromEntries(url.searchParams);

/** The client with the session that the app was opened with. */
export async function openSession(auth: AuthService, app: URL) {
  const { access_token = '', refresh_token = '' } = hashOf(app);
  const client = auth.client();
  const { data, error } = await client.auth.setSession({ access_token, refresh_token });
  if (error || !data.user) throw error ?? new Error('no session');
  return { client, user: data.user };
}
