/** What `supabase start` makes of config.toml: the CLI itself, up to what it tells Docker. */
import {
  chmod,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startDatabase } from '../../local/database/index.ts';
import { trySupabase } from '../../local/supabase.ts';
import { copyDatabaseTemplate } from '../../scripts/database-template.ts';
import { projectDir } from '../../scripts/paths.ts';
import { createScratchDatabase } from '../../scripts/scratch-database.ts';
import { listen } from '../helpers/auth-service.ts';

const containerSchema = z.object({
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
});
type Container = z.infer<typeof containerSchema>;

const hookSecret = `v1,whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const left =
  'realtime,storage-api,imgproxy,kong,mailpit,postgrest,postgres-meta,studio,logflare,vector,supavisor';

let folder: string;
let databasePort: number;
const closers: (() => Promise<void>)[] = [];

/** `supabase start` looks for a database that lets `postgres` in with the password "postgres". */
async function database(): Promise<number> {
  if (process.env.DATABASE_URL) {
    const { databaseUrl, drop } = await createScratchDatabase();
    closers.push(drop);
    return Number(new URL(databaseUrl).port);
  }
  const dataDir = join(folder, 'database');
  await copyDatabaseTemplate(dataDir);
  const log = { info() {}, warn() {}, error() {} };
  const { port, stop } = await startDatabase({ dataDir, port: 0, password: 'postgres', log });
  closers.push(stop);
  return port;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'karigar-start-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  databasePort = await database();
  await mkdir(join(folder, 'bin'));
  await copyFile(
    join(projectDir, 'tests/helpers/recording-docker.mjs'),
    join(folder, 'bin/docker'),
  );
  await chmod(join(folder, 'bin/docker'), 0o755);
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

/** Runs the CLI on a copy of the repository that has nothing but the secret. */
async function start(change: (config: string) => string = (config) => config) {
  // The CLI asks the gateway whether the functions are up.
  const gateway = await listen(() => Response.json({ message: 'ok' }));
  const project = await mkdtemp(join(folder, 'project-'));
  const recorded = join(project, 'recorded');
  await mkdir(recorded);
  for (const part of ['supabase/config.toml', 'functions', 'types']) {
    await cp(join(projectDir, part), join(project, part), { recursive: true });
  }
  const file = join(project, 'supabase/config.toml');
  const config = (await readFile(file, 'utf8'))
    .replace('port = 54321', `port = ${new URL(gateway.url).port}`)
    .replace('port = 54322', `port = ${databasePort}`);
  await writeFile(file, change(config));
  await writeFile(join(project, 'supabase/.env'), `SEND_SMS_HOOK_SECRET=${hookSecret}\n`);
  try {
    const { exitCode, stderr } = await trySupabase(['start', '--exclude', left], {
      projectDir: project,
      env: {
        SEND_SMS_HOOK_SECRET: undefined,
        RECORDED_DIR: recorded,
        PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter),
      },
    });
    const containers = new Map<string, Container>();
    for (const name of await readdir(recorded)) {
      const text = await readFile(join(recorded, name), 'utf8');
      const [, service = name] = /^supabase_(\w+)_karigar\.json$/.exec(name) ?? [];
      containers.set(service, containerSchema.parse(JSON.parse(text)));
    }
    return { exitCode, stderr, auth: containers.get('auth'), edge: containers.get('edge_runtime') };
  } finally {
    await gateway.stop();
  }
}

test('people sign in by phone, with codes that the hook sends', async () => {
  const { exitCode, stderr, auth, edge } = await start();
  expect(exitCode, stderr).toBe(0);
  expect(stderr).not.toContain('WARN');
  expect(auth?.env).toMatchObject({
    GOTRUE_EXTERNAL_PHONE_ENABLED: 'true',
    GOTRUE_SMS_AUTOCONFIRM: 'false',
    GOTRUE_HOOK_SEND_SMS_ENABLED: 'true',
    GOTRUE_HOOK_SEND_SMS_SECRETS: hookSecret,
    GOTRUE_HOOK_BEFORE_USER_CREATED_ENABLED: 'true',
    GOTRUE_HOOK_BEFORE_USER_CREATED_URI: 'pg-functions://postgres/private/before_user_created',
    // Named, and never asked while the hook is on; `twilio_verify` would check the codes itself.
    GOTRUE_SMS_PROVIDER: 'twilio',
  });
  expect(auth?.env.GOTRUE_HOOK_SEND_SMS_URI).toMatch(
    /^http:\/\/host\.docker\.internal:\d+\/functions\/v1\/otp$/,
  );
  expect(auth?.args).toContain('host.docker.internal:host-gateway');
  // What Auth signs with, the function checks with.
  expect(edge?.env.SEND_SMS_HOOK_SECRET).toBe(hookSecret);
}, 120_000);

test('the CLI would turn phones off without a provider, whatever the hook says', async () => {
  const { stderr, auth } = await start((config) =>
    config.replace(
      /^\[auth\.sms\.twilio\]\nenabled = true$/m,
      '[auth.sms.twilio]\nenabled = false',
    ),
  );
  expect(stderr).toContain('no SMS provider is enabled');
  expect(auth?.env.GOTRUE_EXTERNAL_PHONE_ENABLED).toBe('false');
}, 120_000);
