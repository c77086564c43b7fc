import type { Sql, TransactionSql } from 'postgres';

export interface Caller {
  readonly role: 'anon' | 'authenticated' | 'service_role';
  /** Claims beside `role`; `sub` is the user. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/**
 * Runs `work` as the Data API would run it for this caller, in a transaction that is rolled back
 * whatever happens. `sql` signs in as a role that may become the caller's.
 */
export async function asRole<T>(
  sql: Sql,
  { role, claims }: Caller,
  work: (tx: TransactionSql) => Promise<T>,
  /** Runs before, with the rights of the connection itself: for rows the work needs. */
  prepare: (tx: TransactionSql) => Promise<void> = async () => {},
): Promise<T> {
  const done: { result?: { value: T } } = {};
  const rollback = new Error('rolled back on purpose');
  await sql
    .begin(async (tx) => {
      await prepare(tx);
      await tx`
        select set_config('request.jwt.claims', ${JSON.stringify({ ...claims, role })}, true),
          set_config('role', ${role}, true)`;
      done.result = { value: await work(tx) };
      throw rollback;
    })
    .catch((error: unknown) => {
      if (error !== rollback) throw error;
    });
  if (done.result === undefined) throw new Error('the work did not finish');
  return done.result.value;
}
