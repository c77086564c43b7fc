/** Databases for tests: with the platform, without the product. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StackConfig } from '../../local/config.ts';
import { projectDir } from '../../scripts/paths.ts';
import { createScratchDatabase } from '../../scripts/scratch-database.ts';

export interface TestDatabase {
  /** As the superuser. */
  readonly adminUrl: string;
  /** As `postgres`. */
  readonly databaseUrl: string;
  /** A stack's settings on this database. */
  readonly config: StackConfig;
  stop(): Promise<void>;
}

/** Wide enough for tests; those of the limits set their own. */
export const testLimits = {
  otpIntervalSeconds: 0,
  otpExpirySeconds: 300,
  smsPerHour: 100_000,
  emailsPerHour: 100_000,
  verifyPerIp: 100_000,
  signInPerIp: 100_000,
  refreshPerIp: 100_000,
  factorsPerIp: 100_000,
};

/** With the platform's bootstrap: native when `DATABASE_URL` is set, else embedded. */
export async function testDatabase(): Promise<TestDatabase> {
  const stateDir = await mkdtemp(join(tmpdir(), 'karigar-database-'));
  const { adminUrl, databaseUrl, drop } = await createScratchDatabase();
  return {
    adminUrl,
    databaseUrl,
    config: {
      projectDir,
      stateDir,
      url: 'http://127.0.0.1:54321',
      apiPort: 54321,
      dbPort: Number(new URL(adminUrl).port),
      databaseUrl,
      adminDatabaseUrl: adminUrl,
      embedded: !process.env.DATABASE_URL,
      behindProxy: false,
      limits: testLimits,
      accessTokenSeconds: 900,
      refreshTokenSeconds: 604_800,
    },
    async stop() {
      await drop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
