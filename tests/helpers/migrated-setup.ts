/** One database with the product and no rows of tests, for test files that leave none behind. */
import type { TestProject } from 'vitest/node';
import { applyMigrations, createScratchDatabase } from '../../scripts/scratch-database.ts';
import { provideOnce, type Running } from './provide-once.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the addresses of the database, or with why there is none. */
    migratedUrl: string;
  }
}

async function start(): Promise<Running<{ adminUrl: string; databaseUrl: string }>> {
  const database = await createScratchDatabase();
  await applyMigrations(database);
  const { adminUrl, databaseUrl } = database;
  return { values: { adminUrl, databaseUrl }, stop: () => database.drop() };
}

export default (project: TestProject) => provideOnce(project, 'migratedUrl', start);
