/**
 * A native Postgres 17 with PostGIS, pgvector, pg_cron, pgTAP and plpgsql_check, without Docker.
 *
 *   npm run postgres               starts it and prints its DATABASE_URL; Ctrl-C stops it
 *   npm run postgres -- --detach   starts it, prints nothing but the URL, leaves it running
 *   npm run postgres -- stop       stops it
 *   npm run postgres -- --preload plpgsql_check   loads what hosted loads into every connection
 *
 * Its files live in KARIGAR_POSTGRES_DIR, by default `.karigar/postgres`.
 */
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { projectDir } from './paths.ts';
import { runningServer, startServer, stopServer } from './postgres/server.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    detach: { type: 'boolean', default: false },
    preload: { type: 'string', multiple: true, default: [] },
  },
});
const stateDir = resolve(
  process.env.KARIGAR_POSTGRES_DIR ?? join(projectDir, '.karigar', 'postgres'),
);

try {
  await main(positionals[0] ?? 'start');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(command: string): Promise<void> {
  const running = await runningServer(stateDir);
  if (command === 'stop') {
    if (running) await stopServer(stateDir, running);
    console.error(running ? 'Postgres is stopped.' : 'Postgres was not running.');
    return;
  }
  if (command !== 'start') throw new Error(`Unknown command ${command}: start or stop`);

  const log = (line: string) => console.error(line);
  const server = running ?? (await startServer(stateDir, log, flags.preload));
  if (flags.detach) {
    console.log(server.url);
    return;
  }
  console.log(`Postgres 17 ${running ? 'was already running' : 'is running'}:`);
  console.log(`\n  DATABASE_URL=${server.url}\n`);
  if (running) {
    console.log('`npm run postgres -- stop` stops it.');
    return;
  }
  console.log('Ctrl-C stops it.');
  // The interval keeps the process alive; the server is no child that would.
  const alive = setInterval(() => {}, 60_000);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  clearInterval(alive);
  await stopServer(stateDir, server);
}
