-- What is found at a place can be booked there, and what can't be booked there is not found.
begin;
select plan(30);
select tests.user('owner'), tests.user('asha');
-- The seat of each is at 26.85, 81; a degree of latitude has 111 km.
select tests.provider(name, 'owner')
from unnest(
  '{anywhere,circle,polygon,postcodes,districts,mixed}'::text[]
) as name;
insert into service_areas (provider_id, kind, lat, lng, radius_km, postcodes, districts, points)
select tests.id(area.name), kind, lat, lng, radius_km, postcodes, districts, points
from (
  values
    ('circle', 'radius', 26.85, 81, 1, null::text[], null::text[], null::jsonb),
    ('polygon', 'polygon', null, null, null, null, null,
      '[[27, 81], [27, 81.2], [27.2, 81.2], [27.2, 81]]'),
    ('postcodes', 'postcodes', null, null, null, '{226001,226 016}', null, null),
    ('districts', 'districts', null, null, null, null, '{Barabanki,लखनऊ}', null),
    ('mixed', 'radius', 26.85, 81, 2, null, null, null),
    ('mixed', 'postcodes', null, null, null, '{226001}', null, null)
) as area (name, kind, lat, lng, radius_km, postcodes, districts, points);
create function tests.asked(name text, lat float8, lng float8, postcode text, district text)
returns text
language sql
as $$
  select format(
    'select public.request_booking(%L, %L, %L, %L)',
    tests.id(name), jsonb_build_array(tests.id(name || ' visit')), tests.at(interval '2 days'),
    jsonb_build_object(
      'address', 'x', 'lat', lat, 'lng', lng, 'postcode', postcode, 'district', district
    )
  )
$$;
create function tests.is_found(name text, lat float8, lng float8, postcode text, district text)
returns boolean
language sql
as $$
  select exists (
    select 1
    from jsonb_array_elements(
      public.search_providers(
        'localpro', category => 'works', lat => to_jsonb(lat), lng => to_jsonb(lng),
        radius_km => '500', page_size => '100', postcode => postcode, district => district
      ) -> 'items'
    ) as item
    where item ->> 'name' = name
  )
$$;
-- How the booking ends, if search says the same; undone again.
create function tests.booked(name text, lat float8, lng float8, postcode text, district text)
returns text
language plpgsql
as $$
declare
  v_outcome text;
begin
  perform tests.act_as('asha');
  v_outcome := tests.outcome(tests.asked(name, lat, lng, postcode, district));
  if (v_outcome = 'ok') <> tests.is_found(name, lat, lng, postcode, district) then
    v_outcome := v_outcome || ', but search says otherwise';
  end if;
  raise exception using errcode = 'TT000', message = v_outcome;
exception when sqlstate 'TT000' then
  return sqlerrm;
end;
$$;
grant execute on all functions in schema tests to authenticated;
select is(
  tests.booked(name, lat, 81.0, postcode, district), coalesce(wanted, 'PT409 outside_service_area'),
  concat_ws(' ', name, lat, postcode, district)
)
from (
  values
    ('anywhere', 26.85, null, null, 'ok'), ('anywhere', 27.25, null, null, 'ok'),
    ('anywhere', 27.35, null, null, null), ('anywhere', 26.9, '110001', 'Delhi', 'ok'),
    ('circle', 26.858, null, null, 'ok'), ('circle', 26.87, null, null, null),
    ('circle', 29.0, null, null, null), ('circle', 26.87, '226001', 'Barabanki', null),
    ('polygon', 27.1, null, null, 'ok'), ('polygon', 26.99, null, null, null),
    ('postcodes', 26.9, null, null, 'ok'), ('postcodes', 27.35, null, null, null),
    ('postcodes', 26.9, '226016', null, 'ok'), ('postcodes', 27.35, '226 001', null, 'ok'),
    ('postcodes', 26.9, '226010', null, null), ('postcodes', 26.9, null, 'Delhi', 'ok'),
    ('districts', 26.9, null, null, 'ok'), ('districts', 27.35, null, 'barabanki', 'ok'),
    ('districts', 27.35, null, 'लखनऊ', 'ok'), ('districts', 26.9, null, 'Delhi', null),
    ('districts', 26.9, '226010', null, 'ok'), ('districts', 26.9, '226010', 'Delhi', null),
    ('mixed', 26.86, '110001', null, 'ok'), ('mixed', 26.9, '226001', null, 'ok'),
    ('mixed', 26.9, '110001', null, null)
) as wish (name, lat, postcode, district, wanted);

-- Its own seat
select tests.act_as('asha');
select is(
  tests.outcome(tests.asked('polygon', 26.851, 81.0, null, null)), 'ok',
  'a business can be visited where it sits, whatever its areas'
);
select is(
  tests.outcome(tests.asked('postcodes', 26.85, 81.0, '226010', null)), 'ok',
  'also in a postcode that it does not serve'
);
select is(
  (item -> 'location') - '{lat,lng,address}'::text[],
  '{"landmark": null, "postcode": "226010", "district": null, "city": null}',
  'the booking says where'
)
from jsonb_array_elements(public.list_bookings() -> 'items') as item
where item #>> '{provider,slug}' = 'postcodes';

-- The reach of the market
select tests.act_as_postgres();
update markets set reach_km = 5 where id = 'localpro';
select is(
  tests.booked('anywhere', 26.9, 81.0, null, null), 'PT409 outside_service_area',
  'a market says how far businesses go'
);

-- Drafts
insert into bookings (
  number, market_id, provider_id, customer_id, process_id, status, status_actor, status_actor_id,
  starts_at, ends_at, location, address, total_amount, currency
)
select
  'BK-' || n, 'localpro', tests.id('circle'), tests.id('asha'), 'request', 'draft', 'customer',
  tests.id('asha'), now() + interval '9 days', now() + interval '10 days',
  private.point(26.95, 81.0), 'x', 0, 'INR'
from generate_series(1, 2) as n;
select tests.act_as('asha');
select is(
  array_agg(tests.outcome(tests.move(id, to_status)) order by number),
  '{"PT409 outside_service_area",ok}', 'a draft is sent to who comes there, or thrown away'
)
from bookings
join (values ('BK-1', 'requested'), ('BK-2', 'cancelled')) as step (number, to_status)
  using (number);

select * from finish();
rollback;
