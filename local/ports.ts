import { createServer } from 'node:net';
import { StackError } from './errors.ts';

/** The port itself when it is free, any free one for 0. Asked before anything is started. */
export async function choosePort(port: number, use: string): Promise<number> {
  const server = createServer();
  try {
    return await new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        resolve(address !== null && typeof address === 'object' ? address.port : port);
      });
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new StackError(
        `Port ${port}, which the ${use} needs, is in use: stop what listens there (another ` +
          'stack?), or choose other ports with --api-port and --db-port (0: any free one).',
      );
    }
    if (code === 'EACCES') throw new StackError(`Port ${port} (${use}) may not be used here.`);
    throw error;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
