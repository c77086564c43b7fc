-- Where a provider works: circles and polygons, postcodes, districts. One without areas works
-- around its seat. Areas are added and deleted, never changed, so what search keeps of one stays
-- right.
create table public.service_areas (
  id          uuid primary key default private.uuid_v7(),
  provider_id uuid not null references public.providers on delete cascade,
  kind        text not null check (kind in ('radius', 'postcodes', 'districts', 'polygon')),
  lat         double precision check (lat between -80 and 80),
  lng         double precision check (lng between -180 and 180),
  radius_km   double precision check (radius_km between 0.5 and 200),
  postcodes   text[]
    check (cardinality(postcodes) between 1 and 500 and private.are_texts(postcodes, 20)),
  districts   text[]
    check (cardinality(districts) between 1 and 100 and private.are_texts(districts, 100)),
  points      jsonb check (jsonb_array_length(points) between 3 and 200),
  area        extensions.geography (polygon, 4326),
  created_at  timestamptz not null default private.now(),
  updated_at  timestamptz not null default private.now(),
  check ((kind = 'radius') = (num_nonnulls(lat, lng, radius_km) = 3)),
  check (kind = 'radius' or num_nonnulls(lat, lng, radius_km) = 0),
  check ((kind = 'postcodes') = (postcodes is not null)),
  check ((kind = 'districts') = (districts is not null)),
  check ((kind = 'polygon') = (points is not null)),
  check ((kind in ('radius', 'polygon')) = (area is not null))
);
comment on table public.service_areas is 'Where a provider works; without one, around its seat.';
comment on column public.service_areas.lat is 'Centre of a circle, WGS 84 degrees.';
comment on column public.service_areas.radius_km is 'Of a circle, kilometres.';
comment on column public.service_areas.points is
  'Corners of a polygon: [[lat, lng], …], WGS 84 degrees.';
comment on column public.service_areas.area is
  'The polygon, or a box round the circle; set by trigger.';
create index service_areas_provider_id_idx on public.service_areas (provider_id);

-- Raises PT400 invalid_points.
create function private.parse_polygon(points jsonb)
returns extensions.geography
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_corners extensions.geometry[];
  v_polygon extensions.geometry;
begin
  if jsonb_typeof(parse_polygon.points) is distinct from 'array' then
    perform private.fail('invalid_points', 'an array [[lat, lng], …]');
  end if;
  if jsonb_array_length(parse_polygon.points) not between 3 and 200
    -- Numbers keep all their digits in JSON; these are enough for the precision of a double.
    or octet_length(parse_polygon.points::text) > 12000
    or jsonb_path_exists(
      parse_polygon.points,
      'strict $[*] ? (@.type() != "array" || @.size() != 2
        || @[0].type() != "number" || !(@[0] >= -80 && @[0] <= 80)
        || @[1].type() != "number" || !(@[1] >= -180 && @[1] <= 180))'
    )
  then
    perform private.fail('invalid_points', 'an array of 3 to 200 corners [lat, lng]');
  end if;
  v_corners := array(
    select extensions.st_makepoint((corner.value ->> 1)::float8, (corner.value ->> 0)::float8)
    from jsonb_array_elements(parse_polygon.points) with ordinality as corner (value, position)
    order by corner.position
  );
  v_polygon := extensions.st_setsrid(
    extensions.st_makepolygon(extensions.st_makeline(v_corners || v_corners[1])), 4326
  );
  if not extensions.st_isvalid(v_polygon)
    or extensions.st_xmax(v_polygon) - extensions.st_xmin(v_polygon) > 20
    or extensions.st_ymax(v_polygon) - extensions.st_ymin(v_polygon) > 20
  then
    perform private.fail(
      'invalid_points', 'corners of a polygon that does not cross itself, at most 20 degrees wide'
    );
  end if;
  return v_polygon::extensions.geography;
end;
$$;
comment on function private.parse_polygon is 'The polygon of [[lat, lng], …].';

create function private.circle_box(
  lat double precision, lng double precision, radius_km double precision
)
returns extensions.geography
language sql
immutable
parallel safe
set search_path = ''
as $$
  -- A degree has at least 110.5 km; a hundredth more keeps rounding out of it.
  select extensions.st_makeenvelope(
    greatest(lng - radius_km / 109 / cos(radians(abs(lat) + radius_km / 109)), -180),
    lat - radius_km / 109,
    least(lng + radius_km / 109 / cos(radians(abs(lat) + radius_km / 109)), 180),
    lat + radius_km / 109,
    4326
  )::extensions.geography
$$;
comment on function private.circle_box is
  'A box in which the circle lies, for an index to find it by.';

grant execute on function private.parse_polygon, private.circle_box to authenticated, service_role;

-- Raises PT400 with the column that is wrong.
create function private.tg_service_areas__validate()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if coalesce(new.kind, '') not in ('radius', 'postcodes', 'districts', 'polygon') then
    perform private.fail('invalid_kind', 'one of radius, postcodes, districts, polygon');
  end if;
  new.area := null;
  if new.kind = 'radius' then
    if (new.lat between -80 and 80) is not true then
      perform private.fail('invalid_lat', 'from -80 to 80');
    end if;
    if (new.lng between -180 and 180) is not true then
      perform private.fail('invalid_lng', 'from -180 to 180');
    end if;
    if (new.radius_km between 0.5 and 200) is not true then
      perform private.fail('invalid_radius_km', 'from 0.5 to 200');
    end if;
    new.area := private.circle_box(new.lat, new.lng, new.radius_km);
  elsif num_nonnulls(new.lat, new.lng, new.radius_km) > 0 then
    perform private.fail('invalid_kind', 'radius for a centre and a radius');
  end if;
  if new.kind = 'polygon' then
    new.area := private.parse_polygon(new.points);
  end if;
  if new.kind = 'postcodes' then
    -- No more than it takes to see that there are too many.
    new.postcodes := private.parse_labels(
      array(
        select private.parse_postcode(given.postcode, 'invalid_postcodes')
        from unnest(new.postcodes[:501]) with ordinality as given (postcode, position)
        order by given.position
      ),
      'invalid_postcodes', 500, 20
    );
  end if;
  if new.kind = 'districts' then
    new.districts := private.parse_labels(new.districts, 'invalid_districts', 100, 100);
  end if;
  if (new.kind = 'postcodes') <> (coalesce(cardinality(new.postcodes), 0) > 0) then
    perform private.fail('invalid_postcodes', 'postcodes, and only for the kind postcodes');
  end if;
  if (new.kind = 'districts') <> (coalesce(cardinality(new.districts), 0) > 0) then
    perform private.fail('invalid_districts', 'districts, and only for the kind districts');
  end if;
  if (new.kind = 'polygon') <> (new.points is not null) then
    perform private.fail('invalid_points', 'corners, and only for the kind polygon');
  end if;
  return new;
end;
$$;
comment on function private.tg_service_areas__validate is 'Trigger _050_validate of service_areas.';

create trigger _050_validate before insert on public.service_areas
  for each row execute function private.tg_service_areas__validate();
create trigger _100_timestamps before insert or update on public.service_areas
  for each row execute function private.tg__timestamps();
insert into private.limits (name, maximum, reason, counted)
values (
  'service_areas', 20, 'too_many_areas',
  'select count(*) from public.service_areas as area where area.provider_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _600_limit after insert on public.service_areas
  referencing new table as added
  for each statement execute function private.tg__limit('service_areas', 'provider_id');

-- Search keeps each name in each category of the business, and in all above them.
insert into private.limits (name, maximum, reason, counted)
values (
  'area_names', 500, 'too_many_area_names',
  'select coalesce(
     sum(coalesce(cardinality(area.postcodes), 0) + coalesce(cardinality(area.districts), 0)), 0
   )
   from public.service_areas as area
   where area.provider_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _610_limit_names after insert on public.service_areas
  referencing new table as added
  for each statement execute function private.tg__limit('area_names', 'provider_id');
alter table public.service_areas enable row level security;
grant select on public.service_areas to anon;
grant
  select,
  insert (provider_id, kind, lat, lng, radius_km, postcodes, districts, points),
  delete
on public.service_areas to authenticated;
grant select, insert, delete on public.service_areas to service_role;
create policy select_of_visible on public.service_areas for select to anon, authenticated
  using (exists (select 1 from public.providers as provider where provider.id = provider_id));
create policy insert_manager on public.service_areas for insert to authenticated
  with check (provider_id in (select private.my_managed_provider_ids()));
create policy delete_manager on public.service_areas for delete to authenticated
  using (provider_id in (select private.my_managed_provider_ids()));
