/** What is on offer: categories, launches, services, verticals, as a client app reads and writes. */
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Person, person } from '../../helpers/people.ts';
import { testStack } from '../../helpers/stack.ts';

const live = { timeout: 5000, interval: 50 };
let sql: postgres.Sql;
let owner: Person;
let visitor: Person;

beforeAll(async () => {
  sql = postgres((await testStack()).databaseUrl, { max: 1, onnotice: () => {} });
  owner = await person(undefined, { market: 'atyrau' });
  visitor = await person(undefined, { market: 'atyrau' });
});
afterAll(async () => {
  for (const somebody of [owner, visitor]) await somebody[Symbol.asyncDispose]();
  await sql.end();
});

/** A category of its own for a test, in Atyrau. */
async function makeCategory(slug: string, changes: Record<string, unknown> = {}): Promise<string> {
  const row = {
    market_id: 'atyrau',
    slug,
    names: { kk: 'Кілем тазалау', ru: 'Чистка ковров', en: 'Carpet cleaning' },
    keywords: ['ковёр', 'кілем'],
    seo_titles: { ru: 'Чистка ковров в Атырау' },
    colour: '#336699',
    icon: '🧶',
    ...changes,
  };
  const [made] = await sql<{ id: string }[]>`
    insert into public.categories ${sql({ ...row, names: sql.json(row.names), seo_titles: sql.json(row.seo_titles) })}
    returning id
  `;
  return made?.id ?? '';
}

const business = {
  market: 'atyrau',
  names: { ru: 'Чистый дом', kk: 'Таза үй' },
  location: { address: 'проспект Азаттык, 10', lat: 47.1067, lng: 51.9203 },
};

async function makeBusiness(category: string): Promise<string> {
  const made = await owner.karigar.supabase
    .rpc('create_provider', { ...business, categories: [category], vertical: 'cleaning' })
    .throwOnError();
  return String(Object(made.data).id);
}

describe('C1 the category tree', () => {
  it('has names in every language of the market, search words, and counts', async () => {
    await sql`select private.add_up_counts()`;
    const { supabase } = visitor.karigar;
    const { data: market } = await supabase
      .from('markets')
      .select('languages')
      .eq('id', 'atyrau')
      .single()
      .throwOnError();
    const { data: tree } = await supabase
      .from('categories')
      .select('id, parent_id, slug, names, keywords, icon, category_statistics(*)')
      .eq('market_id', 'atyrau')
      .order('sort_order')
      .throwOnError();
    expect(tree.length).toBeGreaterThan(5);
    for (const { names } of tree) {
      expect(Object.keys(Object(names))).toEqual(expect.arrayContaining(market.languages));
    }
    const roots = tree.filter(({ parent_id }) => parent_id === null);
    expect(roots.length).toBeGreaterThan(0);
    expect(tree.length).toBeGreaterThan(roots.length);
    const counted = tree.flatMap(({ category_statistics }) => category_statistics ?? []);
    expect(counted.some(({ provider_count }) => provider_count > 0)).toBe(true);
  });

  it('is written by nobody but the platform', async () => {
    const { supabase } = owner.karigar;
    const added = await supabase
      .from('categories')
      .insert({ market_id: 'atyrau', slug: 'mine', names: { ru: 'Моё' } });
    expect(added.error?.code).toBe('42501');
  });
});

describe('C2 launches', () => {
  it('hide a category until its phase or day has come, and what is below it', async () => {
    const parent = await makeCategory('textiles', { phase: 'monetisation' });
    const child = await makeCategory('carpets', { parent_id: parent });
    const { supabase, rpc } = visitor.karigar;
    const shown = async () => {
      const { data } = await supabase.from('categories').select('slug').in('id', [parent, child]);
      return data?.map(({ slug }) => slug).sort();
    };
    expect(await shown()).toEqual([]);
    await expect(
      rpc.searchProviders({ market: 'atyrau', category: 'carpets' }),
    ).rejects.toMatchObject({ status: 404, reason: 'category_not_found' });

    await sql`update public.categories set launches_on = '2020-01-01' where id = ${parent}`;
    expect(await shown()).toEqual(['carpets', 'textiles']);
    expect(await rpc.searchProviders({ market: 'atyrau', category: 'carpets' })).toMatchObject({
      items: [],
    });
  });
});

describe('C3 services', () => {
  it('say in every language what is done, what is in it, and what it costs', async () => {
    await makeCategory('sofas');
    const provider_id = await makeBusiness('sofas');
    const { supabase } = owner.karigar;
    const { data: category } = await supabase
      .from('provider_categories')
      .select('category_id')
      .eq('provider_id', provider_id)
      .single()
      .throwOnError();
    const service = {
      provider_id,
      category_id: category.category_id,
      names: { ru: 'Химчистка дивана', kk: 'Диванды тазалау' },
      descriptions: { ru: 'С выездом.' },
      includes: { ru: ['Пятна', 'Запах'] },
      excludes: { ru: ['Кожа'] },
      has_materials: true,
      material_descriptions: { ru: 'Пена' },
      price_unit: 'per_item',
      price_amount: 1_200_000,
      price_max_amount: 1_800_000,
      duration_minutes: 90,
      min_staff_count: 2,
      allows_multiple_crews: true,
    };
    const { data: made } = await supabase
      .from('services')
      .insert(service)
      .select()
      .single()
      .throwOnError();
    expect(made).toMatchObject({ ...service, currency: 'KZT' });

    for (const [change, reason] of [
      [{ price_max_amount: 1 }, 'invalid_price_max_amount'],
      [{ duration_minutes: 4 }, 'invalid_duration_minutes'],
      [{ names: { ru: '' } }, 'invalid_names'],
    ] as const) {
      const { error } = await supabase.from('services').update(change).eq('id', made.id);
      expect(error).toMatchObject({ code: 'PT400', details: reason });
    }
    const foreign = await visitor.karigar.supabase
      .from('services')
      .update({ price_amount: 1 })
      .eq('id', made.id)
      .select();
    expect(foreign.data ?? []).toEqual([]);
  });

  it('count who looked, each person once a day', async () => {
    const { supabase, rpc } = visitor.karigar;
    const { data: service } = await supabase
      .from('services')
      .select('id, providers!inner(market_id)')
      .eq('providers.market_id', 'atyrau')
      .limit(1)
      .single()
      .throwOnError();
    const count = async () => {
      await sql`select private.add_up_counts()`;
      const { data } = await supabase
        .from('service_statistics')
        .select('view_count')
        .eq('service_id', service.id)
        .maybeSingle();
      return data?.view_count ?? 0;
    };
    const before = await count();
    expect(await rpc.viewService({ service_id: service.id })).toMatchObject({ is_counted: true });
    expect(await rpc.viewService({ service_id: service.id })).toMatchObject({ is_counted: false });
    await vi.waitFor(async () => expect(await count()).toBe(before + 1), live);
  });
});

describe('C4 verticals', () => {
  it('give a new business what is usual in its trade', async () => {
    await makeCategory('windows');
    const id = await makeBusiness('windows');
    const { supabase } = owner.karigar;
    const { data: vertical } = await supabase
      .from('verticals')
      .select('default_buffer_minutes, default_lead_minutes, default_price_unit')
      .eq('id', 'cleaning')
      .single()
      .throwOnError();
    expect(vertical.default_price_unit).toBe('per_hour');
    const { data: provider } = await supabase
      .from('providers')
      .select('vertical_id, buffer_minutes, lead_minutes')
      .eq('id', id)
      .single()
      .throwOnError();
    expect(provider).toEqual({
      vertical_id: 'cleaning',
      buffer_minutes: vertical.default_buffer_minutes,
      lead_minutes: vertical.default_lead_minutes,
    });
  });
});
