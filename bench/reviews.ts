/**
 * What a review costs a business with ten of them and one with 100 000: the same calls in one run,
 * in turn. `DATABASE_URL` chooses a native server, without it an embedded one runs.
 *
 *   npx tsx bench/reviews.ts [pairs] [reviews of the large business]
 */
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { applyMigrations, createScratchDatabase } from '../scripts/scratch-database.ts';

const pairs = Number(process.argv[2] ?? 400);
const many = Number(process.argv[3] ?? 100_000);
const few = 10;
/** Enough small businesses that none of them grows by much while it is measured. */
const smallBusinesses = 20;

const database = await createScratchDatabase();
const admin = postgres(database.adminUrl, { max: 1, onnotice: () => {} });
const sql = postgres(database.databaseUrl, { max: 1, onnotice: () => {} });
const customer = randomUUID();

/** A business with completed bookings, the first `reviewed` of which have a review. */
async function makeBusiness(reviewed: number, open: number): Promise<string> {
  const id = randomUUID();
  await admin`
    insert into public.providers (
      id, market_id, slug, kind, names, status, location, address, time_zone
    )
    values (
      ${id}, 'localpro', ${id}, 'solo', '{"en": "Bench"}', 'active', private.point(26.85, 81.0),
      'Gomti Nagar', 'Asia/Kolkata'
    )
  `;
  await admin`
    insert into auth.users (id, aud, role, email)
    values (${id}, 'authenticated', 'authenticated', ${`${id}@example.test`})
  `;
  await admin`
    insert into public.provider_members (provider_id, user_id, role) values (${id}, ${id}, 'owner')
  `;
  await admin`
    insert into public.provider_categories (provider_id, category_id)
    select ${id}, id from public.categories where slug = 'bench'
  `;
  await admin`
    insert into public.services (provider_id, category_id, names, price_amount)
    select ${id}, id, '{"en": "Visit"}', 40000 from public.categories where slug = 'bench'
  `;
  // Past the triggers, as an import is; then everything is counted from scratch.
  await admin.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`
      insert into public.bookings (
        number, market_id, provider_id, customer_id, process_id, status, status_actor,
        status_changed_at, starts_at, ends_at, location, address, total_amount, currency
      )
      select
        ${id} || ' ' || n, 'localpro', ${id}, ${customer}, 'request', 'completed', 'provider',
        now(), now() - interval '2 hours', now() - interval '1 hour', private.point(26.85, 81),
        'Gomti Nagar', 40000, 'INR'
      from generate_series(1, ${reviewed + open}::int) as n
    `;
    await tx`
      insert into public.booking_status_history (
        booking_id, position, from_status, to_status, actor, created_at
      )
      select booking.id, move.position, move.from_status, move.to_status, move.actor, now()
      from public.bookings as booking
      cross join (
        values (1, null, 'requested', 'customer'), (2, 'requested', 'confirmed', 'provider'),
          (3, 'confirmed', 'in_progress', 'provider'), (4, 'in_progress', 'completed', 'provider')
      ) as move (position, from_status, to_status, actor)
      where booking.provider_id = ${id}
    `;
    await tx`
      insert into public.reviews (
        booking_id, side, provider_id, customer_id, author_id, overall_rating, quality_rating,
        comment, created_at
      )
      select id, 'customer', provider_id, customer_id, customer_id, 1 + (random() * 4)::int,
        1 + (random() * 4)::int, 'Came on time and cleaned up.', now() - n * interval '1 minute'
      from (
        select booking.*, row_number() over () as n
        from public.bookings as booking where booking.provider_id = ${id}
      ) as booking
      where n <= ${reviewed}
    `;
  });
  await admin`select private.recompute_provider_statistics(array[${id}::uuid])`;
  return id;
}

const openBookings = (provider: string) => sql<{ id: string }[]>`
  select id from public.bookings as booking
  where booking.provider_id = ${provider}
    and not exists (select from public.reviews where booking_id = booking.id)
`;

/** One call as the Data API makes it, with its commit: milliseconds. */
async function timed(call: (tx: postgres.TransactionSql) => Promise<unknown>): Promise<number> {
  const claims = JSON.stringify({ sub: customer, role: 'authenticated' });
  const started = performance.now();
  await sql.begin(async (tx) => {
    await tx`
      select set_config('request.jwt.claims', ${claims}, true),
        set_config('role', 'authenticated', true)
    `;
    await call(tx);
  });
  return performance.now() - started;
}

const submit = (booking: string) =>
  timed(
    (tx) => tx`
    select public.submit_review(${booking}, '4', quality => '5', comment => 'Came on time.')
  `,
  );
const list = (provider: string) =>
  timed((tx) => tx`select public.list_reviews(${provider}, max_rating => '3')`);
const explain = (provider: string) =>
  timed((tx) => tx`select public.provider_reputation(${provider})`);

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}

function report(name: string, small: readonly number[], large: readonly number[]): void {
  const show = (values: readonly number[]) =>
    `p50 ${quantile(values, 0.5).toFixed(2)} ms, p95 ${quantile(values, 0.95).toFixed(2)} ms`;
  const ratio = quantile(large, 0.5) / quantile(small, 0.5);
  console.log(`${name}: ${few} reviews ${show(small)}; ${many} reviews ${show(large)}`);
  console.log(`${name}: ${many} : ${few} = ${ratio.toFixed(2)} (medians of ${small.length} calls)`);
}

async function prepare(): Promise<{ large: string; small: string[] }> {
  await admin`
    insert into auth.users (id, aud, role, email)
    values (${customer}, 'authenticated', 'authenticated', 'bench@example.test')
  `;
  await admin`
    insert into public.categories (market_id, slug, names)
    values ('localpro', 'bench', '{"en": "Bench", "hi": "माप", "ur": "پیمائش"}')
  `;
  const large = await makeBusiness(many, pairs);
  const small: string[] = [];
  for (let n = 0; n < smallBusinesses; n++) {
    small.push(await makeBusiness(few, Math.ceil(pairs / smallBusinesses)));
  }
  await admin`analyze`;
  return { large, small };
}

/** Calls in turn, each going first every other time, so that what drifts hits both. */
async function inTurn(
  calls: number,
  onSmall: (n: number) => Promise<number>,
  onLarge: (n: number) => Promise<number>,
): Promise<[small: number[], large: number[]]> {
  const results: [number[], number[]] = [[], []];
  for (let n = 0; n < calls; n++) {
    if (n % 2 === 0) results[0].push(await onSmall(n));
    results[1].push(await onLarge(n));
    if (n % 2 === 1) results[0].push(await onSmall(n));
  }
  return results;
}

async function measure(large: string, small: readonly string[]): Promise<void> {
  const ofLarge = await openBookings(large);
  const ofSmall = await Promise.all(small.map(openBookings));
  const smallOf = (n: number) => small[n % small.length] ?? '';
  const smallBooking = (n: number) =>
    ofSmall[n % small.length]?.[Math.floor(n / small.length)]?.id ?? '';
  report(
    'submit_review',
    ...(await inTurn(
      pairs,
      (n) => submit(smallBooking(n)),
      (n) => submit(ofLarge[n]?.id ?? ''),
    )),
  );
  report(
    'list_reviews',
    ...(await inTurn(
      pairs,
      (n) => list(smallOf(n)),
      () => list(large),
    )),
  );
  report(
    'provider_reputation',
    ...(await inTurn(
      pairs,
      (n) => explain(smallOf(n)),
      () => explain(large),
    )),
  );
}

async function ratingCount(provider: string): Promise<number | undefined> {
  const [row] = await sql<{ rating_count: number }[]>`
    select rating_count from public.providers where id = ${provider}
  `;
  return row?.rating_count;
}

try {
  await applyMigrations(database);
  const { large, small } = await prepare();
  await measure(large, small);
  const count = await ratingCount(large);
  if (count !== many + pairs) throw new Error(`${count} reviews are counted`);
} finally {
  await sql.end();
  await admin.end();
  await database.drop();
}
