-- What one business may fill the database with, by a token and curl.
begin;
select plan(23);
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

-- What search keeps of a business: each name of its areas, and the words of its services.
create function pg_temp.add_area(kind text, names integer)
returns text
language sql
as $$
  select tests.outcome(format(
    'insert into service_areas (provider_id, kind, %1$I) values (%2$L, %1$L, %3$L)',
    kind, tests.id('firm'), array(select 226000 + n from generate_series(1, names) as n)
  ))
$$;
select is(pg_temp.add_area('postcodes', 450), 'ok', '450 postcodes');
select is(pg_temp.add_area('districts', 50), 'ok', 'and 50 districts');
select is(
  pg_temp.add_area('postcodes', 1), 'PT409 too_many_area_names',
  'all areas of a business have 500 names'
);
delete from service_areas where kind = 'districts';
select is(pg_temp.add_area('postcodes', 50), 'ok', 'and again as many when some have gone');

select tests.act_as_postgres();
delete from service_areas;
delete from services where provider_id = tests.id('firm') and id <> tests.id('firm visit');
select tests.act_as('owner');
select is(
  pg_temp.add_service(
    '{"en": "Visit"}', jsonb_build_object('en', array_fill(repeat('x', 199), '{30}'))::text
  ),
  'ok', 'long texts'
);
select is(
  pg_temp.add_service('{"en": "Visit"}', (
    select jsonb_object_agg('a' || chr(97 + n), array_fill(repeat('x', 199), '{30}'))
    from generate_series(0, 4) as n
  )::text),
  'PT400 service_too_long', 'but not in all languages'
);
select is(
  tests.outcome(format(
    $$
      insert into services (provider_id, category_id, price_amount, names)
      select
        %L, %L, 1,
        jsonb_build_object('en', repeat('x', 120), 'hi', repeat('x', 120), 'ur', repeat('x', 60))
      from generate_series(1, 300)
    $$,
    tests.id('firm'), tests.id('category works')
  )),
  'ok', '300 services with names of 330 characters each'
);
select is(
  pg_temp.add_service((
    select jsonb_object_agg('a' || chr(97 + n), repeat('x', 120)) from generate_series(0, 9) as n
  )),
  'PT409 too_many_name_characters', 'the names of all are no longer than search can read'
);
select is(
  tests.outcome($$
    update services
    set names = jsonb_build_object('en', repeat('x', 120), 'hi', repeat('x', 120), 'ur', 'x')
    where length(names::text) > 300
  $$),
  'ok', 'they may be shorter'
);
select is(
  tests.outcome($$
    update services
    set names = (
      select jsonb_object_agg('a' || chr(97 + n), repeat('x', 120)) from generate_series(0, 3) as n
    )
  $$),
  'PT409 too_many_name_characters', 'not longer'
);

-- Search is told of what it reads, and of nothing else.
select tests.act_as_postgres();
update private.search_entries set base_score = -1 where provider_id = tests.id('firm');
update private.search_documents set words = '{}' where provider_id = tests.id('firm');
delete from private.count_changes;
create function pg_temp.refreshed(assignment text)
returns text
language plpgsql
as $$
declare
  v_refreshed text;
begin
  execute format('update services set %s where id = %L', assignment, tests.id('firm visit'));
  select
    concat_ws(
      ' ',
      case when exists (
        select 1 from private.search_entries
        where provider_id = tests.id('firm') and base_score >= 0
      ) then 'entries' end,
      case when words <> '{}' then 'documents' end
    )
  into v_refreshed
  from private.search_documents
  where provider_id = tests.id('firm');
  return v_refreshed;
end;
$$;
select is(pg_temp.refreshed(assignment), expected, assignment)
from (
  values
    (1, 'sort_order = 5, descriptions = ''{"en": "Quick"}'', duration_minutes = 45', ''),
    (2, 'price_amount = 45000', 'entries'),
    (3, 'names = ''{"en": "Inspection"}''', 'entries documents')
) as tried (step, assignment, expected)
order by step;
select is_empty(
  'select 1 from private.count_changes where counter = ''category_services''',
  'nor are there more or fewer services to count'
);

select * from finish();
rollback;
