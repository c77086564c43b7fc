-- What turns the lists of the markets into rows. The last seed drops these functions again.
-- Rows that are there already stay as they are; days count back from the first run.

create or replace function private.seed_categories(
  market_id text, titles jsonb, descriptions jsonb, list jsonb
)
returns void
language sql
volatile
set search_path = ''
as $$
  insert into public.categories (
    id, market_id, parent_id, slug, icon, colour, sort_order, phase, launches_on, is_featured,
    names, keywords, seo_titles, seo_descriptions
  )
  select
    private.seed_id(market_id, 'c', row.no), market_id, private.seed_id(market_id, 'c', row.under),
    row.slug, row.icon, row.colour, row.sort_order, coalesce(row.phase, 'mvp'),
    private.now()::date + row.launches_in, coalesce(row.is_featured, false), row.names,
    row.keywords,
    (
      select jsonb_object_agg(text.key, format(text.value, row.names ->> text.key))
      from jsonb_each_text(titles) as text
    ),
    (
      select jsonb_object_agg(text.key, format(text.value, row.names ->> text.key))
      from jsonb_each_text(descriptions) as text
    )
  from jsonb_to_recordset(list) as row (
    no text, under text, slug text, icon text, colour text, sort_order integer, phase text,
    launches_in integer, is_featured boolean, names jsonb, keywords text[]
  )
  on conflict (id) do nothing
$$;
comment on function private.seed_categories(text, jsonb, jsonb, jsonb) is
  'Titles and descriptions for search engines are made of a pattern and the name.';

-- Everybody who works at a business: the owner has its number.
create or replace function private.seed_providers(market_id text, payment text, list jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  create temporary table seed_providers as
  select private.seed_id(seed_providers.market_id, 'b', row.no) as id, row.*
  from jsonb_to_recordset(list) as row (
    no text, slug text, kind text, is_verified boolean, days integer, vertical text, years integer,
    lat float8, lng float8, address text, postcode text, city text, features text[], links text[],
    skills text[], names jsonb, descriptions jsonb, members jsonb, areas jsonb
  );

  -- Links lead to example.com, which is nobody's business.
  insert into public.providers (
    id, market_id, slug, kind, names, descriptions, vertical_id, experience_years, features,
    social_links, payment_link, status, verification_status, background_checked_at, location,
    address, postcode, city, time_zone, created_at
  )
  select
    row.id, market.id, row.slug, row.kind, row.names, row.descriptions, row.vertical, row.years,
    row.features,
    (
      select jsonb_object_agg(link.name, format('https://example.com/#%s-%s', link.name, row.slug))
      from unnest(row.links) as link (name)
    ),
    format('https://example.com/#%s-%s', payment, row.slug), 'active',
    case when row.is_verified then 'verified' else 'pending' end,
    -- Those who have been there for long.
    case
      when row.is_verified and row.days > 180
        then private.now() - make_interval(days => row.days - 20)
    end,
    private.point(row.lat, row.lng), row.address, row.postcode, row.city, market.time_zone,
    private.now() - make_interval(days => row.days)
  from pg_temp.seed_providers as row
  join public.markets as market on market.id = seed_providers.market_id
  on conflict (id) do nothing;

  insert into public.provider_members (provider_id, user_id, role, created_at)
  select
    provider.id, private.seed_id(seed_providers.market_id, 'a', member.key), member.value,
    provider.created_at
  from pg_temp.seed_providers as row
  join public.providers as provider on provider.id = row.id
  cross join lateral jsonb_each_text(
    jsonb_build_object(row.no, 'owner') || coalesce(row.members, '{}')
  ) as member
  on conflict (provider_id, user_id) do nothing;

  insert into public.provider_skills (provider_id, name, is_verified, created_at)
  select
    provider.id, skill.name, coalesce(row.is_verified and skill.position = 1, false),
    provider.created_at
  from pg_temp.seed_providers as row
  join public.providers as provider on provider.id = row.id
  cross join lateral unnest(row.skills) with ordinality as skill (name, position)
  on conflict (provider_id, name) do nothing;

  insert into public.service_areas (
    id, provider_id, kind, lat, lng, radius_km, postcodes, districts, points, created_at
  )
  select
    private.seed_id(seed_providers.market_id, 'f', row.no || '00' || listed.position),
    provider.id, area.kind, area.lat, area.lng, area.radius_km, area.postcodes, area.districts,
    area.points, provider.created_at
  from pg_temp.seed_providers as row
  join public.providers as provider on provider.id = row.id
  cross join lateral jsonb_array_elements(row.areas) with ordinality as listed (value, position)
  cross join lateral jsonb_to_record(listed.value) as area (
    kind text, lat float8, lng float8, radius_km float8, postcodes text[], districts text[],
    points jsonb
  )
  on conflict (id) do nothing;

  drop table pg_temp.seed_providers;
end;
$$;
comment on function private.seed_providers(text, text, jsonb) is
  'Businesses with their members, skills and areas; payment is what their payment links are of.';

-- terms: what is usual in a category of the market; a service without its own has them.
create or replace function private.seed_services(market_id text, terms jsonb, list jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  create temporary table seed_services as
  select
    provider.id as provider_id, category.id as category_id, provider.created_at,
    coalesce(term.has_materials, false) as has_materials, term.materials, term.includes,
    term.excludes, row.*
  from jsonb_to_recordset(list) as row (
    provider text, no integer, slug text, unit text, price bigint, price_max bigint,
    minutes integer, is_featured boolean, names jsonb
  )
  join public.providers as provider
    on provider.id = private.seed_id(seed_services.market_id, 'b', row.provider)
  join public.categories as category
    on category.market_id = seed_services.market_id and category.slug = row.slug
  left join jsonb_to_recordset(terms) as term (
    slug text, has_materials boolean, materials jsonb, includes jsonb, excludes jsonb
  ) on term.slug = row.slug;

  insert into public.provider_categories (provider_id, category_id, created_at)
  select distinct row.provider_id, row.category_id, row.created_at
  from pg_temp.seed_services as row
  on conflict (provider_id, category_id) do nothing;

  insert into public.services (
    id, provider_id, category_id, names, price_unit, price_amount, price_max_amount,
    duration_minutes, has_materials, material_descriptions, includes, excludes, is_featured,
    sort_order, created_at
  )
  select
    private.seed_id(seed_services.market_id, 'd', row.provider || '00' || row.no),
    row.provider_id, row.category_id, row.names, row.unit, row.price, row.price_max, row.minutes,
    row.has_materials, row.materials, row.includes, row.excludes,
    coalesce(row.is_featured, false), row.no, row.created_at
  from pg_temp.seed_services as row
  on conflict (id) do nothing;

  drop table pg_temp.seed_services;
end;
$$;
comment on function private.seed_services(text, jsonb, jsonb) is
  'Services with the terms of their category; prices in minor units.';
