/**
 * Runs docs/deploy.md from top to bottom on a fresh copy of the repository: the CLI itself, against
 * a scratch database and what stands for api.supabase.com.
 */
import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEnvFile } from '../../local/env-files.ts';
import { projectDir } from '../../scripts/paths.ts';
import { createScratchDatabase, type ScratchDatabase } from '../../scripts/scratch-database.ts';
import { startManagementApi } from '../helpers/management-api.ts';

const ref = 'abcdefghijklmnopqrst';
const page = await readFile(join(projectDir, 'docs/deploy.md'), 'utf8');

/** The blocks of the page in their order; what they have of a project is a project's. */
const blocks = [...page.matchAll(/^ *```(\w+)\n(.*?)^ *```$/gms)].map(
  ([, language = '', code = '']) => ({
    language,
    code: code.replace(/^ {3}/gm, '').replaceAll('your-project-ref', ref),
  }),
);

let copy: string;
let database: ScratchDatabase;
let api: Awaited<ReturnType<typeof startManagementApi>>;
let sql: Sql;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'karigar-deploy-'));
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const { stdout } = await promisify(execFile)('git', list, { cwd: projectDir });
  for (const path of stdout.split('\0').filter((path) => path !== '')) {
    // A file that was removed and not committed is still on the list.
    await cp(join(projectDir, path), join(copy, path)).catch(() => {});
  }
  await symlink(join(projectDir, 'node_modules'), join(copy, 'node_modules'));
  database = await createScratchDatabase();
  sql = postgres(database.databaseUrl, { max: 1, onnotice: () => {} });
  api = await startManagementApi(ref);
  await writeFile(
    join(copy, 'profile.yaml'),
    [
      'name: test',
      ...['api_url', 'dashboard_url', 'docs_url'].map((key) => `${key}: ${api.url}`),
      'project_host: supabase.test',
    ].join('\n'),
  );
});
afterAll(async () => {
  await sql.end();
  await api.stop();
  await database.drop();
  await rm(copy, { recursive: true, force: true });
});

/** Runs a line as a shell in the copy does; a linked project's database is the scratch one. */
async function run(line: string): Promise<{ code: number | null; output: string }> {
  const isOfDatabase = /^npx supabase (db|migration|gen) /.test(line);
  const command = isOfDatabase ? line.replace('--remote', '--remote="$DATABASE"') : line;
  const { SEND_SMS_HOOK_SECRET: _, DATABASE_URL: __, ...inherited } = process.env;
  const child = spawn('bash', ['-c', command], {
    cwd: copy,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...inherited,
      PROJECT_REF: ref,
      DATABASE: database.databaseUrl,
      PGSSLMODE: 'disable',
      SUPABASE_ACCESS_TOKEN: `sbp_${'0'.repeat(40)}`,
      SUPABASE_PROFILE: join(copy, 'profile.yaml'),
      SUPABASE_HOME: join(copy, '.home'),
      // On a terminal it asks.
      SUPABASE_YES: '1',
      SUPABASE_NO_UPDATE_NOTIFIER: '1',
      SUPABASE_TELEMETRY_DISABLED: '1',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output };
}

async function expectSuccess(line: string): Promise<void> {
  const { code, output } = await run(line);
  expect(code, `${line}\n${output}`).toBe(0);
}

async function follow({ language, code }: (typeof blocks)[number]): Promise<void> {
  if (language === 'toml') {
    const file = join(copy, 'supabase/config.toml');
    await writeFile(file, `${await readFile(file, 'utf8')}\n${code}`);
  } else if (language === 'sql') {
    await sql.unsafe(code);
  } else {
    for (const line of code.split('\n').filter((line) => line !== '')) await expectSuccess(line);
  }
}

const bodiesTo = (method: string, path: string): unknown[] =>
  api.calls
    .filter((call) => call.method === method && call.path === `/v1/projects/${ref}/${path}`)
    .map(({ body }) => JSON.parse(body));

test('without its first step the CLI refuses every command', async () => {
  const { code, output } = await run('npx supabase migration list --remote');
  expect(code).not.toBe(0);
  expect(output).toContain('auth.hook.send_sms.secrets');
});

test('the page runs from top to bottom, also after another line without an end', async () => {
  await writeFile(join(copy, 'supabase/.env'), 'SEND_SMS_HOOK_SECRET=\nGOOGLE_CLIENT_SECRET=x');
  for (const block of blocks) {
    // Who is made an admin has signed in before.
    if (block.code.includes('auth.users')) {
      await sql`insert into auth.users (id, phone) values (gen_random_uuid(), '919876543210')`;
    }
    await follow(block);
  }

  expect(await sql`select name from private.client_ip_headers`).toEqual([
    { name: 'cf-connecting-ip' },
  ]);
  expect(
    await sql`
      select role from public.user_roles
      where user_id = (select id from auth.users where phone = '919876543210')`,
  ).toEqual([{ role: 'admin' }]);
}, 300_000);

test('Auth and the functions got the same secret', async () => {
  const { SEND_SMS_HOOK_SECRET: secret, ...others } = await readEnvFile(copy, 'supabase/.env');
  expect(secret).toMatch(/^v1,whsec_.{44}$/);
  expect(others).toEqual({ GOOGLE_CLIENT_SECRET: 'x' });
  expect(bodiesTo('POST', 'secrets')).toEqual([[{ name: 'SEND_SMS_HOOK_SECRET', value: secret }]]);
  expect(bodiesTo('PATCH', 'config/auth')).toEqual([
    expect.objectContaining({
      external_phone_enabled: true,
      hook_send_sms_enabled: true,
      hook_send_sms_uri: `https://${ref}.supabase.co/functions/v1/otp`,
      hook_send_sms_secrets: secret,
      jwt_exp: 900,
      site_url: 'https://app.example.com',
      uri_allow_list: 'https://app.example.com/**',
    }),
  ]);
});

test('the functions get the variables of their own as well', async () => {
  await writeFile(join(copy, 'supabase/functions/.env'), 'TWILIO_FROM=+15005550006\n');
  await expectSuccess('npx supabase secrets set --env-file supabase/functions/.env');
  expect(bodiesTo('POST', 'secrets').at(-1)).toEqual(
    expect.arrayContaining([
      { name: 'SEND_SMS_HOOK_SECRET', value: expect.stringMatching(/^v1,whsec_/) },
      { name: 'TWILIO_FROM', value: '+15005550006' },
    ]),
  );
});

test('the other settings of config.toml were sent as well', () => {
  expect(bodiesTo('PATCH', 'postgrest')).toEqual([
    expect.objectContaining({ db_schema: 'public', max_rows: 1000 }),
  ]);
  expect(bodiesTo('PATCH', 'config/storage')).toEqual([
    expect.objectContaining({ fileSizeLimit: 50 * 1024 * 1024 }),
  ]);
});

test('no address of a developer’s machine left it', () => {
  const sent = api.calls.filter(({ path }) => /config|postgrest|secrets/.test(path));
  expect(sent.map(({ body }) => body).join()).not.toMatch(/localhost|127\.0\.0\.1|docker/);
});

test('every function was deployed', () => {
  const deployed = api.calls.filter(({ path }) => path.endsWith('/functions/deploy'));
  const names = deployed.map(({ body }) => /functions\/(\w+)\/index\.ts/.exec(body)?.[1]);
  expect(names.sort()).toEqual(['admin', 'otp']);
});

// What `db lint` asks for, plpgsql_check, only native servers have.
test.each([
  'npx supabase migration list --remote',
  'npx supabase gen types --remote',
  ...(process.env.DATABASE_URL ? ['npx supabase db lint --remote'] : []),
])('%s works now too', expectSuccess);
