/** One stack for the whole run, started when the first test file asks for it. */
import { appendFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { readAuthSettings } from '../../local/auth/settings.ts';
import { messageOf } from '../../local/errors.ts';
import { startStack } from '../../local/stack.ts';
import { copyDatabaseTemplate } from '../../scripts/database-template.ts';
import { createDatabase } from '../../scripts/scratch-database.ts';
import { testLimits } from './database.ts';
import type { StackValues } from './stack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the stack's values, or with why it could not be started. */
    stackUrl: string;
  }
}

interface Running {
  readonly values: StackValues;
  stop(): Promise<void>;
}

async function start(): Promise<Running> {
  const serverUrl = process.env.DATABASE_URL;
  const stateDir = await mkdtemp(join(tmpdir(), 'karigar-test-'));
  const database = serverUrl ? await createDatabase(serverUrl) : null;
  const clean = async () => {
    await database?.drop();
    await rm(stateDir, { recursive: true, force: true });
  };
  // KARIGAR_TEST_LOG=FILE keeps what the services say.
  const logFile = process.env.KARIGAR_TEST_LOG;
  try {
    if (database === null) await copyDatabaseTemplate(join(stateDir, 'database'));
    const { config, keys, stop } = await startStack({
      stateDir,
      apiPort: 0,
      dbPort: 0,
      ...(database && { databaseUrl: database.url }),
      limits: testLimits,
      scheduler: false,
      onLog: (level, line) => logFile && appendFileSync(logFile, `${level} ${line}\n`),
    });
    const { url, databaseUrl, adminDatabaseUrl, embedded } = config;
    const { publishableKey, secretKey } = keys;
    const { hooks } = await readAuthSettings(config);
    return {
      values: {
        ...{ url, databaseUrl, adminDatabaseUrl, embedded },
        ...{ publishableKey, secretKey, sendSmsHookSecrets: hooks.sendSms.secrets },
      },
      stop: () => stop().finally(clean),
    };
  } catch (error) {
    await clean();
    throw error;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let running: Promise<Running> | undefined;
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
  project.provide('stackUrl', `http://127.0.0.1:${port}`);
  return async () => {
    server.close();
    await (await running?.catch(() => undefined))?.stop();
  };
}
