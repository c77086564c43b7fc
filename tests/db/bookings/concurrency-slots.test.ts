/** Races for the same hour: who loses is told so cleanly, and nobody gets a raw Postgres error. */
import { createClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeUser, testStack } from '../../helpers/stack.ts';
import { transport } from '../../helpers/transport.ts';
import { at, day, hour, openRace, place, type Race, tally } from './racers.ts';

let race: Race;
let customers: string[];

beforeAll(async () => {
  const stack = await testStack();
  race = openRace(stack.databaseUrl);
  customers = await race.makeUsers(100);
});

afterAll(() => race?.sql.end());

test('H4 100 customers ask for the same hour: one gets it', async () => {
  const firm = await race.makeFirm();
  const outcomes = await Promise.all(
    customers.map((customer) => race.request(customer, firm, at(0))),
  );
  expect(tally(outcomes)).toEqual({ ok: 1, slot_taken: 99 });
  const rows = await race.sql`select status from public.bookings where provider_id = ${firm.id}`;
  expect(rows).toEqual([{ status: 'requested' }]);
}, 60_000);

test('H4 100 clients of the Data API ask for the same hour: one booking, 99 times PT409', async () => {
  const stack = await testStack();
  const firm = await race.makeFirm();
  const users = await Promise.all(Array.from({ length: 10 }, () => makeUser()));
  const clients = Array.from({ length: 100 }, (_, n) => {
    const user = users[n % users.length];
    if (!user) throw new Error('no user');
    return createClient(stack.url, stack.publishableKey, {
      accessToken: async () => user.accessToken,
      realtime: { transport },
    });
  });
  const answers = await Promise.all(
    clients.map((client) =>
      client.rpc('request_booking', {
        provider_id: firm.id,
        service_ids: [firm.service],
        starts_at: at(0),
        location: place,
      }),
    ),
  );
  expect(answers.filter(({ error }) => !error)).toHaveLength(1);
  const refused = answers.filter(({ error }) => error);
  expect(refused.map(({ status, error }) => `${status} ${error?.code} ${error?.details}`)).toEqual(
    Array.from({ length: 99 }, () => '409 PT409 slot_taken'),
  );
}, 120_000);

test('overlapping hours, asked for at once, never overlap', async () => {
  const firm = await race.makeFirm();
  const outcomes = await Promise.all(
    customers.map((customer, index) =>
      race.request(customer, firm, at(day + (index % 10) * hour * 0.5)),
    ),
  );
  const { ok = 0, ...others } = tally(outcomes);
  expect(ok).toBeGreaterThanOrEqual(3);
  expect(others).toEqual({ slot_taken: 100 - ok });
  const overlaps = await race.sql`
    select from public.bookings as a
    join public.bookings as b on a.provider_id = b.provider_id and a.id < b.id
    where a.provider_id = ${firm.id} and a.blocked && b.blocked
  `;
  expect(overlaps).toHaveLength(0);
}, 60_000);

test('drafts that are sent race with new requests: no deadlock, one winner an hour', async () => {
  const firm = await race.makeFirm();
  const hours = Array.from({ length: 5 }, (_, index) => at(2 * day + index * hour));
  const drafts = await race.sql<{ id: string; customer_id: string }[]>`
    insert into public.bookings (
      number, market_id, provider_id, customer_id, process_id, status, status_actor, starts_at,
      ends_at, location, address, total_amount, currency
    )
    select
      'draft ' || gen_random_uuid(), 'localpro', ${firm.id}, customer_id, 'request', 'draft',
      'customer', starts_at, starts_at + interval '1 hour', private.point(26.85, 81), 'x', 0, 'INR'
    from unnest(${customers.slice(0, 10)}::uuid[]) as customer_id,
      unnest(${hours}::timestamptz[]) as starts_at
    returning id, customer_id
  `;
  const outcomes = await Promise.all([
    ...drafts.map((draft) => race.move(draft.customer_id, draft.id, 'requested')),
    ...customers
      .slice(10, 60)
      .map((customer, n) => race.request(customer, firm, hours[n % 5] ?? '')),
  ]);
  expect(tally(outcomes)).toEqual({ ok: 5, slot_taken: 95 });
}, 60_000);
