import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { trySupabase } from '../../local/supabase.ts';
import { projectDir } from '../../scripts/paths.ts';

const configFile = join('supabase', 'config.toml');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'karigar-config-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** What the CLI has to say about a config.toml; `services` only reads it and prints versions. */
async function complaints(change: (config: string) => string): Promise<string> {
  await cp(join(projectDir, configFile), join(folder, configFile));
  const config = await readFile(join(folder, configFile), 'utf8');
  await writeFile(join(folder, configFile), change(config));
  return (await trySupabase(['services'], { projectDir: folder })).stderr.trim();
}

test('the CLI accepts config.toml without a warning', async () => {
  expect(await complaints((config) => config)).toBe('');
});

test('the CLI accepts providers that are turned on', async () => {
  const section = ['[auth.external.keycloak]', 'enabled = true', 'client_id = "a"', 'secret = "b"'];
  const url = 'url = "https://id.example.com/realms/a"';
  expect(
    await complaints((config) =>
      [
        config
          .replaceAll('enabled = false\nclient_id', 'enabled = true\nclient_id')
          .replace(/env\((GOOGLE|APPLE)_\w+\)/g, 'x'),
        ...section,
        url,
        'email_optional = true',
        'skip_nonce_check = true',
        'redirect_uri = ""',
      ].join('\n'),
    ),
  ).toBe('');
});

test('the CLI would name a key that it does not know', async () => {
  const complaint = await complaints((config) => `${config}\n[auth.unknown]\nkey = 1\n`);
  expect(complaint).toContain('auth.unknown');
});

test('the CLI would refuse a value of the wrong type', async () => {
  const wrong = 'jwt_expiry = "short"';
  expect(await complaints((config) => config.replace('jwt_expiry = 900', wrong))).not.toBe('');
});

test('tokens are short, refresh tokens rotate, nothing is exposed by being created', async () => {
  expect(parse(await readFile(join(projectDir, configFile), 'utf8'))).toMatchObject({
    api: { auto_expose_new_tables: false, schemas: ['public'] },
    db: { major_version: 17, seed: { sql_paths: ['../sql/seed/*.sql'] } },
    auth: {
      jwt_expiry: 900,
      enable_refresh_token_rotation: true,
      sessions: { inactivity_timeout: '168h' },
      hook: {
        send_sms: { enabled: true, secrets: 'env(SEND_SMS_HOOK_SECRET)' },
        before_user_created: {
          enabled: true,
          uri: 'pg-functions://postgres/private/before_user_created',
        },
      },
    },
    functions: { otp: { verify_jwt: false, entrypoint: '../functions/otp/index.ts' } },
  });
});
