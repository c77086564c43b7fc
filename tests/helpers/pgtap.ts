/** Runs pgTAP files: each in a transaction of its own, with the helpers, rolled back. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { globSync } from 'tinyglobby';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectDir } from '../../scripts/paths.ts';
import { migratedDatabase } from './migrated.ts';

const read = (file: string) => readFile(join(projectDir, file), 'utf8');

/** Those of the folder `tests/db/<domain>`. */
export function runPgtap(domain: string): void {
  const files = globSync(`tests/db/${domain}/*.test.sql`, { cwd: projectDir }).sort();
  let sql: Sql;
  let helpers: string;

  beforeAll(async () => {
    const { databaseUrl } = await migratedDatabase();
    sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
    const paths = globSync('tests/helpers/*.sql', { cwd: projectDir }).sort();
    helpers = (await Promise.all(paths.map(read))).join('\n');
  });

  afterAll(() => sql?.end());

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
}
