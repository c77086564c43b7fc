-- What search knows of service areas: each area in each scope of its provider.

create table private.search_areas (
  area_id     uuid not null references public.service_areas on delete cascade,
  scope       bigint not null,
  -- Empty for circles and polygons.
  name        text not null,
  provider_id uuid not null,
  area        extensions.geography (polygon, 4326),
  center      extensions.geography (point, 4326),
  radius_m    double precision,
  primary key (area_id, scope, name),
  foreign key (scope, provider_id) references private.search_entries (scope, provider_id)
    on delete cascade
);
comment on table private.search_areas is
  'Service areas of the entries: circles and polygons with their shape, postcodes and districts '
  'with one row per name.';
create index search_areas_scope_area_idx on private.search_areas using gist (scope, area);
create index search_areas_scope_name_idx on private.search_areas (scope, name);
create index search_areas_scope_provider_id_idx on private.search_areas (scope, provider_id);

create function private.area_names(postcodes text[], districts text[])
returns text[]
language sql
stable
set search_path = ''
as $$
  select array(
    select 'postcode ' || upper(regexp_replace(postcode.value, '[\s-]', '', 'g'))
    from unnest(area_names.postcodes) as postcode (value)
    union
    select 'district ' || array_to_string(private.search_words(district.value), ' ')
    from unnest(area_names.districts) as district (value)
  )
$$;
comment on function private.area_names is 'Postcodes and districts as search compares them.';

create function private.refresh_search_areas(provider_ids uuid[])
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- Scopes that went took their rows with them.
  insert into private.search_areas (area_id, scope, name, provider_id, area, center, radius_m)
  select
    area.id, entry.scope, named.name, entry.provider_id, area.area,
    private.point(area.lat, area.lng), area.radius_km * 1000
  from public.service_areas as area
  join private.search_entries as entry on entry.provider_id = area.provider_id
  cross join lateral (
    select unnest(private.area_names(area.postcodes, area.districts)) as name
    union all
    select '' where area.area is not null
  ) as named
  where area.provider_id = any (provider_ids)
    -- Areas never change: what is known of one is all of it.
    and not exists (
      select 1
      from private.search_areas as known
      where known.area_id = area.id and known.scope = entry.scope
    )
  on conflict do nothing;

  update private.search_entries as entry
  set
    is_seated = wanted.is_seated,
    has_postcodes = wanted.has_postcodes,
    has_districts = wanted.has_districts
  from (
    select
      provider.id,
      count(area.area) = 0 as is_seated,
      count(area.postcodes) > 0 as has_postcodes,
      count(area.districts) > 0 as has_districts
    from public.providers as provider
    left join public.service_areas as area on area.provider_id = provider.id
    where provider.id = any (provider_ids)
    group by provider.id
  ) as wanted
  where entry.provider_id = wanted.id
    and (entry.is_seated, entry.has_postcodes, entry.has_districts)
      <> (wanted.is_seated, wanted.has_postcodes, wanted.has_districts);
end;
$$;
comment on function private.refresh_search_areas is 'Part of private.refresh_search.';

create trigger _800_refresh_search_insert after insert on public.service_areas
  referencing new table as changed
  for each statement execute function private.tg__refresh_search_of_provider('areas');
create trigger _800_refresh_search_delete after delete on public.service_areas
  referencing old table as changed
  for each statement execute function private.tg__refresh_search_of_provider('areas');
create trigger _800_refresh_search_insert after insert on public.provider_skills
  referencing new table as changed
  for each statement execute function private.tg__refresh_search_of_provider('documents');
create trigger _800_refresh_search_delete after delete on public.provider_skills
  referencing old table as changed
  for each statement execute function private.tg__refresh_search_of_provider('documents');
