/**
 * Walks every table of the product as everybody with every verb, and compares with `matrix.ts`.
 * A table without a case in the matrix fails the test, and so does a case of a table that is gone.
 */
import postgres, { type TransactionSql } from 'postgres';
import { beforeAll, describe, expect, test } from 'vitest';
import { actAsSuperuser, actors, makePeople } from '../helpers/sql-people.ts';
import { testStack } from '../helpers/stack.ts';
import type { Case } from './cells.ts';
import { matrix } from './matrix.ts';
import { walkTable } from './walk.ts';

const found = new Map<Case, Record<string, string>>();
let tables: string[];
let hidden: string[];

beforeAll(async () => {
  const stack = await testStack();
  const sql = postgres(stack.adminDatabaseUrl, { max: 1, onnotice: () => {} });
  const rollback = new Error('rollback');
  try {
    await sql.begin(async (tx) => {
      tables = await productTables(tx);
      hidden = await hiddenColumns(tx);
      const subjects = await makePeople(tx);
      for (const row of matrix) {
        const subject = row.subject(subjects);
        await layOut(tx, row.table, subject);
        const cells: Record<string, string> = {};
        for (const [name, actor] of Object.entries(actors)) {
          cells[name] = await walkTable(tx, row.table, subject, actor);
        }
        found.set(row, cells);
      }
      throw rollback;
    });
  } catch (error) {
    if (error !== rollback) throw error;
  } finally {
    await sql.end();
  }
}, 120_000);

/** Copies the row for the inserts, readable by everybody. */
async function layOut(tx: TransactionSql, table: string, subject: string): Promise<void> {
  await actAsSuperuser(tx);
  await tx.unsafe('drop table if exists pg_temp.subject');
  await tx.unsafe(`create temp table subject as select * from ${table} where ${subject}`);
  await tx.unsafe('grant select on pg_temp.subject to public');
}

async function productTables(tx: TransactionSql): Promise<string[]> {
  const rows = await tx<{ name: string }[]>`
    select format('%I.%I', nspname, relname) as name
    from pg_class
    join pg_namespace on pg_namespace.oid = relnamespace
    where relkind in ('r', 'p', 'v', 'm', 'f')
      and nspname in ('public', 'private', 'partitions', 'analytics')
    order by 1
  `;
  return rows.map(({ name }) => name);
}

/** Of tables that users read in part. */
async function hiddenColumns(tx: TransactionSql): Promise<string[]> {
  const rows = await tx<{ name: string }[]>`
    select format('%I.%I', relname, attname) as name
    from pg_attribute
    join pg_class on pg_class.oid = attrelid
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
      and attnum > 0 and not attisdropped
      and has_any_column_privilege('authenticated', attrelid, 'select')
      and not has_column_privilege('authenticated', attrelid, attnum, 'select')
    order by 1
  `;
  return rows.map(({ name }) => name);
}

describe('access', () => {
  test('users read whole rows, but for who of the platform did something, and keys', () => {
    expect(hidden).toEqual([
      'booking_status_history.actor_id',
      'bookings.review_key',
      'bookings.status_actor_id',
      'messages.sender_id',
    ]);
  });

  test('every table has its case in the matrix, and every case its table', () => {
    expect([...new Set(matrix.map(({ table }) => table))].sort()).toEqual(tables);
  });

  test.each(matrix.map((row) => [[row.table, row.row].filter(Boolean).join(', '), row] as const))(
    '%s',
    (_, row) => expect(found.get(row)).toEqual(row.cells),
  );
});
