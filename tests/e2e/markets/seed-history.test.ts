/** What the businesses of the demo data have done so far, and that running it again does nothing. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres, { type Sql, type TransactionSql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectDir } from '../../../scripts/paths.ts';
import { testStack } from '../../helpers/stack.ts';

let sql: Sql;
beforeAll(async () => {
  const { databaseUrl } = await testStack();
  sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => await sql?.end());

const isSeed = '^.{5}[a-f]00-0000-4000-8000-0';

/** Undoes what the test did. */
async function rolledBack(task: (tx: TransactionSql) => Promise<void>): Promise<void> {
  const done = new Error('rolled back on purpose');
  await sql
    .begin('isolation level repeatable read', async (tx) => {
      await task(tx);
      throw done;
    })
    .catch((error: unknown) => {
      if (error !== done) throw error;
    });
}

describe('the history of the demo data', () => {
  it('goes back for months in every market, in the order in which things happen', async () => {
    const markets = await sql<{ market_id: string; months: number; latest: number }[]>`
      select booking.market_id,
        count(distinct date_trunc('month', booking.starts_at))::int as months,
        min(extract(day from now() - booking.starts_at))::int as latest
      from public.bookings as booking
      where booking.id::text ~ ${isSeed}
      group by booking.market_id`;
    expect(markets).toHaveLength(5);
    for (const { months, latest, market_id } of markets) {
      expect(months, market_id).toBeGreaterThanOrEqual(6);
      expect(latest, market_id).toBeLessThanOrEqual(7);
    }

    const disordered = await sql`
      select booking.number
      from public.bookings as booking
      join public.profiles as customer on customer.id = booking.customer_id
      join public.providers as provider on provider.id = booking.provider_id
      left join public.reviews as review on review.booking_id = booking.id
      where booking.id::text ~ ${isSeed}
        and (
          provider.created_at >= booking.created_at
          or customer.created_at >= booking.created_at
          or booking.created_at >= booking.starts_at
          or booking.status_changed_at >= now()
          or review.created_at not between booking.ends_at and now()
          or booking.created_at <> (
            select min(history.created_at) from public.booking_status_history as history
            where history.booking_id = booking.id
          )
        )`;
    expect([...disordered]).toEqual([]);
  });

  it('shows tenure and trends in the reputation, which is what the functions say', async () => {
    await rolledBack(async (tx) => {
      // Other tests may have moved the clock of a factor since it was last counted.
      await tx`select private.recompute_provider_statistics(array(
        select id from public.providers where id::text ~ ${isSeed}
      ))`;
      const factors = await tx<{ factor: string; scores: number[] }[]>`
        select factor.value ->> 'factor' as factor,
          array_agg(distinct (factor.value ->> 'score')::numeric::int) as scores
        from public.providers as provider
        cross join lateral jsonb_array_elements(
          private.current_reputation(provider.id) -> 'factors'
        ) as factor
        where provider.id::text ~ ${isSeed}
        group by 1`;
      const scores = Object.fromEntries(factors.map(({ factor, scores }) => [factor, scores]));
      const sorted = (list: number[] = []) => list.toSorted((a, b) => a - b);
      expect(sorted(scores.tenure)).toEqual([20, 50, 75, 100]);
      expect(sorted(scores.trend)).toEqual(expect.arrayContaining([60, 80, 100]));
      expect(sorted(scores.verification)).toEqual([0, 50, 100]);
      expect(scores.response?.length).toBeGreaterThanOrEqual(4);
    });
  });

  it('is counted as it happened', async () => {
    const figures = (tx: Sql | TransactionSql) => tx`
      select provider.slug, provider.rating_average, provider.rating_count,
        provider.reputation_score, statistics.completed_count, statistics.failed_count,
        statistics.response_seconds_average
      from public.providers as provider
      left join public.provider_statistics as statistics on statistics.provider_id = provider.id
      where provider.id::text ~ ${isSeed}
      order by provider.id`;
    await rolledBack(async (tx) => {
      const before = [...(await figures(tx))];
      await tx`select private.recompute_provider_statistics(array(
        select id from public.providers where id::text ~ ${isSeed}
      ))`;
      expect([...(await figures(tx))]).toEqual(before);
    });
  });
});

describe('running the seeds again', () => {
  it('changes no row of any table, and leaves nothing behind', async () => {
    const tables = await sql<{ name: string }[]>`
      select format('%I.%I', schemaname, tablename) as name
      from pg_tables
      where schemaname in ('public', 'private') or tablename in ('users', 'identities')
        and schemaname = 'auth'
      order by 1`;
    const state = async (tx: TransactionSql) => {
      const digests: Record<string, string | null> = {};
      for (const { name } of tables) {
        const [row] = await tx.unsafe(
          `select md5(string_agg(row::text, ' ' order by row::text)) as digest from ${name} as row`,
        );
        digests[name] = row?.digest ?? null;
      }
      return digests;
    };
    await rolledBack(async (tx) => {
      const before = await state(tx);
      const folder = join(projectDir, 'sql/seed');
      for (const file of (await readdir(folder)).sort()) {
        await tx.unsafe(await readFile(join(folder, file), 'utf8')).simple();
      }
      expect(await state(tx)).toEqual(before);
      expect([...(await tx`select proname from pg_proc where proname like 'seed\_%'`)]).toEqual([]);
    });
  });
});
