/**
 * The database of the embedded stack: PGlite in a process of its own, which speaks the Postgres
 * wire protocol to several clients at once.
 *
 * Its clients share one backend, and so
 * - an open transaction makes the others wait, and is rolled back when idle for too long;
 * - a running statement can't be interrupted: cancel requests reach statements that still wait,
 *   statement_timeout and lock_timeout have no effect;
 * - temporary tables, SQL-level PREPARE, cursors WITH HOLD and currval() are common to all
 *   sessions, and session-level advisory locks exclude nobody (transactions do);
 * - pg_backend_pid() and pg_stat_activity know one process only;
 * - the data of a COPY … FROM STDIN is collected before it runs.
 */
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Logger } from '../service.ts';
import { type DatabaseEvent, eventSchema, type failureCodes } from './contract.ts';

export interface DatabaseOptions {
  readonly dataDir: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Of every role. */
  readonly password: string;
  readonly log: Logger;
  readonly idleInTransactionMs?: number;
}

export interface Database {
  readonly port: number;
  /** Ends the process after a checkpoint. */
  stop(): Promise<void>;
  /** Settles when the process has ended, with the reason when that was not `stop`. */
  readonly exited: Promise<string | null>;
}

export class DatabaseStartError extends Error {
  readonly code: (typeof failureCodes)[number];

  constructor(code: (typeof failureCodes)[number], message: string) {
    super(message);
    this.name = 'DatabaseStartError';
    this.code = code;
  }
}

export async function startDatabase(options: DatabaseOptions): Promise<Database> {
  const { log, password, port, idleInTransactionMs = 10_000 } = options;
  const dataDir = resolve(options.dataDir);
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const child = fork(fileURLToPath(new URL('./process.ts', import.meta.url)), [], {
    execArgv: ['--import', tsx],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => log.warn(text.trimEnd()));
  }

  let isStopping = false;
  let failure: Extract<DatabaseEvent, { type: 'failed' }> | undefined;
  const exited = new Promise<string | null>((settle) => {
    child.once('exit', (code, signal) => {
      if (isStopping) settle(null);
      else
        settle(failure?.message ?? `the database process ended (${signal ?? `exit code ${code}`})`);
    });
  });
  const ready = new Promise<number>((settle, reject) => {
    child.on('message', (message) => {
      const event = eventSchema.parse(message);
      if (event.type === 'log') log[event.level](event.message);
      else if (event.type === 'ready') settle(event.port);
      else if (event.type === 'failed') failure = event;
    });
    child.once('error', reject);
    void exited.then((reason) =>
      reject(
        new DatabaseStartError(
          failure?.code ?? 'start_failed',
          failure?.message ?? reason ?? 'the database process was stopped while starting',
        ),
      ),
    );
  });
  child.send({ type: 'start', dataDir, port, password, idleInTransactionMs });

  return {
    port: await ready,
    exited,
    async stop() {
      isStopping = true;
      if (child.connected) child.send({ type: 'stop' });
      await exited;
    },
  };
}
