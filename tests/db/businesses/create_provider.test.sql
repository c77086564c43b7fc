begin;
select plan(30);
select tests.user('asha'), tests.user('ravi'), tests.category('works'), tests.category('baths');
create function tests.create_provider(variadic changes text[] default '{}')
returns text
language sql
as $$
  select format(
    'select public.create_provider(%L, %L, %L, %L, %L, %L)',
    coalesce(changes[1], 'localpro'), coalesce(changes[2], '{"en": "Asha & Söhne", "hi": "आशा"}'),
    coalesce(changes[3], tests.place()::text), coalesce(changes[4], '["works", "baths"]'),
    coalesce(changes[5], 'company'), coalesce(changes[6], '{"en": "Since 1998"}')
  )
$$;
grant execute on function tests.create_provider(text[]) to anon, authenticated;

select tests.act_as_anon();
select is(tests.outcome(tests.create_provider()), '42501', 'not without a session');

select tests.act_as('asha');
select is(tests.outcome(tests.create_provider()), 'ok', 'a user creates a business');
select results_eq(
  $$select market_id, kind, names, status, verification_status, time_zone, address, rating_count
    from providers$$,
  $$values ('localpro', 'company', '{"en": "Asha & Söhne", "hi": "आशा"}'::jsonb, 'draft', 'pending',
    'Asia/Kolkata', 'Vipin Khand, Gomti Nagar', 0)$$,
  'it is a draft'
);
select matches((select slug from providers), '^asha-sohne-[0-9a-f]{8}$', 'its slug is ASCII');
select results_eq(
  'select user_id, role from provider_members', $$values (tests.id('asha'), 'owner')$$,
  'the caller owns it'
);
select is((select count(*) from provider_categories), 2::bigint, 'it is in its categories');

select is(tests.outcome(tests.create_provider(variadic changes)), expected, 'refused: ' || expected)
from (
  values
    (array['nowhere'], 'PT404 market_not_found'),
    (array[null, '{}'], 'PT400 invalid_names'),
    (array[null, '{"en": 5}'], 'PT400 invalid_names'),
    (array[null, null, '{}'], 'PT400 invalid_location'),
    (array[null, null, '{"address": "Patna", "lat": 25.6, "lng": 85.1}'], 'PT400 outside_market'),
    (array[null, null, null, '[]'], 'PT400 invalid_categories'),
    (array[null, null, null, 'null'], 'PT400 invalid_categories'),
    (array[null, null, null, '["works", "x"]'], 'PT404 category_not_found'),
    (array[null, null, null, null, 'firm'], 'PT400 invalid_kind'),
    (array[null, null, null, null, null, '{"en": ""}'], 'PT400 invalid_descriptions')
) as refused (changes, expected);

-- One answer per idempotency key
select is(
  public.create_provider(
    'localpro', '{"en": "Twice"}', tests.place(), '["works"]', idempotency_key => 'k'
  ) ->> 'id',
  public.create_provider(
    'localpro', '{"en": "Twice"}', tests.place(), '["works"]', idempotency_key => 'k'
  ) ->> 'id',
  'the same call twice makes one business'
);

-- Submitting
select is(
  tests.outcome(format('select public.submit_provider(%L)', id)), 'PT409 provider_incomplete',
  'a business without services is not complete'
)
from providers where names ->> 'hi' = 'आशा';
insert into services (provider_id, category_id, names, price_amount)
select provider.id, tests.id('category works'), '{"en": "Visit"}', 40000
from providers as provider where provider.names ->> 'hi' = 'आशा';
select is(
  public.submit_provider(id::text) ->> 'status', 'pending', 'with a service it is handed in'
)
from providers where names ->> 'hi' = 'आशा';
select is(
  tests.outcome(format('select public.submit_provider(%L)', id)), 'PT409 provider_not_draft',
  'only once'
)
from providers where names ->> 'hi' = 'आशा';
select is(
  tests.outcome($$select public.submit_provider('x')$$), 'PT400 invalid_provider_id', 'by its id'
);

-- Others
select set_config('tests.asha', (select id::text from providers where status = 'pending'), true);
select tests.act_as('ravi');
select is_empty('select from providers', 'others don''t see it yet');
select is_empty('select from provider_members', 'nor its members');
select is(
  tests.outcome(format('select public.submit_provider(%L)', current_setting('tests.asha'))),
  'PT404 provider_not_found', 'nor can they submit it'
);
select is(
  tests.rows_of('update providers set is_accepting_bookings = false returning 1'), 0::bigint,
  'nor edit it'
);

-- Too many
select is(
  (
    select count(*) from generate_series(1, 12)
    where tests.outcome(tests.create_provider()) = 'ok'
  ),
  10::bigint, 'a user owns ten businesses at most'
);
select is(
  tests.outcome(tests.create_provider()), 'PT409 too_many_providers', 'and is told so'
);

-- Blocked
select tests.act_as_postgres();
update profiles set status = 'banned' where id = tests.id('ravi');
select tests.act_as('ravi');
select is(
  tests.outcome(tests.create_provider()), 'PT403 user_blocked', 'a banned user creates none'
);
select is(
  tests.outcome($$select public.submit_provider(gen_random_uuid()::text)$$),
  'PT403 user_blocked', 'nor submits one'
);
select is_empty('select from provider_members', 'nor sees the own ones');

select * from finish();
rollback;
