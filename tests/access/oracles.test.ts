/**
 * What a stranger writes is answered the same, whatever ids stand in it: nothing that runs before
 * the policies may tell what exists, and what belongs to whom. Generated from the catalogue, for
 * every table that clients write, with rows of the matrix.
 */
import { randomUUID } from 'node:crypto';
import postgres, { type TransactionSql } from 'postgres';
import { beforeAll, expect, test } from 'vitest';
import { actAs, actAsSuperuser, actors, makePeople, type Subjects } from '../helpers/sql-people.ts';
import { testStack } from '../helpers/stack.ts';
import { matrix } from './matrix.ts';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly can_insert: boolean;
  readonly can_update: boolean;
  readonly is_key: boolean;
  /** The other end of a foreign key of the column. */
  readonly refers_table: string | null;
  readonly refers_column: string | null;
}
type Row = Record<string, unknown>;

const stranger = actors.otherCustomer;
const undo = new Error('undo');
/** How each attempt ended, by table. */
const answers = new Map<string, Record<string, string>>();

async function writableTables(tx: TransactionSql): Promise<string[]> {
  const rows = await tx<{ name: string }[]>`
    select oid::regclass::text as name
    from pg_class
    where relnamespace = 'public'::regnamespace
      and relkind in ('r', 'p')
      and has_any_column_privilege('authenticated', oid, 'insert, update')
  `;
  return rows.map(({ name }) => `public.${name.replace('public.', '')}`);
}

async function columnsOf(tx: TransactionSql, table: string): Promise<readonly Column[]> {
  return await tx<Column[]>`
    select
      a.attname as name,
      format_type(a.atttypid, null) as type,
      has_column_privilege('authenticated', a.attrelid, a.attnum, 'insert') as can_insert,
      has_column_privilege('authenticated', a.attrelid, a.attnum, 'update') as can_update,
      exists (
        select 1 from pg_constraint as k
        where k.conrelid = a.attrelid and k.contype = 'p' and a.attnum = any (k.conkey)
      ) as is_key,
      refers.confrelid::regclass::text as refers_table,
      other.attname as refers_column
    from pg_attribute as a
    left join lateral (
      select k.confrelid, k.confkey[array_position(k.conkey, a.attnum)] as attnum
      from pg_constraint as k
      where k.conrelid = a.attrelid and k.contype = 'f' and a.attnum = any (k.conkey)
      order by cardinality(k.conkey)
      limit 1
    ) as refers on true
    left join pg_attribute as other
      on other.attrelid = refers.confrelid and other.attnum = refers.attnum
    where a.attrelid = ${table}::regclass and a.attnum > 0 and not a.attisdropped
  `;
}

/** What may be tried in a column of ids, beside what the row has. */
async function otherIds(tx: TransactionSql, column: Column, row: Row): Promise<Row> {
  if (column.type === 'uuid[]') {
    const [known] = await tx<{ id: string }[]>`
      select id from public.categories where market_id = 'localpro' limit 1
    `;
    return { known: [known?.id], 'of nobody': [randomUUID()] };
  }
  if (!column.refers_table) return {};
  const known = await tx<{ id: string }[]>`
    select ${tx(String(column.refers_column))} as id from ${tx(column.refers_table)}
    where ${tx(String(column.refers_column))}::text <> tests.id('otherCustomer')::text
  `;
  const elsewhere = known.find(({ id }) => id !== row[column.name]);
  return {
    'of another': elsewhere?.id,
    'of nobody': column.type === 'uuid' ? randomUUID() : 'nobodys',
  };
}

/** How many rows were written, or the code and reason of the refusal. */
async function attempt(tx: TransactionSql, statement: string, row: Row): Promise<string> {
  let outcome = '';
  try {
    await tx.savepoint(async (inner) => {
      await actAs(inner, stranger);
      outcome = `${(await inner.unsafe(statement, [JSON.stringify(row)])).count} rows`;
      throw undo;
    });
  } catch (error) {
    if (error === undo) return outcome;
    if (!(error instanceof postgres.PostgresError)) throw error;
    return error.code.startsWith('PT') ? `${error.code} ${error.detail}` : error.code;
  }
  return outcome;
}

async function tryTable(
  tx: TransactionSql,
  table: string,
  subject: string,
): Promise<Record<string, string>> {
  await actAsSuperuser(tx);
  const [found] = await tx.unsafe<{ row: Row }[]>(
    `select to_jsonb(subject) as row from ${table} as subject where ${subject} limit 1`,
  );
  if (!found) throw new Error(`no row of ${table}`);
  const { row } = found;
  const columns = await columnsOf(tx, table);
  const record = `jsonb_populate_record(null::${table}, $1::text::jsonb) as written`;
  const insertable = columns.filter(({ can_insert }) => can_insert).map(({ name }) => name);
  const insert = `insert into ${table} (${insertable}) select ${insertable} from ${record}`;
  const keys = columns.filter(({ is_key }) => is_key);
  const outcomes: Record<string, string> = {};
  if (insertable.length) outcomes['insert of the row'] = await attempt(tx, insert, row);
  for (const column of columns) {
    const { name } = column;
    const update = `update ${table} as target set ${name} = written.${name} from ${record}
      where ${keys.map((key) => `target.${key.name} = '${row[key.name]}'`).join(' and ')}`;
    if (column.can_update) outcomes[`update of ${name}`] = await attempt(tx, update, row);
    for (const [whose, id] of Object.entries(await otherIds(tx, column, row))) {
      const changed: Row = { ...row, [name]: id };
      // Its files lie in the folder of a provider.
      if (name === 'provider_id' && changed.path)
        changed.path = String(changed.path).replace(String(row[name]), String(id));
      if (column.can_insert)
        outcomes[`insert with ${name} ${whose}`] = await attempt(tx, insert, changed);
      if (column.can_update)
        outcomes[`update of ${name} ${whose}`] = await attempt(tx, update, changed);
    }
  }
  return outcomes;
}

/** A picture of a service, beside those that the firms of the matrix have. */
async function subjectOf(tx: TransactionSql, table: string, subjects: Subjects): Promise<string> {
  if (table === 'public.provider_photos') {
    await tx`
      insert into public.provider_photos (provider_id, service_id, kind, path)
      select provider_id, id, 'service', provider_id || '/service.png' from public.services
      where provider_id = ${subjects.provider} limit 1
    `;
    return `kind = 'service' and provider_id = '${subjects.provider}'`;
  }
  const row = matrix.find((known) => known.table === table);
  if (!row) throw new Error(`no case of ${table} in the matrix`);
  return row.subject(subjects);
}

beforeAll(async () => {
  const sql = postgres((await testStack()).adminDatabaseUrl, { max: 1, onnotice: () => {} });
  try {
    await sql
      .begin(async (tx) => {
        const subjects = await makePeople(tx);
        for (const table of await writableTables(tx)) {
          await actAsSuperuser(tx);
          answers.set(table, await tryTable(tx, table, await subjectOf(tx, table, subjects)));
        }
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
  } finally {
    await sql.end();
  }
}, 60_000);

test('a stranger learns nothing about the ids in a row', () => {
  const wanted = [...answers].map(([table, outcomes]) => [
    table,
    Object.fromEntries(
      Object.keys(outcomes).map((attempted) => [
        attempted,
        attempted.startsWith('update')
          ? '0 rows'
          : // Whose an address is, nobody can say but the token.
            table === 'public.addresses'
            ? '1 rows'
            : '42501',
      ]),
    ),
  ]);
  expect(answers.size).toBeGreaterThan(8);
  expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(wanted));
});
