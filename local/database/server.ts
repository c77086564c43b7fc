/**
 * The thread that runs the engine and speaks to the clients. A thread of its own, because only a
 * thread can be given the stack that deep recursion inside the engine needs: Postgres's own limit
 * (max_stack_depth) has to strike before V8's, which kills the engine.
 */
import { createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { Backend } from './backend.ts';
import { commandSchema, type DatabaseEvent, type Start, startSchema } from './contract.ts';
import { DirectoryFailure, openDirectory } from './data-directory.ts';
import type { Engine, EngineCrash } from './engine.ts';
import { hasCode } from './lock.ts';
import { Session } from './session.ts';

const tell = (event: DatabaseEvent): void => parentPort?.postMessage(event);

const options = startSchema.parse(workerData);
try {
  serve(await openDirectory(options.dataDir), options);
} catch (error) {
  if (!(error instanceof DirectoryFailure)) throw error;
  tell({ type: 'failed', code: error.code, message: error.message });
}

function serve(database: Engine, { password, port, idleInTransactionMs }: Start): void {
  const backend = new Backend(database, {
    idleInTransactionMs,
    onCrash,
    onError: (error) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      tell({ type: 'log', level: 'error', message: text });
    },
  });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    backend.add(new Session(socket, backend, password));
  });

  function onCrash(error: EngineCrash): void {
    server.close();
    disconnectAll('57P02', 'the embedded database has crashed and is starting again');
    tell({ type: 'crashed', message: error.message });
  }

  function disconnectAll(code: string, message: string): void {
    for (const session of backend.sessions) session.fail({ code, message });
  }

  parentPort?.on('message', (message) => {
    if (commandSchema.parse(message).type !== 'stop') return;
    server.close();
    disconnectAll('57P01', 'terminating connection due to administrator command');
    void database.close().then(() => tell({ type: 'stopped' }));
  });

  server.on('error', (error) => {
    const isBusy = hasCode(error, 'EADDRINUSE');
    const message = isBusy
      ? `Port ${port} is in use by another program: stop that, or choose another port.`
      : `The database can't listen on port ${port}: ${error.message}.`;
    tell({ type: 'failed', code: isBusy ? 'port_busy' : 'start_failed', message });
  });
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    if (address && typeof address === 'object') tell({ type: 'ready', port: address.port });
  });
}
