/** `[auth.external.*]` as the CLI reads it, and the routes behind the stack's own gateway. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readAuthSettings } from '../../local/auth/settings.ts';
import type { StackConfig } from '../../local/config.ts';
import { testStack } from '../helpers/stack.ts';

let projectDir: string;
let url: string;
beforeAll(async () => {
  ({ url } = await testStack());
  projectDir = await mkdtemp(join(tmpdir(), 'karigar-external-'));
  await mkdir(join(projectDir, 'supabase'));
});
afterAll(() => rm(projectDir, { recursive: true }));

async function settingsOf(toml: string, env = '') {
  await writeFile(join(projectDir, 'supabase', 'config.toml'), toml);
  await writeFile(join(projectDir, 'supabase', '.env'), env);
  const config: Pick<StackConfig, 'projectDir' | 'url'> = { projectDir, url: 'http://127.0.0.1:1' };
  return readAuthSettings(config);
}

it('turns nothing on by itself', async () => {
  const { external, manualLinkingEnabled } = await settingsOf('');
  expect(manualLinkingEnabled).toBe(false);
  expect(external.google).toEqual({
    enabled: false,
    clientIds: [],
    secret: '',
    redirectUri: 'http://127.0.0.1:1/auth/v1/callback',
    issuer: 'https://accounts.google.com',
    issuerAliases: ['accounts.google.com'],
    skipNonceCheck: false,
    emailOptional: false,
  });
});

it('reads secrets from supabase/.env, and before that from the environment', async () => {
  vi.stubEnv('TEST_CLIENT_SECRET', 'from the environment');
  try {
    const { external, manualLinkingEnabled } = await settingsOf(
      `[auth]
      enable_manual_linking = true
      [auth.external.keycloak]
      enabled = true
      client_id = "env(TEST_CLIENT_ID)"
      secret = "env(TEST_CLIENT_SECRET)"
      url = "https://id.example.com/realms/a/"
      redirect_uri = "https://api.example.com/callback"
      skip_nonce_check = true
      email_optional = true
      [auth.external.apple]
      secret = "env(TEST_UNSET)"
      [auth.external.github]
      enabled = true`,
      'TEST_CLIENT_ID="web, android"\nTEST_CLIENT_SECRET=file',
    );
    expect(manualLinkingEnabled).toBe(true);
    expect(external.keycloak).toEqual({
      enabled: true,
      clientIds: ['web', 'android'],
      secret: 'from the environment',
      redirectUri: 'https://api.example.com/callback',
      issuer: 'https://id.example.com/realms/a',
      issuerAliases: [],
      skipNonceCheck: true,
      emailOptional: true,
    });
    expect(external.apple.secret).toBe('');
  } finally {
    vi.unstubAllEnvs();
  }
});

it('a browser is sent to a provider, and comes back, without an API key', async () => {
  const away = await fetch(`${url}/auth/v1/authorize?provider=google`, { redirect: 'manual' });
  expect([away.status, await away.json()]).toMatchObject([
    400,
    { error_code: 'validation_failed' },
  ]);
  for (const method of ['GET', 'POST']) {
    const back = await fetch(`${url}/auth/v1/callback`, { method, redirect: 'manual' });
    expect(back.status).toBe(303);
    expect(back.headers.get('location')).toContain('error_code=bad_oauth_callback');
  }
  const linking = await fetch(`${url}/auth/v1/user/identities/authorize?provider=google`);
  expect(linking.status).toBe(401);
});
