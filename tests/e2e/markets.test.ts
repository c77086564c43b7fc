/** What a newcomer finds in the demo data of each market, in each of its languages. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres, { type Sql, type TransactionSql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectDir } from '../../scripts/paths.ts';
import { createKarigar, type Karigar } from '../../types/index.ts';
import { testStack } from '../helpers/stack.ts';
import { transport } from '../helpers/transport.ts';

/** Market, language, query, and whom it finds first near the place; some are misspelt. */
const searches: readonly [market: string, language: string, query: string, slug: string][] = [
  ['bihar', 'hi', 'पंखा मरम्मत', 'irfan-fan-centre'],
  ['bihar', 'hi', 'इन्वर्टरर', 'kankarbagh-bijli-ghar'],
  ['bihar', 'bho', 'समरसेबल मिस्तिरी', 'yadav-motor-pump'],
  ['bihar', 'mai', 'इन्वर्टरक मरम्मति', 'jha-inverter-care'],
  ['bihar', 'en', 'electrcian digha', 'patna-quick-electricians'],
  ['baitech', 'sw', 'fundi bomba', 'mwangi-fundi-bomba'],
  ['baitech', 'sw', 'kutengenza friji', 'achieng-appliances'],
  ['baitech', 'en', 'electrican westlands', 'otieno-electricals'],
  ['localpro', 'en', 'plumer', 'master-plumber-services'],
  ['localpro', 'hi', 'प्लम्बर', 'master-plumber-services'],
  ['localpro', 'ur', 'شادی کا کھانا', 'qureshi-caterers'],
  ['atyrau', 'ru', 'стоматолог', 'kim-dental'],
  ['atyrau', 'ru', 'маникур', 'belova-nails'],
  ['atyrau', 'kk', 'шаш қию', 'aizhan-studio'],
  ['atyrau', 'kk', 'тіс дәрігері', 'kim-dental'],
  ['atyrau', 'en', 'hairdreser', 'aizhan-studio'],
  ['servicepro', 'en', 'lawn mowing', 'southern-lawn-care'],
  ['servicepro', 'en', 'plummer avondale', 'magic-city-plumbing'],
];

let karigar: Karigar;
let sql: Sql;
beforeAll(async () => {
  const { url, publishableKey, databaseUrl } = await testStack();
  karigar = createKarigar({ url, key: publishableKey, realtime: { transport } });
  sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => await sql?.end());

describe('D1, D2 a search in the languages of the market', () => {
  it.each(searches)('%s, %s: %s', async (market, language, query, slug) => {
    const { items } = await karigar.rpc.searchProviders({ market, query, language });
    expect(items.map((item) => item.slug).slice(0, 3)).toContain(slug);
    const { data } = await karigar.supabase
      .from('markets')
      .select('languages')
      .eq('id', market)
      .single()
      .throwOnError();
    expect(data.languages).toContain(language);
  });
});

describe('the demo data', () => {
  it('has businesses, people and a history in every market', async () => {
    const markets = await sql<{ id: string; businesses: number; reviews: number }[]>`
      select market.id,
        (
          select count(*)::int from public.providers as provider
          where provider.market_id = market.id and provider.status = 'active'
            and provider.id::text ~ '^.{5}b00-0000-4000-8000-'
        ) as businesses,
        (
          select count(*)::int
          from public.reviews as review
          join public.bookings as booking on booking.id = review.booking_id
          where booking.market_id = market.id and booking.id::text ~ '^.{5}e00-0000-4000-8000-'
        ) as reviews
      from public.markets as market
    `;
    expect(markets).toHaveLength(5);
    for (const { id, businesses, reviews } of markets) {
      expect(businesses, id).toBeGreaterThanOrEqual(12);
      expect(reviews, id).toBeGreaterThanOrEqual(15);
    }
  });

  it('has phones that fit their market, and an admin in each', async () => {
    const wrong = await sql`
      select account.phone
      from auth.users as account
      join public.profiles as profile on profile.id = account.id
      join public.markets as market on market.id = profile.market_id
      where account.id::text ~ '^.{5}a00-0000-4000-8000-'
        and account.phone !~ ('^' || market.calling_code || substring(market.phone_pattern from 2))
    `;
    expect([...wrong]).toEqual([]);
    const admins = await sql<{ market_id: string }[]>`
      select distinct profile.market_id
      from public.user_roles as granted
      join public.profiles as profile on profile.id = granted.user_id
      where granted.role = 'admin' and profile.id::text ~ '^.{5}a00-0000-4000-8000-'
      order by 1
    `;
    expect(admins.map(({ market_id }) => market_id)).toEqual([
      'atyrau',
      'baitech',
      'bihar',
      'localpro',
      'servicepro',
    ]);
  });

  it('counts what its history says, and changes nothing when it runs again', async () => {
    const state = (tx: Sql | TransactionSql) => tx`
      select provider.slug, provider.rating_average, provider.rating_count,
        provider.reputation_score, statistics.completed_count, statistics.failed_count,
        statistics.response_seconds_average
      from public.providers as provider
      left join public.provider_statistics as statistics on statistics.provider_id = provider.id
      where provider.id::text ~ '^.{5}b00-0000-4000-8000-'
      order by provider.id
    `;
    const before = [...(await state(sql))];
    const folder = join(projectDir, 'sql/seed');
    const rollback = new Error('rolled back on purpose');
    await sql
      .begin(async (tx) => {
        for (const file of (await readdir(folder)).sort()) {
          await tx.unsafe(await readFile(join(folder, file), 'utf8')).simple();
        }
        expect([...(await state(tx))]).toEqual(before);
        throw rollback;
      })
      .catch((error: unknown) => {
        if (error !== rollback) throw error;
      });
  });
});
