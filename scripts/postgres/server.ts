/** One Postgres cluster of ours: made at its first start, on a port of 127.0.0.1, no password. */
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { z } from 'zod';
import { type Binaries, findBinaries } from './binaries.ts';
import { type Command, inChroot, type Log } from './chroot.ts';

const runningSchema = z.object({ pid: z.int().positive(), url: z.string() });
export type Running = z.infer<typeof runningSchema>;

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '300',
  wal_level: 'logical',
  'cron.database_name': 'postgres',
  // What was committed survives a killed process, not a power failure: right for tests, and fast.
  fsync: 'off',
  full_page_writes: 'off',
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  jit: 'off',
  log_checkpoints: 'off',
};

/** The server that an earlier call started, when it still answers. */
export async function runningServer(stateDir: string): Promise<Running | undefined> {
  try {
    const running = runningSchema.parse(JSON.parse(readFileSync(runningFile(stateDir), 'utf8')));
    return isAlive(running.pid) && (await answers(running.url)) ? running : undefined;
  } catch {
    return undefined;
  }
}

/** Resolves when the server answers; it goes on when this process ends. */
export async function startServer(
  stateDir: string,
  log: Log,
  preload: readonly string[] = [],
): Promise<Running> {
  mkdirSync(stateDir, { recursive: true });
  const binaries = findBinaries(stateDir, log);
  const dataDir = prepareCluster(stateDir, binaries);
  const port = await freePort();
  const [program, ...args] = commandOf(binaries, [
    join(binaries.binDir, 'postgres'),
    ...['-D', dataDir, '-p', String(port)],
    ...['-c', `shared_preload_libraries=${['pg_cron', ...preload].join(',')}`],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const logPath = join(stateDir, 'postgres.log');
  const logFile = openSync(logPath, 'w');
  const child = spawn(program, args, { detached: true, stdio: ['ignore', logFile, logFile] });
  closeSync(logFile);
  let ended = false;
  child.once('error', () => {
    ended = true;
  });
  child.once('exit', () => {
    ended = true;
  });

  const url = `postgres://supabase_admin@127.0.0.1:${port}/postgres`;
  while (!(await answers(url))) {
    if (ended) throw new Error(`Postgres did not start:\n${readFileSync(logPath, 'utf8')}`);
    await sleep(100);
  }
  child.unref();
  const running = runningSchema.parse({ pid: child.pid, url });
  writeFileSync(runningFile(stateDir), JSON.stringify(running));
  return running;
}

/** Disconnects all clients; resolves when the server is gone. */
export async function stopServer(stateDir: string, { pid }: Running): Promise<void> {
  process.kill(pid, 'SIGINT');
  while (isAlive(pid)) await sleep(50);
  rmSync(runningFile(stateDir), { force: true });
}

/** The cluster's folder, as the server sees it. */
function prepareCluster(stateDir: string, binaries: Binaries): string {
  const dataDir = binaries.root === null ? join(stateDir, 'data') : '/var/lib/karigar/data';
  const folder = join(binaries.root ?? '/', dataDir);
  const complete = `${folder}.complete`;
  if (existsSync(complete)) return dataDir;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(folder, { mode: 0o700 });
  if (process.getuid?.() === 0) {
    execute(commandOf(binaries, ['chown', 'postgres:postgres', dataDir], 'root'));
  }
  execute(
    commandOf(binaries, [
      join(binaries.binDir, 'initdb'),
      ...['-D', dataDir, '--username=supabase_admin', '--auth=trust', '--encoding=UTF8'],
      // Text sorts as on hosted.
      ...['--locale-provider=icu', '--icu-locale=en-US', '--locale=C.UTF-8'],
    ]),
  );
  writeFileSync(complete, '');
  return dataDir;
}

/** Postgres refuses to run as root. */
function commandOf({ root }: Binaries, command: Command, user = 'postgres'): Command {
  if (root !== null) return inChroot(root, user, command);
  if (process.getuid?.() !== 0 || user === 'root') return command;
  return ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups', ...command];
}

function execute([program, ...args]: Command): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} failed:\n${stdout}${stderr}`, { cause: error });
}

async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2 });
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = z.looseObject({ port: z.int() }).parse(server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function runningFile(stateDir: string): string {
  return join(stateDir, 'running.json');
}
