/** Every market of the demo data is a place to walk through: nothing that can be shown is empty. */
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testStack } from '../../helpers/stack.ts';

const markets = ['atyrau', 'baitech', 'bihar', 'localpro', 'servicepro'];

let sql: Sql;
beforeAll(async () => {
  const { databaseUrl } = await testStack();
  sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => await sql?.end());

/** The demo businesses, not those that other tests make. */
const isSeed = '^.{5}[a-f]00-0000-4000-8000-0';

describe('texts', () => {
  it('are there in every language of their market', async () => {
    // Whatever the schema checks to be a text in several languages.
    const columns = await sql<{ table: string; column: string }[]>`
      select constrained.conrelid::regclass::text as table, part.attname as column
      from pg_constraint as constrained
      join pg_attribute as part
        on part.attrelid = constrained.conrelid and part.attnum = any (constrained.conkey)
      where constrained.conrelid = any
          ('{public.categories,public.providers,public.services,public.verticals}'::regclass[])
        and pg_get_constraintdef(constrained.oid) ~ 'is_language_(map|lists)'
      order by 1, 2`;
    expect(columns.map(({ table, column }) => `${table}.${column}`)).toEqual(
      expect.arrayContaining(['categories.seo_titles', 'services.includes', 'verticals.names']),
    );
    for (const { table, column } of columns) {
      const market = {
        categories: 'market.id = row.market_id',
        providers: 'market.id = row.market_id',
        services: 'market.id = (select market_id from public.providers where id = row.provider_id)',
        // Trades are of all markets.
        verticals: 'true',
      }[table];
      const lacking = await sql.unsafe(`
        select row.id, market.id as market, row.${column}
        from public.${table} as row
        join public.markets as market on ${market}
        where (row.id::text ~ '${isSeed}' or '${table}' = 'verticals')
          and not row.${column} ?& market.languages`);
      expect([...lacking], `${table}.${column}`).toEqual([]);
    }
  });

  it('are found by: the names of a category and each of its words', {
    timeout: 60_000,
  }, async () => {
    const missed = await sql`
      select category.market_id, category.slug, asked.language, asked.query
      from public.categories as category
      join public.markets as market on market.id = category.market_id
      cross join lateral (
        select name.key as language, name.value as query from jsonb_each_text(category.names) as name
        union all
        select market.default_language, word from unnest(category.keywords) as word
      ) as asked
      where category.id::text ~ ${isSeed}
        and exists (
          select 1
          from public.provider_categories as chosen
          join public.categories as leaf on leaf.id = chosen.category_id
          where category.id in (leaf.id, leaf.parent_id)
        )
        and not exists (
          select 1
          from jsonb_array_elements(
            public.search_providers(category.market_id, asked.query, language => asked.language)
              -> 'items'
          ) as found
          join public.provider_categories as chosen
            on chosen.provider_id = (found ->> 'provider_id')::uuid
          join public.categories as leaf on leaf.id = chosen.category_id
          where category.id in (leaf.id, leaf.parent_id)
        )`;
    expect([...missed]).toEqual([]);
  });
});

describe.each(markets)('the market %s', (market) => {
  it('has people with places and wishes, in each of its languages', async () => {
    const customers = await sql<{ language: string; places: number; defaults: number }[]>`
      select profile.language,
        (
          select count(*)::int from public.addresses as address
          where address.user_id = profile.id and extensions.st_covers(
            market.area, private.point(address.lat, address.lng)::extensions.geometry
          )
        ) as places,
        (
          select count(*)::int from public.addresses as address
          where address.user_id = profile.id and address.is_default
        ) as defaults
      from public.profiles as profile
      join public.markets as market on market.id = profile.market_id
      join public.preferences as wish on wish.user_id = profile.id and wish.category_ids <> '{}'
      where profile.market_id = ${market}
        and profile.id::text ~ '^.{5}a00-0000-4000-8000-0000000002..$'`;
    expect(customers.length).toBeGreaterThanOrEqual(3);
    for (const { places, defaults } of customers) {
      expect(places).toBeGreaterThanOrEqual(2);
      expect(defaults).toBe(1);
    }
    const [{ languages } = { languages: [] }] = await sql<{ languages: string[] }[]>`
      select languages from public.markets where id = ${market}`;
    const spoken = await sql<{ language: string }[]>`
      select distinct language from public.profiles
      where market_id = ${market} and id::text ~ ${isSeed}`;
    expect(spoken.map(({ language }) => language).sort()).toEqual([...languages].sort());
  });

  it('has businesses that tell all of themselves, without a dead link', async () => {
    const businesses = await sql`
      select provider.slug, provider.experience_years, provider.descriptions, provider.features,
        provider.social_links, provider.payment_link, provider.vertical_id,
        (
          select array_agg(skill.name) from public.provider_skills as skill
          where skill.provider_id = provider.id
        ) as skills,
        array(
          select photo.path from public.provider_photos as photo
          where photo.provider_id = provider.id
          union all
          select path from unnest(array[
            provider.logo_path, provider.cover_path, provider.payment_qr_path
          ]) as path
          where path is not null
        ) as paths
      from public.providers as provider
      where provider.market_id = ${market} and provider.id::text ~ ${isSeed}`;
    expect(businesses.length).toBeGreaterThanOrEqual(12);
    for (const { slug, paths, vertical_id, ...told } of businesses) {
      for (const [column, value] of Object.entries(told)) {
        expect(value, `${slug}: ${column}`).not.toBeNull();
        expect(Object.keys(Object(value)).length > 0 || value > 0, `${slug}: ${column}`).toBe(true);
      }
      const links = [told.payment_link, ...Object.values(told.social_links)];
      for (const link of links) expect(new URL(String(link)).hostname).toBe('example.com');
      const [{ stored } = { stored: -1 }] = await sql<{ stored: number }[]>`
        select count(*)::int as stored from storage.objects
        where bucket_id = 'provider-photos' and name = any (${paths})`;
      expect(stored, `${slug}: pictures`).toBe(paths.length);
    }
    const trades = new Set(businesses.map(({ vertical_id }) => vertical_id).filter(Boolean));
    expect(trades.size).toBeGreaterThanOrEqual(3);
  });

  it('has members of every role and areas of every kind', async () => {
    const [row] = await sql`
      select
        array(
          select distinct member.role from public.provider_members as member
          join public.providers as provider on provider.id = member.provider_id
          where provider.market_id = ${market} and provider.id::text ~ ${isSeed}
          order by 1
        ) as roles,
        array(
          select distinct area.kind from public.service_areas as area
          join public.providers as provider on provider.id = area.provider_id
          where provider.market_id = ${market} and provider.id::text ~ ${isSeed}
          order by 1
        ) as kinds`;
    expect(row?.roles).toEqual(['crew_lead', 'crew_member', 'manager', 'owner']);
    expect(row?.kinds).toEqual(['districts', 'polygon', 'postcodes', 'radius']);
  });

  it('has categories with all that a page shows, and some that are still to come', async () => {
    const categories = await sql<{ phase: string; shown: boolean; coming: boolean }[]>`
      select phase, private.is_shown(category) as shown,
        coalesce(launches_on > current_date, false) as coming
      from public.categories as category
      where market_id = ${market} and id::text ~ ${isSeed}
        and icon <> '' and colour <> '' and keywords <> '{}'
        and seo_titles is not null and seo_descriptions is not null`;
    const [{ all } = { all: 0 }] = await sql<{ all: number }[]>`
      select count(*)::int as all from public.categories
      where market_id = ${market} and id::text ~ ${isSeed}`;
    expect(categories).toHaveLength(all);
    expect(categories.some(({ shown }) => shown)).toBe(true);
    expect(categories.some(({ phase, shown }) => phase === 'full_launch' && !shown)).toBe(true);
    expect(categories.some(({ coming, shown }) => coming && !shown)).toBe(true);
  });

  it('has services that say what is in the price', async () => {
    const [row] = await sql`
      select count(*)::int as all,
        count(service.includes)::int as includes,
        count(service.excludes)::int as excludes,
        count(service.material_descriptions)::int as materials,
        count(*) filter (where service.has_materials)::int as with_materials,
        count(*) filter (where service.is_featured)::int as featured,
        count(distinct service.duration_minutes)::int as durations
      from public.services as service
      join public.providers as provider on provider.id = service.provider_id
      where provider.market_id = ${market} and service.id::text ~ ${isSeed}`;
    expect(row).toMatchObject({ includes: row?.all, excludes: row?.all, materials: row?.all });
    expect(row?.with_materials).toBeGreaterThan(0);
    expect(row?.with_materials).toBeLessThan(row?.all);
    expect(row?.featured).toBe(3);
    expect(row?.durations).toBeGreaterThan(2);
  });
});
