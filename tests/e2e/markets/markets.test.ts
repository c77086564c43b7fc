/** What a newcomer finds in the demo data of each market, in each of its languages. */
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKarigar, type Karigar } from '../../../types/index.ts';
import { testStack } from '../../helpers/stack.ts';
import { transport } from '../../helpers/transport.ts';

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

type Place = Readonly<Record<string, number | string>>;
/** Businesses that work far from their seat, where customers name their place, or only in between. */
const areas: readonly [slug: string, market: string, finds: Place[], doesNotFind: Place[]][] = [
  [
    'paswan-wiring-danapur',
    'bihar',
    [
      { lat: 24.785, lng: 85.008 },
      { lat: 25.63, lng: 85.05 },
    ],
    [
      { lat: 25.2, lng: 85.05 },
      { lat: 25.6, lng: 85.25 },
    ],
  ],
  ['sah-electric-works', 'bihar', [{ postcode: '800013' }], [{ postcode: '800020' }]],
  ['thakur-light-house', 'bihar', [{ district: 'वैशाली' }], [{ district: 'Gaya' }]],
  ['irfan-fan-centre', 'bihar', [{ lat: 25.59, lng: 85.24 }], [{ lat: 25.59, lng: 85.14 }]],
  ['omondi-power', 'baitech', [{ lat: -0.285, lng: 36.09 }], [{ lat: -0.8, lng: 36.5 }]],
  ['achieng-appliances', 'baitech', [{ district: 'karen' }], [{ district: 'Kasarani' }]],
  ['amina-usafi', 'baitech', [{ postcode: '00600' }], [{ postcode: '00502' }]],
  ['njeri-braids', 'baitech', [{ lat: -1.22, lng: 36.89 }], [{ lat: -1.28, lng: 36.89 }]],
  ['qureshi-caterers', 'localpro', [{ lat: 26.483, lng: 80.318 }], [{ lat: 26.65, lng: 80.55 }]],
  ['ansari-plumbing-works', 'localpro', [{ postcode: '226 018' }], [{ postcode: '226021' }]],
  ['chamak-cleaning', 'localpro', [{ district: 'لکھنؤ' }], [{ district: 'Kanpur' }]],
  ['meena-beauty-home', 'localpro', [{ lat: 26.87, lng: 80.95 }], [{ lat: 26.87, lng: 81 }]],
  ['pavlov-master', 'atyrau', [{ lat: 46.956, lng: 54.01 }], [{ lat: 47.0, lng: 53 }]],
  ['belova-nails', 'atyrau', [{ postcode: '060011' }], [{ postcode: '060003' }]],
  ['khamitov-fit', 'atyrau', [{ district: 'авангард' }], [{ district: 'Лесхоз' }]],
  ['taza-ui', 'atyrau', [{ lat: 47.06, lng: 51.9 }], [{ lat: 47.03, lng: 51.9 }]],
  ['red-mountain-tree', 'servicepro', [{ lat: 33.21, lng: -87.57 }], [{ lat: 33.3, lng: -87.2 }]],
  ['carter-clean-homes', 'servicepro', [{ postcode: '35209' }], [{ postcode: '35173' }]],
  ['brooks-roofing', 'servicepro', [{ district: 'Shelby County' }], [{ district: 'Mobile' }]],
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

describe('a business with service areas', () => {
  it.each(areas)('%s, %s', async (slug, market, finds, doesNotFind) => {
    const found = async (place: Place) => {
      const { items } = await karigar.rpc.searchProviders({ market, page_size: 100, ...place });
      return items.some((item) => item.slug === slug);
    };
    for (const place of finds) expect(await found(place), JSON.stringify(place)).toBe(true);
    for (const place of doesNotFind) expect(await found(place), JSON.stringify(place)).toBe(false);
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
});
