/** Runs the pgTAP files: each in a transaction of its own, with the helpers, rolled back. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { globSync } from 'tinyglobby';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectDir } from '../../scripts/paths.ts';
import {
  applyMigrations,
  createScratchDatabase,
  type ScratchDatabase,
} from '../../scripts/scratch-database.ts';

const read = (file: string) => readFile(join(projectDir, file), 'utf8');
const files = globSync('tests/db/**/*.test.sql', { cwd: projectDir }).sort();

let database: ScratchDatabase;
let sql: Sql;
let helpers: string;

beforeAll(async () => {
  database = await createScratchDatabase();
  await applyMigrations(database);
  sql = postgres(database.databaseUrl, { max: 1, onnotice: () => {} });
  const paths = globSync('tests/helpers/*.sql', { cwd: projectDir }).sort();
  helpers = (await Promise.all(paths.map(read))).join('\n');
});

afterAll(async () => {
  await sql?.end();
  await database?.drop();
});

test.each(files)(
  '%s',
  async (file) => {
    const statements = (await read(file)).replace(/^begin;$/m, () => `begin;\n${helpers}`);
    const results = await sql
      .unsafe(statements)
      .simple()
      .catch(async (error: unknown) => {
        await sql`rollback`;
        throw error;
      });
    const lines = results.flatMap((rows) =>
      rows.flatMap((row: Record<string, unknown>) => Object.values(row).join('\n').split('\n')),
    );
    // finish() speaks when a test failed or the number of tests differs from the plan.
    expect(lines.filter((line) => /^(not ok|#)/.test(line))).toEqual([]);
    const [, planned] = /^1\.\.(\d+)$/m.exec(lines.join('\n')) ?? [];
    expect(lines.filter((line) => line.startsWith('ok '))).toHaveLength(Number(planned));
  },
  60_000,
);
