/** Races for the same rows: who loses is told so cleanly, and nobody gets a raw Postgres error. */
import { randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import postgres, { type Sql, type TransactionSql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeUser, testStack } from '../helpers/stack.ts';
import { transport } from '../helpers/transport.ts';

const place = { address: 'Vipul Khand, Gomti Nagar', lat: 26.8527, lng: 80.9988 };
const day = 86_400_000;
const hour = 3_600_000;
/** One hour of its own for each test: far enough from now, at a full hour. */
const base = Math.ceil(Date.now() / hour) * hour + 5 * day;
const at = (ms: number) => new Date(base + ms).toISOString();

let sql: Sql;
let customers: string[];

beforeAll(async () => {
  const stack = await testStack();
  sql = postgres(stack.databaseUrl, { max: 40, onnotice: () => {} });
  customers = await makeUsers(100);
});

afterAll(() => sql?.end());

async function makeUsers(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  await sql`
    insert into auth.users (id, aud, role, email)
    select id, 'authenticated', 'authenticated', id || '@example.test'
    from unnest(${ids}::uuid[]) as id
  `;
  return ids;
}

interface Firm {
  readonly id: string;
  readonly owner: string;
  readonly service: string;
}

async function makeFirm(): Promise<Firm> {
  const [owner = ''] = await makeUsers(1);
  const slug = `race-${owner}`;
  const [firm] = await sql<{ id: string; service: string }[]>`
    with category as (
      insert into public.categories (market_id, slug, names)
      values ('localpro', ${slug}, '{"en": "Race", "hi": "दौड़", "ur": "دوڑ"}')
      returning id
    ), provider as (
      insert into public.providers (
        market_id, slug, kind, names, status, location, address, time_zone
      )
      values (
        'localpro', ${slug}, 'solo', '{"en": "Race"}', 'active',
        private.point(26.85, 81.0), 'Gomti Nagar', 'Asia/Kolkata'
      )
      returning id
    )
    select provider.id, category.id as service from provider, category
  `;
  if (!firm) throw new Error('no provider');
  await sql`
    insert into public.provider_members (provider_id, user_id, role)
    values (${firm.id}, ${owner}, 'owner')
  `;
  await sql`
    insert into public.provider_categories (provider_id, category_id)
    values (${firm.id}, ${firm.service})
  `;
  const [service] = await sql<{ id: string }[]>`
    insert into public.services (provider_id, category_id, names, price_amount)
    values (${firm.id}, ${firm.service}, '{"en": "Visit"}', 40000)
    returning id
  `;
  if (!service) throw new Error('no service');
  return { id: firm.id, owner, service: service.id };
}

/** Runs the call as the user, in a transaction of its own, as the Data API does. */
async function as<T>(user: string, call: (tx: TransactionSql) => Promise<T>): Promise<T | string> {
  const claims = JSON.stringify({ sub: user, role: 'authenticated' });
  try {
    const result = await sql.begin(async (tx) => {
      await tx`
        select set_config('request.jwt.claims', ${claims}, true),
          set_config('role', 'authenticated', true)
      `;
      return { value: await call(tx) };
    });
    return result.value;
  } catch (error) {
    if (error instanceof postgres.PostgresError)
      return error.detail ?? `${error.code} ${error.message}`;
    throw error;
  }
}

interface Booked {
  readonly booking: string;
}

function request(user: string, firm: Firm, startsAt: string, key: string | null = null) {
  return as(user, async (tx): Promise<Booked> => {
    const [row] = await tx<Booked[]>`
      select public.request_booking(
        ${firm.id}, ${tx.json([firm.service])}, ${startsAt}, ${tx.json(place)},
        idempotency_key => ${key}
      ) ->> 'id' as booking
    `;
    if (!row) throw new Error('no booking');
    return row;
  });
}

function move(user: string, booking: string, toStatus: string) {
  return as(user, async (tx): Promise<Booked> => {
    await tx`select public.transition_booking(${booking}, ${toStatus})`;
    return { booking };
  });
}

const isBooked = (outcome: Booked | string): outcome is Booked => typeof outcome !== 'string';
/** How often each outcome came, `ok` for a booking. */
function tally(outcomes: readonly (Booked | string)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    const name = isBooked(outcome) ? 'ok' : outcome;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test('100 customers ask for the same hour: one gets it', async () => {
  const firm = await makeFirm();
  const outcomes = await Promise.all(customers.map((customer) => request(customer, firm, at(0))));
  expect(tally(outcomes)).toEqual({ ok: 1, slot_taken: 99 });
  const rows = await sql`select status from public.bookings where provider_id = ${firm.id}`;
  expect(rows).toEqual([{ status: 'requested' }]);
}, 60_000);

test('100 clients of the Data API ask for the same hour: one booking, 99 times PT409', async () => {
  const stack = await testStack();
  const firm = await makeFirm();
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
  const firm = await makeFirm();
  const outcomes = await Promise.all(
    customers.map((customer, index) =>
      request(customer, firm, at(day + (index % 10) * hour * 0.5)),
    ),
  );
  const { ok = 0, ...others } = tally(outcomes);
  expect(ok).toBeGreaterThanOrEqual(3);
  expect(others).toEqual({ slot_taken: 100 - ok });
  const overlaps = await sql`
    select from public.bookings as a
    join public.bookings as b on a.provider_id = b.provider_id and a.id < b.id
    where a.provider_id = ${firm.id} and a.blocked && b.blocked
  `;
  expect(overlaps).toHaveLength(0);
}, 60_000);

test('drafts that are sent race with new requests: no deadlock, one winner an hour', async () => {
  const firm = await makeFirm();
  const hours = Array.from({ length: 5 }, (_, index) => at(2 * day + index * hour));
  const drafts = await sql<{ id: string; customer_id: string }[]>`
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
    ...drafts.map((draft) => move(draft.customer_id, draft.id, 'requested')),
    ...customers.slice(10, 60).map((customer, n) => request(customer, firm, hours[n % 5] ?? '')),
  ]);
  expect(tally(outcomes)).toEqual({ ok: 5, slot_taken: 95 });
}, 60_000);

test('the same request under one key, sent 20 times at once, is one booking', async () => {
  const firm = await makeFirm();
  const [customer = ''] = customers;
  const key = randomUUID();
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => request(customer, firm, at(3 * day), key)),
  );
  expect(tally(outcomes)).toEqual({ ok: 20 });
  expect(new Set(outcomes.filter(isBooked).map(({ booking }) => booking)).size).toBe(1);
}, 60_000);

test('one booking moved 20 times at once moves once', async () => {
  const firm = await makeFirm();
  const [customer = ''] = customers;
  const booked = await request(customer, firm, at(4 * day));
  if (!isBooked(booked)) throw new Error(booked);
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => move(firm.owner, booked.booking, 'confirmed')),
  );
  expect(tally(outcomes)).toEqual({ ok: 1, transition_not_allowed: 19 });
  const history = await sql`
    select position, to_status from public.booking_status_history
    where booking_id = ${booked.booking} order by position
  `;
  expect(history).toEqual([
    { position: 1, to_status: 'requested' },
    { position: 2, to_status: 'confirmed' },
  ]);
}, 60_000);

test('the limit of bookings ahead holds when all are asked for at once', async () => {
  const firm = await makeFirm();
  const [customer = ''] = await makeUsers(1);
  const outcomes = await Promise.all(
    Array.from({ length: 60 }, (_, index) => request(customer, firm, at(5 * day + index * hour))),
  );
  expect(tally(outcomes)).toEqual({ ok: 50, too_many_open_bookings: 10 });
}, 60_000);

test('timers that run at once move each booking once', async () => {
  const firm = await makeFirm();
  const made = await Promise.all(
    customers.slice(0, 30).map((customer, n) => request(customer, firm, at(8 * day + n * hour))),
  );
  expect(tally(made)).toEqual({ ok: 30 });
  await sql`
    update public.bookings set timer_due_at = now() - interval '1 minute'
    where provider_id = ${firm.id}
  `;
  const runs = await Promise.all(
    Array.from({ length: 5 }, () => sql<{ n: number }[]>`select private.run_booking_timers() as n`),
  );
  expect(runs.flat().reduce((sum, { n }) => sum + n, 0)).toBeGreaterThanOrEqual(30);
  const moves = await sql`
    select history.booking_id from public.booking_status_history as history
    join public.bookings as booking on booking.id = history.booking_id
    where booking.provider_id = ${firm.id} and history.to_status = 'expired'
  `;
  expect(moves).toHaveLength(30);
}, 60_000);

test('numbers of bookings made at once differ', async () => {
  const firms = await Promise.all([makeFirm(), makeFirm(), makeFirm(), makeFirm()]);
  const outcomes = await Promise.all(
    customers.map((customer, n) => {
      const firm = firms[n % firms.length];
      if (!firm) throw new Error('no firm');
      return request(customer, firm, at(12 * day + Math.floor(n / 4) * hour));
    }),
  );
  expect(tally(outcomes)).toEqual({ ok: 100 });
}, 60_000);

test('services added to one provider at once are all found', async () => {
  const firm = await makeFirm();
  const words = Array.from({ length: 20 }, (_, n) => `wxyz${n}`);
  const outcomes = await Promise.all(
    words.map((word) =>
      as(firm.owner, async (tx): Promise<Booked> => {
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
  const [document] = await sql<{ words: string[] }[]>`
    select words from private.search_documents where provider_id = ${firm.id}
  `;
  expect(document?.words).toEqual(expect.arrayContaining(words));
}, 60_000);
