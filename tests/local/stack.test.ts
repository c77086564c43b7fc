import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startStack } from '../../local/stack.ts';
import { createDatabase } from '../../scripts/scratch-database.ts';
import { writeBookings } from './booking-writers.ts';
import {
  descendants,
  livingOf,
  readState,
  type StackProcess,
  startProcess,
  trySnippet,
} from './stack-process.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const embedded = !process.env.DATABASE_URL;
const started: StackProcess[] = [];
let dir: string;
let database: Awaited<ReturnType<typeof createDatabase>> | null;

beforeAll(async () => {
  const serverUrl = process.env.DATABASE_URL;
  database = serverUrl ? await createDatabase(serverUrl) : null;
  dir = await mkdtemp(join(tmpdir(), 'karigar-stack-'));
});
afterAll(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await database?.drop();
  await rm(dir, { recursive: true, force: true });
});

function start(name: string, args: readonly string[] = [], command: 'start' | 'reset' = 'start') {
  const ports = command === 'start' ? ['--api-port', '0', '--db-port', '0'] : [];
  const env = database === null ? {} : { DATABASE_URL: database.url };
  const all = ['--state-dir', join(dir, name), ...ports, ...args];
  const stack = startProcess(command, all, env);
  started.push(stack);
  return stack;
}

const readCommand = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8');

async function occupied(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' ? (address?.port ?? 0) : 0 };
}

// One stack after the other on one state directory: a cold start takes a while.
describe('npm start', () => {
  const acknowledged = new Set<string>();
  let stack: StackProcess;

  it('comes up, and its snippet works as printed', async () => {
    stack = start('state');
    await stack.up;
    const { url, publishableKey, secretKey } = await readState(join(dir, 'state'));
    const output = stack.output();
    for (const text of [url, publishableKey, secretKey, `${url}/_inbox`]) {
      expect(output).toContain(text);
    }
    expect(output).toMatch(/^ {2}localpro +\+91\d{10} /m);
    const { items } = z
      .object({ items: z.array(z.object({ name: z.string() })) })
      .parse(await trySnippet(output));
    expect(items.map(({ name }) => name)).toContain('Master Plumber Services');
  }, 120_000);

  it.runIf(embedded)(
    'refuses a second stack on the same data',
    async () => {
      const second = start('state');
      expect(await second.exited).toEqual({ code: 1, signal: null });
      expect(second.output()).toMatch(/in use by another running stack/);
      const reset = start('state', [], 'reset');
      expect((await reset.exited).code).toBe(1);
      expect(reset.output()).toMatch(/The stack is running/);
    },
    60_000,
  );

  it('leaves nothing running when it is killed while bookings are written', async () => {
    const api = await readState(join(dir, 'state'));
    await fetch(`${api.url}/functions/v1/otp`);
    const below = await descendants(stack.child.pid ?? 0);
    expect(below.length).toBeGreaterThanOrEqual(embedded ? 2 : 1);
    const writers = writeBookings(api, 8, acknowledged);
    await vi.waitUntil(() => acknowledged.size >= 60, { timeout: 60_000, interval: 5 });
    stack.child.kill('SIGKILL');
    expect(await writers).toEqual([]);
    await vi.waitUntil(async () => (await livingOf(below)).length === 0, { timeout: 10_000 });
  }, 120_000);

  it('recovers by itself, with every booking that was acknowledged', async () => {
    stack = start('state');
    await stack.up;
    const { databaseUrl } = await readState(join(dir, 'state'));
    const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
    const rows = await sql<{ id: string }[]>`select id from public.bookings`.finally(() =>
      sql.end(),
    );
    const present = new Set(rows.map(({ id }) => id));
    expect([...acknowledged].filter((id) => !present.has(id))).toEqual([]);
  }, 120_000);

  it.runIf(embedded)(
    'stops with a message when its database is killed',
    async () => {
      const { pid = 0 } = stack.child;
      const below = await descendants(pid);
      const database = below.find((child) => readCommand(child).includes('database/process.ts'));
      process.kill(database ?? 0, 'SIGKILL');
      expect(await stack.exited).toEqual({ code: 1, signal: null });
      expect(stack.output()).toContain('The database stopped');
      expect(await livingOf(below)).toEqual([]);
    },
    60_000,
  );

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stops everything on %s',
    async (signal) => {
      if (stack.child.exitCode !== null) {
        stack = start('state');
        await stack.up;
      }
      const { url } = await readState(join(dir, 'state'));
      // A function's process belongs to what has to end, too.
      await fetch(`${url}/functions/v1/otp`);
      const below = await descendants(stack.child.pid ?? 0);
      stack.child.kill(signal);
      expect(await stack.exited).toEqual({ code: 0, signal: null });
      expect(await livingOf(below)).toEqual([]);
      await expect(readFile(join(dir, 'state', 'stack.json'))).rejects.toThrow(/ENOENT/);
    },
    120_000,
  );

  it('gives up its start on SIGINT', async () => {
    stack = start('state');
    await vi.waitUntil(() => stack.output().includes('Preparing the platform'), {
      timeout: 60_000,
    });
    const below = await descendants(stack.child.pid ?? 0);
    stack.child.kill('SIGINT');
    expect(await stack.exited).toEqual({ code: 0, signal: null });
    expect(stack.output()).not.toContain('Try it:');
    expect(await livingOf(below)).toEqual([]);
  }, 120_000);

  it.runIf(embedded)(
    'names a damaged data directory',
    async () => {
      await writeFile(join(dir, 'state', 'database', 'PG_VERSION'), 'nonsense');
      const damaged = start('state');
      expect(await damaged.exited).toEqual({ code: 1, signal: null });
      expect(damaged.output()).toContain(join(dir, 'state', 'database'));
      expect(damaged.output()).not.toMatch(/^\s+at /m);
    },
    60_000,
  );

  it.runIf(embedded)(
    'has its data deleted by npm run reset, but not its keys',
    async () => {
      const reset = start('state', [], 'reset');
      expect(await reset.exited).toEqual({ code: 0, signal: null });
      await expect(readFile(join(dir, 'state', 'database', 'PG_VERSION'))).rejects.toThrow(
        /ENOENT/,
      );
      expect(await readFile(join(dir, 'state', 'keys.json'), 'utf8')).toContain('sb_secret_');
    },
    60_000,
  );

  it.skipIf(embedded)(
    'has its native database emptied by npm run reset, if told twice',
    async () => {
      const asked = start('state', [], 'reset');
      expect((await asked.exited).code).toBe(1);
      expect(asked.output()).toContain('npm run reset -- --yes');
      const reset = start('state', ['--yes'], 'reset');
      expect((await reset.exited).code).toBe(0);
      const sql = postgres(database?.url ?? '', { max: 1 });
      const [row] = await sql`select to_regclass('public.bookings') as bookings`.finally(() =>
        sql.end(),
      );
      expect(row).toEqual({ bookings: null });
    },
    60_000,
  );
});

describe('a start that fails', () => {
  it.each(embedded ? ['--api-port', '--db-port'] : ['--api-port'])(
    'names the busy port of %s',
    async (option) => {
      const { server, port } = await occupied();
      try {
        const refused = start('busy', [option, String(port)]);
        expect(await refused.exited).toEqual({ code: 1, signal: null });
        expect(refused.output()).toContain(`Port ${port}`);
        expect(refused.output()).not.toMatch(/^\s+at /m);
      } finally {
        server.close();
      }
    },
  );

  it('explains its options', async () => {
    for (const args of [['--api-port', 'x'], ['--nonsense']]) {
      const refused = start('options', args);
      expect(await refused.exited).toEqual({ code: 1, signal: null });
      expect(refused.output()).toContain('--state-dir DIR');
    }
  });

  it('shows file, statement and message of a failing migration, and stops what it started', async () => {
    const projectDir = join(dir, 'project');
    await mkdir(join(projectDir, 'supabase', 'migrations'), { recursive: true });
    await cp(join(root, 'supabase/config.toml'), join(projectDir, 'supabase/config.toml'));
    await symlink(join(root, 'node_modules'), join(projectDir, 'node_modules'));
    await writeFile(
      join(projectDir, 'supabase/migrations/20260101000000_wrong.sql'),
      'create table public.things (id integer);\nselect nothing from public.things;\n',
    );
    const before = await descendants(process.pid);
    const serverUrl = process.env.DATABASE_URL;
    const empty = serverUrl ? await createDatabase(serverUrl) : null;
    const attempt = startStack({
      projectDir,
      stateDir: join(dir, 'failing'),
      apiPort: 0,
      dbPort: 0,
      ...(empty && { databaseUrl: empty.url }),
    });
    await expect(attempt).rejects.toThrow(
      /20260101000000_wrong\.sql.*column "nothing" does not exist.*select nothing/s,
    );
    expect((await descendants(process.pid)).filter((pid) => !before.includes(pid))).toEqual([]);
    await empty?.drop();
  }, 60_000);
});
