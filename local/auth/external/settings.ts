/** `[auth.external.<provider>]` in config.toml: the accounts elsewhere that people sign in with. */
import { z } from 'zod';
import type { StackConfig } from '../../config.ts';
import { projectEnvironment, resolveValue } from '../../env-files.ts';

/** Those that speak OpenID Connect; `keycloak` is any such server, named by its `url`. */
export const providerNames = ['apple', 'google', 'keycloak'] as const;
export type ProviderName = (typeof providerNames)[number];

export interface ProviderSettings {
  readonly enabled: boolean;
  /** The first is the web client; ID tokens of native apps may be meant for the others. */
  readonly clientIds: readonly string[];
  readonly secret: string;
  readonly redirectUri: string;
  /** What the issuer publishes about itself names all other addresses. */
  readonly issuer: string;
  /** Other names of the issuer that its ID tokens may carry. */
  readonly issuerAliases: readonly string[];
  readonly skipNonceCheck: boolean;
  /** People without an e-mail address may sign in. */
  readonly emailOptional: boolean;
}
export type ExternalSettings = Readonly<Record<ProviderName, ProviderSettings>>;

const sectionSchema = z.looseObject({
  enabled: z.boolean().default(false),
  client_id: z.string().default(''),
  secret: z.string().default(''),
  url: z.string().default(''),
  redirect_uri: z.string().default(''),
  skip_nonce_check: z.boolean().default(false),
  email_optional: z.boolean().default(false),
});
export const externalSchema = z.record(z.string(), sectionSchema).default({});

const issuers: Record<Exclude<ProviderName, 'keycloak'>, readonly [string, ...string[]]> = {
  apple: ['https://appleid.apple.com', 'https://account.apple.com'],
  google: ['https://accounts.google.com', 'accounts.google.com'],
};

export async function readExternalSettings(
  config: Pick<StackConfig, 'projectDir' | 'url'>,
  sections: z.infer<typeof externalSchema>,
): Promise<ExternalSettings> {
  const environment = await projectEnvironment(config.projectDir);
  const resolve = (value: string) => resolveValue(value, environment);

  const settingsOf = (name: ProviderName): ProviderSettings => {
    const section = sectionSchema.parse(sections[name] ?? {});
    const [issuer, ...issuerAliases] =
      name === 'keycloak' ? [resolve(section.url).replace(/\/$/, '')] : issuers[name];
    return {
      enabled: section.enabled,
      clientIds: resolve(section.client_id)
        .split(',')
        .map((id) => id.trim())
        .filter((id) => id !== ''),
      secret: resolve(section.secret),
      redirectUri: resolve(section.redirect_uri) || `${config.url}/auth/v1/callback`,
      issuer,
      issuerAliases,
      skipNonceCheck: section.skip_nonce_check,
      emailOptional: section.email_optional,
    };
  };
  return {
    apple: settingsOf('apple'),
    google: settingsOf('google'),
    keycloak: settingsOf('keycloak'),
  };
}
