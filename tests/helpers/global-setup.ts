/** One stack for the whole run, started when the first test file asks for it. */
import { appendFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { readAuthSettings } from '../../local/auth/settings.ts';
import { startStack } from '../../local/stack.ts';
import { copyDatabaseTemplate } from '../../scripts/database-template.ts';
import { createDatabase } from '../../scripts/scratch-database.ts';
import { testLimits } from './database.ts';
import { provideOnce, type Running } from './provide-once.ts';
import type { StackValues } from './stack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the stack's values, or with why it could not be started. */
    stackUrl: string;
  }
}

async function start(): Promise<Running<StackValues>> {
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

export default (project: TestProject) => provideOnce(project, 'stackUrl', start);
