/**
 * The product's clock, `private.now()`, moves: tests put another body in its place, in a database
 * of their own. JWTs, and whatever Auth and Storage write themselves, stay in real time.
 */
import postgres, { type Sql } from 'postgres';
import { testStack } from './stack.ts';

/** From now on it is this moment, for all that use the database. */
async function setClock(sql: Sql, at: Date): Promise<void> {
  const [ahead] = await sql<{ seconds: string }[]>`
    select extract(epoch from ${at}::timestamptz - now())::text as seconds
  `;
  await sql.unsafe(`
    create or replace function private.now() returns timestamptz language sql stable parallel safe
    as $$ select pg_catalog.now() + make_interval(secs => ${Number(ahead?.seconds)}) $$
  `);
}

/** Buffer included, if it has not yet. */
async function letPass(sql: Sql, bookingId: string): Promise<void> {
  const [over] = await sql<{ at: Date }[]>`
    select ends_at + make_interval(mins => 1 + buffer_minutes) as at
    from public.bookings
    where id = ${bookingId}
      and private.now() < ends_at + make_interval(mins => 1 + buffer_minutes)
  `;
  if (over) await setClock(sql, over.at);
}

export interface Clock extends AsyncDisposable {
  /** Moves on by an interval of Postgres. */
  pass(span: string): Promise<void>;
  /** Moves on until the time of the booking has passed. */
  letPass(bookingId: string): Promise<void>;
  /** Moves on to the moment at which the booking moves by itself; whether there is one. */
  reachTimer(bookingId: string): Promise<boolean>;
}

/** The clock of the stack that test files share; what comes after finds it as it was. */
export async function stackClock(): Promise<Clock> {
  const { databaseUrl } = await testStack();
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  const [before] = await sql<{ definition: string }[]>`
    select pg_get_functiondef('private.now()'::regprocedure) as definition
  `;
  if (!before) throw new Error('there is no clock');
  return {
    async pass(span) {
      const [passed] = await sql<{ at: Date }[]>`select private.now() + ${span}::interval as at`;
      if (passed) await setClock(sql, passed.at);
    },
    letPass: (bookingId) => letPass(sql, bookingId),
    async reachTimer(bookingId) {
      const [due] = await sql<{ at: Date }[]>`
        select greatest(private.now(), timer_due_at + interval '1 second') as at
        from public.bookings
        where id = ${bookingId} and timer_due_at is not null
      `;
      if (due) await setClock(sql, due.at);
      return due !== undefined;
    },
    async [Symbol.asyncDispose]() {
      await sql.unsafe(before.definition);
      await sql.end();
    },
  };
}
