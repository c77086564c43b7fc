/** Starting, stopping and surviving: the process around the engine and its data directory. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type Database, DatabaseStartError, startDatabase } from '../../local/database/index.ts';
import { password, silent, start as startIn, urlOf, WireClient } from './database-client.ts';

// each test starts an engine or two
vi.setConfig({ testTimeout: 60_000 });

let root: string;
let dataDir: string;

/** A test that fails leaves its database to this. */
const running: Database[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((database) => database.stop()));
});
const start = async (directory: string) => {
  const database = await startIn(directory);
  running.push(database);
  return database;
};

const connect = (port: number) =>
  postgres(urlOf(port), { max: 4, onnotice: () => {}, connect_timeout: 20 });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'karigar-database-'));
  dataDir = join(root, 'data');
  await (await start(dataDir)).stop();
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function failure(promise: Promise<Database>): Promise<DatabaseStartError> {
  const error = await promise.then(
    (database) => database.stop(),
    (reason: unknown) => reason,
  );
  if (error instanceof DatabaseStartError) return error;
  throw new Error(`expected a DatabaseStartError, got ${error}`);
}

test('stops cleanly and starts again with its data', async () => {
  const first = await start(dataDir);
  const sql = connect(first.port);
  await sql`create table kept as select 42 as value`;
  await sql.end();
  await first.stop();
  expect(await first.exited).toBeNull();

  const second = await start(dataDir);
  const again = connect(second.port);
  expect(await again`select value from kept`).toEqual([{ value: 42 }]);
  await again.end();
  await second.stop();
});

test('names a busy port', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const error = await failure(startDatabase({ dataDir, port, password, log: silent }));
  expect(error.code).toBe('port_busy');
  expect(error.message).toContain(String(port));
  server.close();
});

test('refuses a directory that another stack uses, until that is killed', async () => {
  const owner = await startApart(dataDir);
  const error = await failure(start(dataDir));
  expect(error.code).toBe('directory_locked');
  expect(error.message).toContain(dataDir);
  await owner.kill();
  await (await start(dataDir)).stop();
});

test('takes over a lock whose process id belongs to another process now', async () => {
  const path = `${dataDir}.lock`;
  await writeFile(path, JSON.stringify({ pid: process.pid, startedAt: 'another boot/1' }));
  await (await start(dataDir)).stop();
  await writeFile(path, 'half a fi');
  await (await start(dataDir)).stop();
  expect(existsSync(path)).toBe(false);
});

test('begins again where making the directory was cut short', async () => {
  const unfinished = join(root, 'unfinished');
  await mkdir(unfinished);
  await writeFile(join(unfinished, 'initialising'), '');
  await writeFile(join(unfinished, 'PG_VERSION'), '18\n');
  const database = await start(unfinished);
  const sql = connect(database.port);
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  await sql.end();
  await database.stop();
});

test.each([
  ['a truncated control file', (dir: string) => truncate(join(dir, 'global/pg_control'), 100)],
  ['no WAL', (dir: string) => rm(join(dir, 'pg_wal'), { recursive: true })],
  ['no catalog', (dir: string) => rm(join(dir, 'base'), { recursive: true })],
  ['something else', (dir: string) => rm(join(dir, 'PG_VERSION'))],
])('names a damaged directory and the way out: %s', async (what, damage) => {
  const damaged = join(root, what.replaceAll(' ', '-'));
  await cp(dataDir, damaged, { recursive: true });
  await damage(damaged);
  const error = await failure(start(damaged));
  expect(error.code).toBe('directory_damaged');
  expect(error.message).toContain(damaged);
  expect(error.message).toContain('npm run reset');
});

test('kill -9 during writes loses nothing that was acknowledged', async () => {
  let acknowledged = 0;
  for (let round = 0; round < 2; round += 1) {
    const apart = await startApart(dataDir);
    const sql = connect(apart.port);
    await sql`create table if not exists log (id int primary key, filler text)`;
    const [before] = await sql<{ count: number }[]>`select count(*)::int as count from log`;
    expect(before?.count).toBeGreaterThanOrEqual(acknowledged);
    let next =
      (await sql<{ max: number }[]>`select coalesce(max(id), 0) as max from log`)[0]?.max ?? 0;
    const confirmed: number[] = [];
    const writers = Array.from({ length: 4 }, async () => {
      for (;;) {
        const id = ++next;
        await sql`insert into log values (${id}, ${'x'.repeat(500)})`;
        confirmed.push(id);
      }
    });
    const outcomes = Promise.allSettled(writers);
    while (confirmed.length < 100 * (round + 1)) await new Promise(setImmediate);
    await apart.kill();
    await outcomes;
    await sql.end({ timeout: 0 });
    acknowledged += confirmed.length;

    const database = await start(dataDir);
    const check = connect(database.port);
    const rows = await check<{ id: number }[]>`select id from log where id in ${check(confirmed)}`;
    expect(rows.length).toBe(confirmed.length);
    await check.end();
    await database.stop();
  }
}, 120_000);

test('keeps the log short and the planner informed', async () => {
  const database = await start(dataDir);
  const sql = connect(database.port);
  await sql`create table busy as select g as id, repeat(md5(g::text), 20) as filler from generate_series(1, 120000) g`;
  const state = async () =>
    (
      await sql<{ rows: number; log: number }[]>`
        select reltuples::int as rows, (pg_current_wal_insert_lsn() - redo_lsn)::int as log
        from pg_control_checkpoint(), pg_class where relname = 'busy'`
    )[0];
  await expect.poll(state, { timeout: 30_000, interval: 500 }).toMatchObject({
    rows: 120_000,
    log: expect.toSatisfy((bytes) => bytes < 16 * 1024 * 1024),
  });
  await sql.end();
  await database.stop();
});

test('starts again by itself after the engine has crashed', async () => {
  const database = await start(dataDir);
  const sql = connect(database.port);
  await sql`create table before_crash as select 1 as value`;
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const { client } = await WireClient.login(database.port);
  await expect(client.query("select repeat('[', 10000000)::jsonb")).rejects.toThrow('57P02');
  await sql.end({ timeout: 0 });
  // A new client each time: one that came while the engine went may wait for long.
  const found = async () => {
    const fresh = connect(database.port);
    const query = fresh`select value from before_crash`.catch(() => []);
    const late = new Promise((resolve) => setTimeout(resolve, 5_000, []));
    return await Promise.race([query, late]).finally(() => fresh.end({ timeout: 0 }));
  };
  await expect.poll(found, { timeout: 60_000 }).toEqual([{ value: 1 }]);
  await database.stop();
  expect(await database.exited).toBeNull();
}, 120_000);

test('ends with the process that started it, even inside a statement', async () => {
  const apart = await startApart(dataDir);
  const sql = connect(apart.port);
  await sql`select 1`;
  const endless = sql`select count(*) from generate_series(1, 100000000000)`.catch(() => 'cut off');
  await new Promise((resolve) => setTimeout(resolve, 200));
  process.kill(apart.parent.pid ?? 0, 'SIGKILL');
  expect(await endless).toBe('cut off');
  await expect.poll(() => isRunning(apart.pid), { timeout: 10_000 }).toBe(false);
  await sql.end({ timeout: 0 });
});

const isRunning = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** A database whose processes can be killed: its parent is a process of its own. */
async function startApart(directory: string) {
  const script = fileURLToPath(new URL('./database-parent.ts', import.meta.url));
  const parent: ChildProcess = spawn(process.execPath, ['--import', 'tsx', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    parent.stdout?.once('data', (text: Buffer) => resolve(Number(text.toString())));
    parent.once('exit', (code) => reject(new Error(`ended with ${code}`)));
  });
  const { pid } = JSON.parse(await readFile(`${directory}.lock`, 'utf8'));
  return {
    ...{ parent, port, pid },
    /** kill -9 of the database process; its parent ends then. */
    async kill() {
      const ended = new Promise((resolve) => parent.once('exit', resolve));
      process.kill(pid, 'SIGKILL');
      await ended;
    },
  };
}
