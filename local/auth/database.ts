/** Transactions of the auth service. */
import type { Sql, TransactionSql } from 'postgres';

export type Tx = TransactionSql;

/**
 * Runs `work` in one transaction as the role that GoTrue uses on hosted, with its search path:
 * a trigger of the project that only works for a superuser fails here as it would there.
 */
export async function inTransaction<T>(sql: Sql, work: (tx: Tx) => Promise<T>): Promise<T> {
  const { result } = await sql.begin(async (tx) => {
    await tx`
      select
        set_config('role', 'supabase_auth_admin', true),
        set_config('search_path', 'auth', true)`;
    return { result: await work(tx) };
  });
  return result;
}

class RolledBack<T> extends Error {
  constructor(readonly result: T) {
    super('rolled back');
  }
}

async function rehearse<T>(sql: Sql, work: (tx: Tx) => Promise<T>): Promise<T> {
  let rehearsed: { result: T } | undefined;
  try {
    await inTransaction(sql, async (tx) => {
      rehearsed = { result: await work(tx) };
      throw new RolledBack(rehearsed.result);
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  if (!rehearsed) throw new Error('The rehearsed transaction did not run');
  return rehearsed.result;
}

/**
 * Writes only what could be sent. GoTrue calls the SMS hook inside its transaction; here the engine
 * may have a single backend, and an open transaction would block the function that the hook
 * reaches. So: rehearse what comes before the call and roll back, send, then do it all.
 */
export async function sendThenWrite<T>(
  sql: Sql,
  steps: {
    readonly prepare: (tx: Tx) => Promise<T>;
    readonly send: (draft: T) => Promise<void>;
    readonly write: (tx: Tx, prepared: T) => Promise<T>;
  },
): Promise<T> {
  await steps.send(await rehearse(sql, steps.prepare));
  return inTransaction(sql, async (tx) => steps.write(tx, await steps.prepare(tx)));
}
