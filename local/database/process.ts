/**
 * The database process. Its main thread holds the lock, starts the engine's thread, starts it
 * again after a crash, and sees to it that nothing survives the process that started this one,
 * not even a statement that would never end.
 */
import { Worker } from 'node:worker_threads';
import { commandSchema, type DatabaseEvent, eventSchema, type Start } from './contract.ts';
import { DirectoryLocked, lockDirectory } from './lock.ts';

/** Room for what max_stack_depth (2 MB) doesn't count, such as deeply nested JSON. */
const STACK_MB = 256;
const LOCK_MS = 2_000;
/** A clean shutdown writes a checkpoint. */
const STOP_MS = 10_000;
/** An engine that crashes again so soon after its start is not started again. */
const RESTART_MS = 5_000;

let unlock = (): void => {};
let worker: Worker | undefined;

const tell = (event: DatabaseEvent): void => {
  if (process.connected) process.send?.(event);
};

function exit(code: number): never {
  unlock();
  process.exit(code);
}

function fail(event: Extract<DatabaseEvent, { type: 'failed' }>): void {
  if (!process.connected) exit(1);
  process.send?.(event, () => exit(1));
}

/** A holder that has just been killed may need a moment to be gone. */
async function lock(dataDir: string): Promise<() => void> {
  const end = Date.now() + LOCK_MS;
  for (;;) {
    try {
      return lockDirectory(dataDir);
    } catch (error) {
      if (!(error instanceof DirectoryLocked) || Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function start(options: Start): Promise<void> {
  try {
    unlock = await lock(options.dataDir);
  } catch (error) {
    const isLocked = error instanceof DirectoryLocked;
    const reason = error instanceof Error ? error.message : String(error);
    fail({
      type: 'failed',
      code: isLocked ? 'directory_locked' : 'start_failed',
      message: isLocked
        ? `The database in ${options.dataDir} is in use by another running stack (process ${error.pid}).`
        : `The database in ${options.dataDir} could not be locked: ${reason}.`,
    });
    return;
  }
  run(options);
}

function run(options: Start): void {
  const engine = new Worker(new URL('./thread.mjs', import.meta.url), {
    workerData: options,
    resourceLimits: { stackSizeMb: STACK_MB, maxOldGenerationSizeMb: 4096 },
  });
  worker = engine;
  let port = options.port;
  let readyAt = 0;
  let isOver = false;

  const crash = (message: string): void => {
    if (isOver) return;
    isOver = true;
    setTimeout(() => {
      if (worker === engine) process.kill(process.pid, 'SIGKILL');
    }, STOP_MS);
    void engine.terminate().then(() => {
      if (readyAt === 0 || Date.now() - readyAt < RESTART_MS) {
        fail({ type: 'failed', code: 'start_failed', message });
        return;
      }
      tell({ type: 'log', level: 'error', message: `${message}; starting again` });
      run({ ...options, port });
    });
  };
  engine.on('message', (message) => {
    const event = eventSchema.parse(message);
    if (event.type === 'ready') {
      port = event.port;
      readyAt = Date.now();
    }
    if (event.type === 'crashed') crash(`The database has crashed (${event.message})`);
    else if (event.type === 'stopped') exit(0);
    else if (event.type === 'failed') fail(event);
    else tell(event);
  });
  engine.on('error', (error) => crash(`The database has crashed (${error.message})`));
  engine.on('exit', () => crash('The database has ended'));
}

function stop(): void {
  if (!worker) exit(0);
  worker.postMessage({ type: 'stop' });
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), STOP_MS);
}

process.on('message', (message) => {
  const command = commandSchema.parse(message);
  if (command.type === 'start') void start(command);
  else stop();
});
// Ctrl-C reaches the whole process group: the parent decides in which order its parts end
process.on('SIGINT', () => {});
process.on('SIGTERM', stop);
// a thread in the middle of a statement would hold up an exit
process.on('disconnect', () => {
  unlock();
  process.kill(process.pid, 'SIGKILL');
});
