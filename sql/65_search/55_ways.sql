-- Where a provider works, written once for search and for bookings: what is found at a place can be
-- booked there, and what can't be booked there is not found.
create function private.place_names(postcode text, district text)
returns text[]
language sql
stable
set search_path = ''
as $$
  select case
    when num_nonnulls(postcode, district) = 0 then '{}'
    else private.area_names(
      array_remove(array[postcode], null), array_remove(array[district], null)
    )
  end
$$;
comment on function private.place_names is
  'What is known of a place beside its coordinates, as search compares it.';

-- These are conditions on private.search_entries as entry. In their statement the parameters are
-- $1 scope, $2 place, $3 kilometres from the seat, $4 private.place_names, $5 market, $6 postcode.
create function private.search_ways(
  scope bigint, place extensions.geography, postcode text, district text
)
returns text[]
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_named text := case when num_nonnulls(postcode, district) > 0 then
    'select area.provider_id
     from private.search_areas as area
     where area.scope = $1 and area.name = any ($4)'
  end;
  v_seated text := concat_ws(
    ' and ',
    'entry.is_seated',
    case when postcode is not null then 'not entry.has_postcodes' end,
    case when district is not null then 'not entry.has_districts' end
  );
  v_covering text;
  v_worked text;
begin
  if place is null and v_named is null then
    return array['true'];
  elsif place is null then
    return array[format(
      '(
        entry.provider_id in (%s)
        or %s and entry.provider_id in (
          select seat.id
          from public.providers as seat
          where seat.market_id = $5 and seat.postcode = $6
        )
      )',
      v_named, v_seated
    )];
  end if;
  -- Where no area is near, the second way is left out of the plan.
  if exists (
    select 1
    from private.search_areas as area
    where area.scope = search_ways.scope
      and area.area operator(extensions.&&) search_ways.place
  ) then
    v_covering :=
      'select area.provider_id
       from private.search_areas as area
       where area.scope = $1
         and area.area operator(extensions.&&) $2
         and case
           when area.radius_m is null then extensions.st_covers(area.area, $2)
           else extensions.st_dwithin(area.center, $2, area.radius_m, false)
         end';
  end if;
  v_worked := nullif(concat_ws(' union all ', v_covering, v_named), '');
  -- The meaning of st_dwithin, in parts that the planner can estimate. Of st_dwithin itself it
  -- expects so few rows that it never walks the index in order of distance.
  return array[
    v_seated || '
      and entry.location operator(extensions.&&) extensions._st_expand($2, $3 * 1000)
      and (entry.location operator(extensions.<->) $2) <= $3 * 1000'
  ] || case when v_worked is not null then
    array[format('entry.provider_id in (%s)', v_worked)]
  end;
end;
$$;
comment on function private.search_ways is
  'Conditions of the ways to be found at a place; no provider is found in two.';

create function private.works_at(
  provider public.providers, place extensions.geography, postcode text, district text
)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_scope bigint := private.search_scope((provider).market_id);
  v_works boolean;
begin
  if extensions.st_dwithin((provider).location, place, 200, false) then
    return true;
  end if;
  execute format(
    'select exists (
      select 1
      from private.search_entries as entry
      where entry.scope = $1 and entry.provider_id = $7 and ((%s))
    )',
    array_to_string(
      private.search_ways(v_scope, place, works_at.postcode, works_at.district), ') or ('
    )
  )
  into v_works
  using v_scope, place,
    (select market.reach_km from public.markets as market where market.id = (provider).market_id),
    private.place_names(works_at.postcode, works_at.district), (provider).market_id,
    works_at.postcode, (provider).id;
  return v_works;
end;
$$;
comment on function private.works_at is
  'Whether the place is the provider''s own seat (200 m), or search finds it there.';
