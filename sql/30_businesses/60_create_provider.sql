-- A user becomes a provider: the business as a draft, with the caller as its owner. It appears in
-- search when an admin has activated it.

create function private.create_provider(
  market text,
  names jsonb,
  location jsonb,
  categories jsonb,
  kind text default 'solo',
  descriptions jsonb default null,
  idempotency_key text default null,
  vertical text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
  v_answer jsonb := private.claim_idempotency_key(
    v_me,
    create_provider.idempotency_key,
    jsonb_build_array(
      'create_provider', market, names, location, categories, kind, descriptions, vertical
    )
  );
  v_market public.markets := private.require_market(create_provider.market);
  v_names jsonb := private.parse_language_map(create_provider.names, 'invalid_names', 120);
  v_location jsonb := private.parse_location(create_provider.location, 'invalid_location');
  v_slugs text[] := private.parse_texts(create_provider.categories, 'invalid_categories', 10);
  v_category_ids uuid[];
  v_vertical public.verticals;
  v_id uuid := private.uuid_v7();
begin
  if v_answer is not null then
    return v_answer;
  end if;
  if v_slugs is null then
    perform private.fail('invalid_categories', 'an array of 1 to 10 category slugs');
  end if;
  if create_provider.kind is null or create_provider.kind not in ('solo', 'company') then
    perform private.fail('invalid_kind', 'solo or company');
  end if;
  v_category_ids := array(
    select category.id
    from public.categories as category
    where category.market_id = v_market.id
      and category.slug = any (v_slugs)
      and private.is_shown(category)
  );
  if cardinality(v_category_ids) < (select count(distinct slug) from unnest(v_slugs) as slug) then
    perform private.fail('category_not_found');
  end if;
  select * into v_vertical
  from public.verticals as known
  where known.id = create_provider.vertical and known.is_active;
  if v_vertical.id is null and create_provider.vertical is not null then
    perform private.fail('vertical_not_found');
  end if;

  insert into public.providers (
    id, market_id, slug, kind, names, descriptions, location, address, landmark, postcode, city,
    time_zone, vertical_id, buffer_minutes, lead_minutes
  )
  values (
    v_id, v_market.id, private.provider_slug(v_names, v_id), create_provider.kind, v_names,
    private.parse_language_map(create_provider.descriptions, 'invalid_descriptions', 2000, false),
    private.point((v_location ->> 'lat')::float8, (v_location ->> 'lng')::float8),
    v_location ->> 'address', v_location ->> 'landmark', v_location ->> 'postcode',
    v_location ->> 'city', v_market.time_zone, v_vertical.id,
    coalesce(v_vertical.default_buffer_minutes, 0), coalesce(v_vertical.default_lead_minutes, 0)
  );
  insert into public.provider_members (provider_id, user_id, role) values (v_id, v_me, 'owner');
  insert into public.provider_categories (provider_id, category_id, market_id)
  select v_id, category_id, v_market.id from unnest(v_category_ids) as category_id;

  select jsonb_build_object(
    'id', provider.id,
    'market_id', provider.market_id,
    'slug', provider.slug,
    'kind', provider.kind,
    'names', provider.names,
    'vertical_id', provider.vertical_id,
    'status', provider.status,
    'verification_status', provider.verification_status
  )
  into v_answer
  from public.providers as provider
  where provider.id = v_id;
  perform private.store_idempotent_response(v_me, create_provider.idempotency_key, v_answer);
  return v_answer;
end;
$$;
comment on function private.create_provider is
  'Creates a business as a draft, owned by the caller.
names: {language: text}. location: {address, lat, lng, landmark?, postcode?, city?}.
categories: array of slugs. vertical: id of a row of verticals; its buffer and notice are the
first.';

create function private.provider_slug(names jsonb, id uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select concat_ws(
    '-',
    nullif(
      left(
        btrim(regexp_replace(
          lower(extensions.unaccent(private.localized(names, 'en', 'en'))), '[^a-z0-9]+', '-', 'g'
        ), '-'),
        60
      ),
      ''
    ),
    -- The random end of the id keeps equal names apart.
    right(id::text, 8)
  )
$$;
comment on function private.provider_slug is
  'The English name (or any) in ASCII, and the end of the id.';

select private.expose('create_provider', 'authenticated');
