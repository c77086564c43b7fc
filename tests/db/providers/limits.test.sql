-- What one business may fill the database with, by a token and curl.
begin;
select plan(9);
select tests.user('owner');
select tests.provider('firm', 'owner');
insert into services (provider_id, category_id, names, price_amount)
select tests.id('firm'), tests.id('category works'), '{"en": "Visit"}', 1
from generate_series(1, 498);

select tests.act_as('owner');
create function pg_temp.add_service(names jsonb, more text default '{}')
returns text
language sql
as $$
  select tests.outcome(format(
    'insert into services (provider_id, category_id, price_amount, names, includes)
      values (%L, %L, 1, %L, %L)',
    tests.id('firm'), tests.id('category works'), names, nullif(more, '{}')
  ))
$$;

-- A text is as long as it is, blanks inside included; a map has as many languages as people
-- speak, not as many as three letters can spell.
select is(
  pg_temp.add_service(jsonb_build_object('en', 'Visit' || repeat(' ', 1000000) || 'x')),
  'PT400 invalid_names', 'a name is no longer for being blank'
);
select is(
  pg_temp.add_service((
    select jsonb_object_agg(chr(97 + number / 26) || chr(97 + number % 26), 'Visit')
    from generate_series(0, 30) as number
  )),
  'PT400 invalid_names', 'names in 31 languages'
);
select is(
  pg_temp.add_service(
    '{"en": "Visit"}',
    jsonb_build_object('en', jsonb_build_array('x' || repeat(' ', 1000000) || 'x'))::text
  ),
  'PT400 invalid_includes', 'blanks in lists'
);
select is(
  pg_temp.add_service('{"en": "Visit"}', (
    select jsonb_object_agg(chr(97 + number / 26) || chr(97 + number % 26), '["x"]'::jsonb)
    from generate_series(0, 30) as number
  )::text),
  'PT400 invalid_includes', 'lists in 31 languages'
);
select is(
  pg_temp.add_service((
    select jsonb_object_agg(chr(97 + number / 26) || chr(97 + number % 26), repeat('x', 120))
    from generate_series(0, 29) as number
  )),
  'ok', 'thirty languages are enough for anybody'
);
select is(
  pg_temp.add_service('{"en": "Visit"}'), 'PT409 too_many_provider_services',
  'a business has at most 500 services'
);

-- Numbers keep all their digits in JSON.
select is(
  tests.outcome(format(
    'insert into service_areas (provider_id, kind, points) values (%L, %L, %L)',
    tests.id('firm'), 'polygon',
    format('[[26.%s1, 81], [26, 82], [27, 82]]', repeat('0', 16000))
  )),
  'PT400 invalid_points', 'corners of a thousand digits'
);
select is(
  tests.outcome(format(
    'insert into service_areas (provider_id, kind, points) values (%L, %L, %L)',
    tests.id('firm'), 'polygon',
    (
      select jsonb_agg(jsonb_build_array(
        26 + cos(2 * pi() * number / 200), 81 + sin(2 * pi() * number / 200)
      ))
      from generate_series(0, 199) as number
    )
  )),
  'ok', '200 corners as precise as computers are'
);
select is(
  tests.rows_of('select 1 from service_areas'), 1::bigint, 'and one area'
);

select * from finish();
rollback;
