/** What happens at once to one booking, one customer or one business happens in some order. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stackClock } from '../../helpers/clock.ts';
import { testStack } from '../../helpers/stack.ts';
import { at, type Booked, day, hour, isBooked, openRace, type Race, tally } from './racers.ts';

let race: Race;
let customers: string[];

beforeAll(async () => {
  const stack = await testStack();
  race = openRace(stack.databaseUrl);
  customers = await race.makeUsers(100);
});

afterAll(() => race?.sql.end());

test('the same request under one key, sent 20 times at once, is one booking', async () => {
  const firm = await race.makeFirm();
  const [customer = ''] = customers;
  const key = randomUUID();
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => race.request(customer, firm, at(3 * day), key)),
  );
  expect(tally(outcomes)).toEqual({ ok: 20 });
  expect(new Set(outcomes.filter(isBooked).map(({ booking }) => booking)).size).toBe(1);
}, 60_000);

test('one booking moved 20 times at once moves once', async () => {
  const firm = await race.makeFirm();
  const [customer = ''] = customers;
  const booked = await race.request(customer, firm, at(4 * day));
  if (!isBooked(booked)) throw new Error(booked);
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => race.move(firm.owner, booked.booking, 'confirmed')),
  );
  expect(tally(outcomes)).toEqual({ ok: 1, transition_not_allowed: 19 });
  const history = await race.sql`
    select position, to_status from public.booking_status_history
    where booking_id = ${booked.booking} order by position
  `;
  expect(history).toEqual([
    { position: 1, to_status: 'requested' },
    { position: 2, to_status: 'confirmed' },
  ]);
}, 60_000);

test('bargaining ends after three rounds, however fast both sides are', async () => {
  const firm = await race.makeFirm();
  const [customer = ''] = customers;
  const booked = await race.request(customer, firm, at(15 * day));
  if (!isBooked(booked)) throw new Error(booked);
  const outcomes: (Booked | string)[] = [];
  for (let round = 0; round < 8; round += 1) {
    const both = Array.from({ length: 5 }, () => [
      race.move(firm.owner, booked.booking, 'quoted'),
      race.move(customer, booked.booking, 'negotiating', 'Less?'),
    ]);
    outcomes.push(...(await Promise.all(both.flat())));
  }
  const { ok, transition_not_allowed, too_often, ...others } = tally(outcomes);
  expect({ ok, others }).toEqual({ ok: 7, others: {} });
  expect(too_often).toBeGreaterThan(0);
  const rounds = await race.sql`
    select to_status, count(*)::int from public.booking_status_history
    where booking_id = ${booked.booking} and from_status is not null group by 1 order by 1
  `;
  expect(rounds).toEqual([
    { to_status: 'negotiating', count: 3 },
    { to_status: 'quoted', count: 4 },
  ]);
}, 60_000);

test('the limit of bookings ahead holds when all are asked for at once', async () => {
  const firm = await race.makeFirm();
  const [customer = ''] = await race.makeUsers(1);
  const outcomes = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      race.request(customer, firm, at(5 * day + index * hour)),
    ),
  );
  expect(tally(outcomes)).toEqual({ ok: 50, too_many_open_bookings: 10 });
}, 60_000);

test('timers that run at once move each booking once', async () => {
  const firm = await race.makeFirm();
  const made = await Promise.all(
    customers
      .slice(0, 30)
      .map((customer, n) => race.request(customer, firm, at(8 * day + n * hour))),
  );
  expect(tally(made)).toEqual({ ok: 30 });
  await using clock = await stackClock();
  await clock.pass('2 hours 1 minute');
  const runs = await Promise.all(
    Array.from(
      { length: 5 },
      () => race.sql<{ n: number }[]>`select private.run_booking_timers() as n`,
    ),
  );
  expect(runs.flat().reduce((sum, { n }) => sum + n, 0)).toBeGreaterThanOrEqual(30);
  const moves = await race.sql`
    select history.booking_id from public.booking_status_history as history
    join public.bookings as booking on booking.id = history.booking_id
    where booking.provider_id = ${firm.id} and history.to_status = 'expired'
  `;
  expect(moves).toHaveLength(30);
}, 60_000);

test('numbers of bookings made at once differ', async () => {
  const firms = await Promise.all([
    race.makeFirm(),
    race.makeFirm(),
    race.makeFirm(),
    race.makeFirm(),
  ]);
  const outcomes = await Promise.all(
    customers.map((customer, n) => {
      const firm = firms[n % firms.length];
      if (!firm) throw new Error('no firm');
      return race.request(customer, firm, at(12 * day + Math.floor(n / 4) * hour));
    }),
  );
  expect(tally(outcomes)).toEqual({ ok: 100 });
}, 60_000);

test('services added to one provider at once are all found', async () => {
  const firm = await race.makeFirm();
  const words = Array.from({ length: 20 }, (_, n) => `wxyz${n}`);
  const outcomes = await Promise.all(
    words.map((word) =>
      race.as(firm.owner, async (tx): Promise<Booked> => {
        await tx`
          insert into public.services (provider_id, category_id, names, price_amount)
          select provider_id, category_id, ${tx.json({ en: word })}, 5
          from public.provider_categories where provider_id = ${firm.id}
        `;
        return { booking: '' };
      }),
    ),
  );
  expect(tally(outcomes)).toEqual({ ok: 20 });
  const [document] = await race.sql<{ words: string[] }[]>`
    select words from private.search_documents where provider_id = ${firm.id}
  `;
  expect(document?.words).toEqual(expect.arrayContaining(words));
}, 60_000);

test('counts are exact when a business is suspended while its services change', async () => {
  const firm = await race.makeFirm();
  const statuses = ['suspended', 'active', 'suspended', 'active', 'suspended', 'active'];
  await Promise.all([
    ...Array.from({ length: 30 }, (_, n) =>
      race.as(
        firm.owner,
        (tx) => tx`
          insert into public.services (provider_id, category_id, names, price_amount)
          select provider_id, category_id, ${tx.json({ en: `counted ${n}` })}, 5
          from public.provider_categories where provider_id = ${firm.id}
        `,
      ),
    ),
    ...Array.from({ length: 10 }, (_, n) =>
      race.as(
        firm.owner,
        (tx) => tx`
          update public.services set is_active = ${n % 2 === 0} where id = ${firm.service}
        `,
      ),
    ),
    ...statuses.map(
      (status) => race.sql`update public.providers set status = ${status} where id = ${firm.id}`,
    ),
  ]);
  await Promise.all(Array.from({ length: 4 }, () => race.sql`select private.add_up_counts()`));
  const [counts] = await race.sql`
    select
      (provider.status = 'active')::integer = counted.provider_count as providers,
      (
        select count(*) from public.services as service
        where service.category_id = category.category_id and service.is_active
          and provider.status = 'active'
      ) = counted.service_count as services
    from public.provider_categories as category
    join public.providers as provider on provider.id = category.provider_id
    join public.category_statistics as counted on counted.category_id = category.category_id
    where category.provider_id = ${firm.id}
  `;
  expect(counts).toEqual({ providers: true, services: true });
}, 60_000);
