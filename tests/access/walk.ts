/** Tries each verb on a table's subject row as an actor, and says what came of it. */
import postgres, { type TransactionSql } from 'postgres';
import { type Actor, actAs } from '../helpers/sql-people.ts';

/** `+` done or seen, `0` the row is hidden, `-` refused with 42501. */
export type Outcome = '+' | '0' | '-';

const undo = Symbol('undo');

/** Runs as the actor and takes everything back. */
async function attempt(
  tx: TransactionSql,
  actor: Actor,
  run: (tx: TransactionSql) => Promise<Outcome>,
): Promise<Outcome> {
  let outcome: Outcome = '-';
  try {
    await tx.savepoint(async (inner) => {
      await actAs(inner, actor);
      outcome = await run(inner);
      throw undo;
    });
  } catch (error) {
    if (error === undo) return outcome;
    if (!(error instanceof postgres.PostgresError)) throw error;
    if (error.code === '42501') return '-';
    // Integrity is checked after privileges and policies: the door was open.
    if (error.code.startsWith('23')) return '+';
    throw error;
  }
  return outcome;
}

interface ColumnPrivilege {
  readonly name: string;
  readonly has_default: boolean;
  readonly can_insert: boolean;
  readonly can_update: boolean;
}

async function columnsOf(
  tx: TransactionSql,
  table: string,
  actor: Actor,
): Promise<ColumnPrivilege[]> {
  return await tx<ColumnPrivilege[]>`
    select
      quote_ident(attname) as name,
      atthasdef as has_default,
      has_column_privilege(${actor.role}, attrelid, attnum, 'insert') as can_insert,
      has_column_privilege(${actor.role}, attrelid, attnum, 'update') as can_update
    from pg_attribute
    where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attgenerated = ''
  `;
}

/** Four outcomes: select, insert, update, delete. */
export async function walkTable(
  tx: TransactionSql,
  table: string,
  subject: string,
  actor: Actor,
): Promise<string> {
  const columns = await columnsOf(tx, table, actor);
  const insertable = columns.filter((c) => c.can_insert && !c.has_default).map((c) => c.name);
  const updatable = columns.filter((c) => c.can_update).map((c) => c.name);
  const firstUpdatable = updatable[0];
  const seen = (rows: readonly unknown[]): Outcome => (rows.length > 0 ? '+' : '0');

  const select = await attempt(tx, actor, async (as) =>
    seen(await as.unsafe(`select 1 from ${table} where ${subject} limit 1`)),
  );
  const insert = await attempt(tx, actor, async (as) => {
    if (!columns.some((c) => c.can_insert)) return '-';
    // The values come from a copy of the row that the superuser laid out: the actor need not see it.
    await as.unsafe(
      `insert into ${table} (${insertable}) select ${insertable} from pg_temp.subject limit 1`,
    );
    return '+';
  });
  const update = await attempt(tx, actor, async (as) => {
    if (!firstUpdatable) return '-';
    const sets = updatable.map((column) => `${column} = ${column}`).join(', ');
    return (await as.unsafe(`update ${table} set ${sets} where ${subject}`)).count > 0 ? '+' : '0';
  });
  const remove = await attempt(tx, actor, async (as) => {
    return (await as.unsafe(`delete from ${table} where ${subject}`)).count > 0 ? '+' : '0';
  });
  return select + insert + update + remove;
}
