/** Reviews and moves of one business at once, and counts that stay true whatever happens. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import postgres, { type Sql, type TransactionSql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clock, stackClock } from '../../helpers/clock.ts';
import { testStack } from '../../helpers/stack.ts';
import { type Business, makeBusiness, makeUsers } from './business.ts';

let sql: Sql;

beforeAll(async () => {
  const stack = await testStack();
  sql = postgres(stack.databaseUrl, { max: 30, onnotice: () => {} });
});
afterAll(() => sql?.end());

/** Runs the call as the user, as the Data API does; `ok`, or the reason of the refusal. */
async function as(user: string, call: (tx: TransactionSql) => Promise<unknown>): Promise<string> {
  const claims = JSON.stringify({ sub: user, role: 'authenticated' });
  try {
    await sql.begin(async (tx) => {
      await tx`
        select set_config('request.jwt.claims', ${claims}, true),
          set_config('role', 'authenticated', true)
      `;
      await call(tx);
    });
    return 'ok';
  } catch (error) {
    if (!(error instanceof postgres.PostgresError)) throw error;
    return error.detail ?? `${error.code} ${error.message}`;
  }
}

const review = (user: string, booking: string, overall: number, quality: number | null = null) =>
  as(user, (tx) => tx`select public.submit_review(${booking}, ${overall}, quality => ${quality})`);

const move = (user: string, booking: string, status: string) =>
  as(user, (tx) => tx`select public.transition_booking(${booking}, ${status}, 'test')`);

async function book(business: Business, customer: string, ahead = '1 minute'): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    insert into public.bookings (
      number, market_id, provider_id, customer_id, process_id, status, status_actor, starts_at,
      ends_at, location, address, total_amount, currency
    )
    values (
      ${`test ${randomUUID()}`}, 'localpro', ${business.id}, ${customer}, 'request', 'draft',
      'customer', private.now() + ${ahead}::interval,
      private.now() + ${ahead}::interval + interval '1 minute',
      private.point(26.85, 81), 'x', 0, 'INR'
    )
    returning id
  `;
  if (!row) throw new Error('no booking');
  return row.id;
}

/** Drafts take no time of the calendar; one after the other they pass through it. */
async function complete(clock: Clock, business: Business, customer: string): Promise<string> {
  const booking = await book(business, customer);
  expect(await move(customer, booking, 'requested')).toBe('ok');
  for (const status of ['confirmed', 'in_progress', 'completed']) {
    if (status === 'in_progress') await clock.letPass(booking);
    expect(await move(business.owner, booking, status)).toBe('ok');
  }
  return booking;
}

interface Counts {
  readonly ratings: unknown;
  readonly statistics: unknown;
  readonly average: string | null;
  readonly count: number;
  readonly score: string;
}

async function counts(business: Business, client: Sql | TransactionSql = sql): Promise<Counts> {
  const [row] = await client<Counts[]>`
    select
      to_jsonb(rating) - '{created_at,updated_at}'::text[] as ratings,
      to_jsonb(statistics) - '{created_at,updated_at}'::text[] as statistics,
      rating_average as average, provider.rating_count as count, reputation_score as score
    from public.providers as provider
    left join public.provider_ratings as rating on rating.provider_id = provider.id
    left join public.provider_statistics as statistics on statistics.provider_id = provider.id
    where provider.id = ${business.id}
  `;
  if (!row) throw new Error('no provider');
  return row;
}

/** Nothing moves while the provider is locked, not even by the timers of another test. */
async function expectCountsToBeTrue(business: Business): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`select from public.providers where id = ${business.id} for update`;
    const kept = await counts(business, tx);
    await tx`select private.recompute_provider_statistics(array[${business.id}::uuid])`;
    expect(kept).toEqual(await counts(business, tx));
  });
}

test('one booking reviewed 20 times at once is reviewed once', async () => {
  const business = await makeBusiness(sql);
  const [customer = ''] = await makeUsers(sql, 1);
  await using clock = await stackClock();
  const booking = await complete(clock, business, customer);
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, n) => review(customer, booking, 1 + (n % 5))),
  );
  expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'already_reviewed')).toHaveLength(19);
  expect((await counts(business)).count).toBe(1);
  await expectCountsToBeTrue(business);
}, 60_000);

test('100 reviews of one business at once are counted exactly, among moves and requests', async () => {
  const business = await makeBusiness(sql);
  const customers = await makeUsers(sql, 100);
  const bookings: string[] = [];
  await using clock = await stackClock();
  for (const customer of customers) bookings.push(await complete(clock, business, customer));
  const moving = await Promise.all(customers.slice(0, 20).map((user) => book(business, user)));
  const outcomes = await Promise.all([
    ...bookings.map((booking, n) => review(customers[n] ?? '', booking, 1 + (n % 5), 5)),
    ...bookings.slice(0, 50).map((booking) => review(business.owner, booking, 4)),
    ...moving.map((booking, n) => move(customers[n] ?? '', booking, 'cancelled')),
    ...bookings.slice(90).map((booking, n) => move(customers[90 + n] ?? '', booking, 'disputed')),
    ...Array.from({ length: 5 }, () => sql`select private.run_booking_timers()`.then(() => 'ok')),
  ]);
  // A booking that is in dispute by the time can't be reviewed; nothing else may go wrong.
  expect([...new Set(outcomes)].filter((o) => o !== 'ok' && o !== 'booking_not_completed')).toEqual(
    [],
  );
  const written = outcomes.slice(0, 100).filter((outcome) => outcome === 'ok').length;
  expect(written).toBeGreaterThanOrEqual(90);
  expect(await counts(business)).toMatchObject({
    count: written,
    ratings: { rating_count: written, quality_count: written, quality_sum: 5 * written },
    statistics: { completed_count: 90 },
  });
  await expectCountsToBeTrue(business);
}, 120_000);

/** What the two sides may try in any order; what is refused counts nothing. */
const step = fc.record({
  booking: fc.nat(3),
  action: fc.oneof(
    fc.record({ review: fc.integer({ min: 1, max: 5 }), by: fc.constantFrom('customer', 'owner') }),
    fc.record({
      to: fc.constantFrom(
        ...['requested', 'quoted', 'confirmed', 'declined', 'en_route', 'in_progress'],
        ...['completed', 'completed', 'cancelled', 'disputed', 'disputed', 'no_show', 'no_show'],
      ),
      by: fc.constantFrom('customer', 'owner', 'admin'),
    }),
    fc.constantFrom({ expire: true }, { passes: true }, { passes: true }),
  ),
});

test('after any history, counting from scratch comes to what the triggers kept', async () => {
  const [admin = '', customer = ''] = await makeUsers(sql, 2);
  await sql`insert into public.user_roles (user_id, role) values (${admin}, 'admin')`;
  // A business does not see drafts.
  const refusals =
    /^(booking_not_found|booking_not_completed|already_reviewed|transition_not_allowed|slot_taken|too_)/;
  await using clock = await stackClock();
  let counted = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const business = await makeBusiness(sql);
      const people = { customer, admin, owner: business.owner };
      const bookings: string[] = [];
      for (let done = 0; done < 2; done += 1) {
        bookings.push(await complete(clock, business, customer));
      }
      for (const ahead of ['1 hour', '2 hours']) {
        bookings.push(await book(business, customer, ahead));
      }
      for (const { booking: n, action } of steps) {
        const booking = bookings[n] ?? '';
        if ('passes' in action) {
          await clock.letPass(booking);
          continue;
        }
        if ('expire' in action) {
          if (await clock.reachTimer(booking)) await sql`select private.run_booking_timers()`;
          continue;
        }
        const user = people[action.by];
        const outcome = await ('to' in action
          ? move(user, booking, action.to)
          : review(user, booking, action.review, action.review));
        expect(outcome === 'ok' || refusals.test(outcome), outcome).toBe(true);
        if (outcome === 'ok') counted++;
      }
      await expectCountsToBeTrue(business);
    }),
    { numRuns: 15, endOnFailure: true },
  );
  expect(counted).toBeGreaterThan(10);
}, 240_000);
