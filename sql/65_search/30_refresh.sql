-- Rebuilds what search knows of some providers. Every table has a condition on these providers,
-- also where a join implies it. The planner expects so many rows of a recursive query that it would
-- read all providers otherwise.

create function private.refresh_search(
  provider_ids uuid[], parts text[] default '{entries,areas,documents}'
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if provider_ids = '{}' then
    return;
  end if;
  -- Changes of one provider take turns, so that the last one sees all of them.
  perform 1
  from public.providers as provider
  where provider.id = any (provider_ids)
  order by provider.id
  for no key update;
  if 'entries' = any (parts) then
    perform private.refresh_search_entries(provider_ids);
  end if;
  if 'areas' = any (parts) then
    perform private.refresh_search_areas(provider_ids);
  end if;
  if 'documents' = any (parts) then
    perform private.refresh_search_documents(provider_ids);
  end if;
end;
$$;
comment on function private.refresh_search is
  'Brings these parts of search up to date with these providers; those that are not active
disappear.';

create function private.refresh_search_entries(provider_ids uuid[])
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  with recursive scopes as (
    -- A category shows only if all categories above it show.
    select chosen.provider_id, chosen.market_id, chosen.category_id as leaf_id, category.id,
      category.parent_id
    from public.provider_categories as chosen
    join public.categories as category on category.id = chosen.category_id
    where chosen.provider_id = any (provider_ids) and private.is_shown(category)
    union
    select scopes.provider_id, scopes.market_id, scopes.leaf_id, parent.id, parent.parent_id
    from scopes
    join public.categories as parent on parent.id = scopes.parent_id
  ), all_scopes as (
    select scopes.provider_id, scopes.leaf_id, private.search_scope(scopes.id::text) as scope
    from scopes
    union
    select scopes.provider_id, scopes.leaf_id, private.search_scope(scopes.market_id)
    from scopes
  ), wanted as (
    select distinct on (all_scopes.scope, provider.id)
      all_scopes.scope,
      provider.id as provider_id,
      provider.location,
      provider.reputation_score * 0.4
        + case provider.verification_status when 'verified' then 30 else 0 end as base_score,
      provider.rating_average,
      service.price_amount as price_from_amount,
      service.price_unit,
      provider.verification_status = 'verified' as is_verified
    from public.providers as provider
    join all_scopes on all_scopes.provider_id = provider.id
    left join public.services as service
      on service.provider_id = provider.id
      and service.category_id = all_scopes.leaf_id
      and service.is_active
    where provider.id = any (provider_ids) and provider.status = 'active'
    order by all_scopes.scope, provider.id, service.price_amount nulls last, service.id
  ), vanished as (
    delete from private.search_entries as entry
    where entry.provider_id = any (provider_ids)
      and not exists (
        select 1
        from wanted
        where wanted.scope = entry.scope and wanted.provider_id = entry.provider_id
      )
  )
  insert into private.search_entries as entry (
    scope, provider_id, location, base_score, rating_average, price_from_amount, price_unit,
    is_verified
  )
  select * from wanted
  on conflict (scope, provider_id) do update set
    location = excluded.location,
    base_score = excluded.base_score,
    rating_average = excluded.rating_average,
    price_from_amount = excluded.price_from_amount,
    price_unit = excluded.price_unit,
    is_verified = excluded.is_verified
  where entry.base_score <> excluded.base_score
    or entry.rating_average is distinct from excluded.rating_average
    or entry.price_from_amount is distinct from excluded.price_from_amount
    or entry.price_unit is distinct from excluded.price_unit
    or entry.is_verified <> excluded.is_verified
    or not extensions.st_equals(
      entry.location::extensions.geometry, excluded.location::extensions.geometry
    )
$$;
comment on function private.refresh_search_entries is 'Part of private.refresh_search.';

create function private.refresh_search_documents(provider_ids uuid[])
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from private.search_documents as document
  where document.provider_id = any (provider_ids)
    and not exists (
      select 1
      from public.providers as provider
      where provider.id = document.provider_id and provider.status = 'active'
    );

  with recursive branches as (
    select chosen.provider_id, category.parent_id, category.names, category.keywords
    from public.provider_categories as chosen
    join public.categories as category on category.id = chosen.category_id
    where chosen.provider_id = any (provider_ids) and private.is_shown(category)
    union
    select branches.provider_id, parent.parent_id, parent.names, parent.keywords
    from branches
    join public.categories as parent on parent.id = branches.parent_id
  ), texts as (
    select branches.provider_id, text.value
    from branches
    cross join lateral jsonb_each_text(branches.names) as text
    union all
    select branches.provider_id, array_to_string(branches.keywords, ' ')
    from branches
    union all
    select service.provider_id, text.value
    from public.services as service
    cross join lateral jsonb_each_text(service.names) as text
    where service.provider_id = any (provider_ids) and private.is_offered(service)
    union all
    select skill.provider_id, skill.name
    from public.provider_skills as skill
    where skill.provider_id = any (provider_ids)
    union all
    select provider.id, text.value
    from public.providers as provider
    cross join lateral (
      select named.value from jsonb_each_text(provider.names) as named
      union all
      values (provider.address), (provider.landmark), (provider.city), (provider.postcode)
    ) as text
    where provider.id = any (provider_ids)
  ), wanted as (
    select texts.provider_id, private.search_words(string_agg(texts.value, ' ')) as words
    from texts
    join public.providers as provider on provider.id = texts.provider_id
    where provider.id = any (provider_ids) and provider.status = 'active'
    group by texts.provider_id
  )
  insert into private.search_documents as document (provider_id, words)
  select wanted.provider_id, wanted.words
  from wanted
  on conflict (provider_id) do update set words = excluded.words
  where document.words <> excluded.words;
end;
$$;
comment on function private.refresh_search_documents is 'Part of private.refresh_search.';
