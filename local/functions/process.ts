import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { messageOf } from '../errors.ts';
import type { FunctionDefinition } from '../project.ts';
import type { Logger } from '../service.ts';
import {
  denoArguments,
  denoBinary,
  type FunctionContext,
  functionEnvironment,
} from './environment.ts';

export interface FunctionTimings {
  /** A function that has not served by then is taken for one that can't start. */
  readonly bootMs: number;
  /** Without an answer by then the caller gets 504. */
  readonly idleMs: number;
  /** What a function may still do after `stop`: the wall clock of hosted's paid plans. */
  readonly backgroundMs: number;
  /** Wait after the first crash; doubles with every further one up to `maxBackOffMs`. */
  readonly backOffMs: number;
  readonly maxBackOffMs: number;
}

export const hostedTimings: FunctionTimings = {
  bootMs: 30_000,
  idleMs: 150_000,
  backgroundMs: 400_000,
  backOffMs: 250,
  maxBackOffMs: 15_000,
};

export interface FunctionProcess {
  /** Where it listens; starts it when it isn't running. Rejects while it can't start. */
  port(): Promise<number>;
  /** Kills the process when it is too busy to answer a ping. */
  killIfStuck(): Promise<void>;
  stop(): Promise<void>;
}

const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('listening'), port: z.int().positive() }),
  z.object({ type: z.literal('stopping'), tasks: z.int() }),
  z.object({ type: z.literal('pong') }),
]);

export function createFunctionProcess(
  definition: FunctionDefinition,
  ctx: FunctionContext,
  log: Logger,
  timings: FunctionTimings,
): FunctionProcess {
  let child: ChildProcess | undefined;
  let exited: Promise<void> = Promise.resolve();
  let starting: Promise<number> | undefined;
  let crashes = 0;
  let retryAt = 0;
  let serving = false;
  let stopped = false;

  async function start(): Promise<number> {
    const { projectDir } = ctx.config;
    const env = await functionEnvironment(ctx, definition);
    if (stopped) throw new Error('stopped');
    const started = spawn(denoBinary(), denoArguments(definition, projectDir), {
      cwd: projectDir,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Its own process group: Ctrl-C is the stack's to handle, background work may finish.
      detached: true,
    });
    child = started;
    forward(started.stdout, log.info);
    forward(started.stderr, log.error);
    return new Promise((resolve, reject) => {
      const boot = setTimeout(() => {
        log.error(`did not serve within ${timings.bootMs} ms`);
        started.kill('SIGKILL');
      }, timings.bootMs);
      let servedSince = 0;
      started.on('message', (raw) => {
        const message = messageSchema.safeParse(raw).data;
        if (message?.type === 'listening') {
          clearTimeout(boot);
          servedSince = Date.now();
          serving = true;
          resolve(message.port);
        }
        if (message?.type === 'stopping' && message.tasks > 0) {
          log.info(`waits for ${message.tasks} background task(s)`);
        }
      });
      started.once('error', (error) => {
        if (started.pid === undefined) child = undefined;
        reject(error);
      });
      exited = new Promise((done) => {
        started.once('exit', (code, signal) => {
          clearTimeout(boot);
          serving = false;
          const how = signal ?? `code ${code}`;
          reject(new Error(`exited (${how})`));
          done();
          if (!stopped) onCrash(how, servedSince);
        });
      });
    });
  }

  function onCrash(how: string, servedSince: number): void {
    child = undefined;
    starting = undefined;
    // One that served for long enough starts anew; others wait ever longer.
    if (servedSince > 0 && Date.now() - servedSince > timings.maxBackOffMs) crashes = 0;
    const wait = Math.min(timings.backOffMs * 2 ** crashes, timings.maxBackOffMs);
    crashes += 1;
    retryAt = Date.now() + wait;
    log.error(
      `exited (${how})${servedSince > 0 ? `, restarts in ${wait} ms` : ', could not start'}`,
    );
    // What could not start once won't by itself: the next request tries again.
    if (servedSince > 0) setTimeout(() => void port().catch(() => {}), wait + 5).unref();
  }

  function port(): Promise<number> {
    if (stopped) return Promise.reject(new Error('stopped'));
    if (starting === undefined) {
      if (Date.now() < retryAt) return Promise.reject(new Error('waits after a crash'));
      const attempt = start();
      starting = attempt;
      // Nobody may be asking when it fails.
      attempt.catch((error: unknown) => {
        if (child !== undefined || starting !== attempt) return;
        starting = undefined;
        log.error(`could not start: ${messageOf(error)}`);
      });
    }
    return starting;
  }

  async function killIfStuck(): Promise<void> {
    const asked = child;
    if (asked?.connected !== true) return;
    const pong = new Promise<true>((resolve) => {
      asked.on('message', (raw) => {
        if (messageSchema.safeParse(raw).data?.type === 'pong') resolve(true);
      });
    });
    asked.send('ping', () => {});
    if (await Promise.race([pong, sleep(2000, false, { ref: false })])) return;
    log.error('does not answer any more: killed');
    asked.kill('SIGKILL');
  }

  async function stop(): Promise<void> {
    stopped = true;
    const running = child;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const force = setTimeout(() => running.kill('SIGKILL'), timings.backgroundMs);
    // Before it serves nobody is there to hear `stop`.
    if (serving && running.connected) running.send('stop', () => {});
    else running.kill('SIGKILL');
    await exited;
    clearTimeout(force);
  }

  return { port, killIfStuck, stop };
}

/** One line of the function is one line of ours; hosted cuts at 10 000 characters too. */
function forward(stream: Readable | null, write: (line: string) => void): void {
  if (stream === null) return;
  createInterface({ input: stream }).on('line', (line) => write(line.slice(0, 10_000)));
}
