/** Something slow that all test files of a project share, started when the first one asks for it. */
import { createServer } from 'node:http';
import type { ProvidedContext } from 'vitest';
import type { TestProject } from 'vitest/node';
import { messageOf } from '../../local/errors.ts';

export interface Running<Values> {
  readonly values: Values;
  stop(): Promise<void>;
}

/** `name` is provided with an address that answers the values, or 500 with why there are none. */
export async function provideOnce<Values>(
  project: TestProject,
  name: keyof ProvidedContext,
  start: () => Promise<Running<Values>>,
): Promise<() => Promise<void>> {
  let running: Promise<Running<Values>> | undefined;
  const server = createServer((_request, response) => {
    running ??= start();
    running.then(
      ({ values }) => response.end(JSON.stringify(values)),
      (error: unknown) => response.writeHead(500).end(messageOf(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  project.provide(name, `http://127.0.0.1:${port}`);
  return async () => {
    server.close();
    await (await running?.catch(() => undefined))?.stop();
  };
}
