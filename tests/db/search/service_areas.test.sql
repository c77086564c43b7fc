begin;
select plan(42);
select tests.user('owner'), tests.user('rival');
-- On one meridian: the seat of `near` is at the place searched from, the others are 30 km off.
select
  tests.provider('near', 'owner', 26.85, 81.0), tests.provider('far', 'owner', 27.12, 81.0),
  tests.provider('other', 'rival', 27.12, 81.0);
update providers set postcode = '226010' where id = tests.id('near');

create function tests.add_area(firm text, columns text, more text)
returns text
language sql
as $$
  select tests.outcome(format(
    'insert into public.service_areas (provider_id, %s) values (%L, %s)', columns, tests.id(firm),
    more
  ))
$$;
create function tests.found(more text)
returns text[]
language plpgsql
as $$
declare
  v_page jsonb;
begin
  execute format(
    $query$select public.search_providers('localpro', category => 'works' %s)$query$, ', ' || more
  )
  into v_page;
  return array(
    select item.value ->> 'name'
    from jsonb_array_elements(v_page -> 'items') as item
    order by item.value ->> 'name'
  );
end;
$$;
create function tests.here(more text default '')
returns text[]
language sql
as $$
  select tests.found($near$lat => '26.85', lng => '81.0'$near$ || more)
$$;
grant execute on all functions in schema tests to anon, authenticated;

-- Who writes, and what
select tests.act_as('owner');
select is(tests.add_area(firm, columns, more), expected, firm || ': ' || columns || ' = ' || more)
from (
  values
    ('other', 'kind, lat, lng, radius_km', $$'radius', 26.85, 81, 5$$, '42501'),
    ('far', 'kind, lat, lng, radius_km', $$'circle', 26.85, 81, 5$$, 'PT400 invalid_kind'),
    ('far', 'kind, lat, lng, radius_km', $$'radius', 91, 81, 5$$, 'PT400 invalid_lat'),
    ('far', 'kind, lat, lng, radius_km', $$'radius', 26, null, 5$$, 'PT400 invalid_lng'),
    ('far', 'kind, lat, lng, radius_km', $$'radius', 26, 81, 500$$, 'PT400 invalid_radius_km'),
    ('far', 'kind, lat, lng, radius_km', $$'radius', 26, 81, 'NaN'$$, 'PT400 invalid_radius_km'),
    ('far', 'kind', $$'postcodes'$$, 'PT400 invalid_postcodes'),
    ('far', 'kind, postcodes', $$'postcodes', '{}'$$, 'PT400 invalid_postcodes'),
    ('far', 'kind, districts, postcodes', $$'districts', '{a}', '{b}'$$,
      'PT400 invalid_postcodes'),
    ('far', 'kind', $$'polygon'$$, 'PT400 invalid_points'),
    ('far', 'kind, points', $$'polygon', '[[1,2],[3,4]]'$$, 'PT400 invalid_points'),
    ('far', 'kind, points', $$'polygon', '[[1,2],[3,4],["a",5]]'$$, 'PT400 invalid_points'),
    ('far', 'kind, points', $$'polygon', '[[0,0],[1,1],[0,1],[1,0]]'$$, 'PT400 invalid_points'),
    ('far', 'kind, points', $$'polygon', '[[0,0],[0,0],[0,0]]'$$, 'PT400 invalid_points'),
    ('far', 'kind, points', $$'polygon', '{"a": 1}'$$, 'PT400 invalid_points'),
    ('far', 'kind, area', $$'polygon', null$$, '42501')
) as tried (firm, columns, more, expected);

-- Around the seat
select is(tests.here(), '{near}', 'without areas, a provider is found around its seat');
select is(tests.here(', radius_km => ''50'''), '{far,near,other}', 'within the radius asked for');

-- Circles
select is(
  tests.add_area('far', 'kind, lat, lng, radius_km', $$'radius', 27.12, 81, 31$$), 'ok',
  'a circle of 31 km round a seat 30 km away'
);
select is(tests.here(), '{far,near}', 'a provider appears where it serves, beyond the radius');
select is(
  tests.found($$lat => '26.83', lng => '81.0'$$), '{near}', 'and not where it does not, 32 km away'
);
select is(
  tests.add_area('near', 'kind, lat, lng, radius_km', $$'radius', 27.5, 81, 10$$), 'ok',
  'who sits here but works elsewhere'
);
select is(tests.here(), '{far}', 'does not appear here');
select is(tests.found($$lat => '27.5', lng => '81.0'$$), '{near}', 'but there');
select is(
  tests.here(', sort => ''distance'', page_size => ''1'', verified_only => ''true'''), '{far}',
  'sorts and filters hold for areas too'
);

-- Polygons
select is(
  tests.add_area(
    'near', 'kind, points',
    $$'polygon', '[[26.8,80.9],[26.8,81.1],[26.9,81.1],[26.9,80.9]]'$$
  ),
  'ok', 'a polygon besides'
);
select is(tests.here(), '{far,near}', 'covers what lies in it');
select is(tests.found($$lat => '26.91', lng => '81.0'$$), '{far}', 'and nothing else');

-- Postcodes and districts
select tests.act_as('rival');
select is(
  tests.add_area('other', 'kind, postcodes', $$'postcodes', '{२२६ ०१६, ۲۲۶۰۱۷}'$$), 'ok',
  'postcodes'
);
select is(
  tests.add_area('other', 'kind, districts', $$'districts', '{Barabanki, लखनऊ}'$$), 'ok',
  'districts'
);
select is(tests.here(', postcode => ''226016'''), '{far,near,other}', 'a postcode, far away');
select is(tests.here(', district => ''barabanki'''), '{far,near,other}', 'a district');
select is(
  tests.found($$lat => '27.12', lng => '81.0', postcode => '110001'$$), '{far}',
  'who names postcodes does not appear in another, though it sits there'
);
select is(tests.found($$postcode => '226016'$$), '{other}', 'a postcode without a place');
select is(tests.found($$postcode => '२२६ ०१७'$$), '{other}', 'a postcode in another script');
select results_eq(
  $$select postcodes from service_areas where postcodes is not null$$,
  $$values ('{226016,226017}'::text[])$$, 'they are kept in one spelling'
);
select is(tests.found($$district => 'लखनऊ'$$), '{other}', 'a district in another script');

-- Kept current
delete from service_areas where provider_id = tests.id('other');
select is(tests.here(', postcode => ''226016'''), '{far,near}', 'areas that are deleted are gone');
select tests.act_as('owner');
delete from service_areas where provider_id = tests.id('near');
select is(
  tests.found(format($$postcode => %L$$, postcode)), '{near}',
  'without areas the seat''s own postcode counts: ' || postcode
)
from unnest(array['226010', '226 010', '२२६०१०']) as postcode;
select tests.act_as_postgres();
update providers set status = 'suspended' where id = tests.id('far');
select is(tests.here(), '{near}', 'a suspended provider serves nowhere');

select * from finish();
rollback;
