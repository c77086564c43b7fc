/** The time of a booking passes: only a test may make it so. */
import postgres, { type Sql, type TransactionSql } from 'postgres';
import { testStack } from './stack.ts';

/** Moves the booking to a moment of the last hours that no other booking of its business has. */
export async function letPass(sql: Sql | TransactionSql, bookingId: string): Promise<void> {
  await sql`
    update public.bookings as booking
    set
      starts_at = passed.at,
      ends_at = passed.at + interval '1 millisecond',
      buffer_minutes = 0
    from (select now() - (20 + 900 * random()) * interval '1 minute' as at) as passed
    where booking.id = ${bookingId}
  `;
}

/** The same on the shared stack. */
export async function letPassOnStack(bookingId: string): Promise<void> {
  const { databaseUrl } = await testStack();
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    await letPass(sql, bookingId);
  } finally {
    await sql.end();
  }
}
