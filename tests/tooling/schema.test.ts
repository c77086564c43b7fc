/** What must hold of the database that the migrations build. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { globSync } from 'tinyglobby';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectDir } from '../../scripts/paths.ts';
import { migratedDatabase } from '../helpers/migrated.ts';

let sql: Sql;

beforeAll(async () => {
  const { adminUrl } = await migratedDatabase();
  sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
});

afterAll(() => sql?.end());

/** One rule, one file: its rows are violations. `<rule>.bad.sql` breaks it on purpose. */
describe('rules', () => {
  const folder = join(projectDir, 'tests/db/rules');
  const names = globSync('*.sql', { cwd: folder })
    .filter((name) => !name.endsWith('.bad.sql'))
    .map((name) => name.replace(/\.sql$/, ''))
    .sort();
  const read = (name: string) => readFile(join(folder, `${name}.sql`), 'utf8');
  const violations = async (connection: Pick<Sql, 'unsafe'>, name: string) =>
    (await connection.unsafe(await read(name))).map(({ violation }) => violation);

  test.each(names)('%s', async (name) => {
    expect(await violations(sql, name)).toEqual([]);
  });

  test.each(names)('%s: finds a violation', async (name) => {
    const undo = new Error('undo');
    let found: unknown[] = [];
    await sql
      .begin(async (tx) => {
        await tx`set local role postgres`;
        await tx.unsafe(await read(`${name}.bad`)).simple();
        await tx`reset role`;
        found = await violations(tx, name);
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
    expect(found).not.toEqual([]);
  });
});
