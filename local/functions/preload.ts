/**
 * Runs inside a function's Deno process, before the function's own code. It lends plain Deno what
 * hosted's edge runtime has, and ties the process to the stack: the port goes up through the IPC
 * channel, and when that channel closes (the stack was killed) the process ends.
 */
import process from 'node:process';

type Handler = (request: Request, info: unknown) => Response | Promise<Response>;
interface Server {
  shutdown(): Promise<void>;
}
declare function addEventListener(type: string, listener: () => void): void;
declare function dispatchEvent(event: Event): boolean;
declare const Deno: {
  serve: (...args: unknown[]) => Server;
  exit(code: number): never;
  readonly mainModule: string;
};

const graceMs = 5000;
const pending = new Set<Promise<unknown>>();
const servers: Server[] = [];
const denoServe = Deno.serve;
const send = (message: object) => process.send?.(message);

/** Whatever address the function asks for: the stack decides where it listens, as hosted does. */
function serve(...args: unknown[]): Server {
  const options = args.find((arg) => typeof arg === 'object' && arg !== null) ?? {};
  const handler = args.find((arg) => typeof arg === 'function') ?? Reflect.get(options, 'handler');
  const server = denoServe(
    {
      ...options,
      hostname: '127.0.0.1',
      port: 0,
      onListen: ({ port }: { port: number }) => send({ type: 'listening', port }),
    },
    handler,
  );
  servers.push(server);
  return server;
}
Deno.serve = serve;

Object.defineProperty(globalThis, 'EdgeRuntime', {
  value: Object.freeze({
    waitUntil<T>(promise: Promise<T>): Promise<T> {
      const task = promise.then(
        () => {},
        (error: unknown) => console.error('background task failed:', error),
      );
      pending.add(task);
      void task.then(() => pending.delete(task));
      return promise;
    },
  }),
});

// `export default { fetch }` is the other way to write a function.
addEventListener('load', async () => {
  if (servers.length > 0) return;
  const main: { default?: { fetch?: Handler } } = await import(Deno.mainModule);
  if (typeof main.default?.fetch === 'function') serve(main.default.fetch.bind(main.default));
});

async function stop(): Promise<void> {
  dispatchEvent(new CustomEvent('beforeunload', { detail: { reason: 'termination' } }));
  send({ type: 'stopping', tasks: pending.size });
  // Streams without an end are cut; background work is waited for.
  const grace = new Promise((resolve) => setTimeout(resolve, graceMs));
  await Promise.race([Promise.all(servers.map((server) => server.shutdown())), grace]);
  while (pending.size > 0) await Promise.all(pending);
  Deno.exit(0);
}

process.on('message', (message: unknown) => {
  if (message === 'stop') void stop();
  if (message === 'ping') send({ type: 'pong' });
});
process.on('disconnect', () => Deno.exit(1));
// The function's code is loaded when nothing of the preload is left to wait for.
process.channel?.unref();
