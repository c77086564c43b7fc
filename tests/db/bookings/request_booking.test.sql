begin;
select plan(52);
select tests.user('owner'), tests.user('asha'), tests.user('ravi'), tests.user('rival');
select tests.provider('firm', 'owner'), tests.provider('other firm', 'rival');
select
  tests.service('firm', 'by the hour'), tests.service('firm', 'by talk'),
  tests.service('firm', 'switched off');
update services set price_unit = 'per_hour', price_amount = 30001, duration_minutes = 90
where id = tests.id('firm by the hour');
update services set price_unit = 'negotiable', price_amount = null
where id = tests.id('firm by talk');
update services set is_active = false where id = tests.id('firm switched off');
create function tests.request_with(
  provider text default null, services jsonb default null, starts text default null,
  place jsonb default null, more text default ''
)
returns text
language sql
stable
as $$
  select format(
    'select public.request_booking(%L, %L, %L, %L %s)',
    coalesce(provider, tests.id('firm')::text),
    coalesce(services, jsonb_build_array(tests.id('firm visit'))),
    coalesce(starts, tests.at('10 days')), coalesce(place, tests.place()), more
  )
$$;
grant execute on function tests.request_with(text, jsonb, text, jsonb, text)
  to anon, authenticated, service_role;
create temporary table answers (name text, booking jsonb);
grant all on answers to authenticated;

-- Who may
select tests.act_as_anon();
select is(tests.outcome(tests.request_with()), '42501', 'not without a session');
select tests.act_as_service();
select is(tests.outcome(tests.request_with()), '42501', 'not with a secret key');
select tests.act_as('owner');
select is(tests.outcome(tests.request_with()), 'PT409 own_business', 'not at the own business');

-- The answer
select tests.act_as('asha');
insert into answers
select 'three', public.request_booking(
  tests.id('firm')::text,
  jsonb_build_array(
    tests.id('firm by the hour'), tests.id('firm visit'), tests.id('firm by talk')
  ),
  tests.at('2 days'), tests.place() || '{"postcode": "226010"}', '(0)98765 43210', ' Leak '
);
select results_eq(
  $$select booking ->> 'status', booking ->> 'market_id', booking ->> 'currency',
      (booking ->> 'total_amount')::bigint, booking ->> 'contact_phone', booking ->> 'description',
      booking #>> '{location,postcode}', booking #>> '{provider,names,en}',
      booking #>> '{customer,display_name}'
    from answers$$,
  $$values ('requested', 'localpro', 'INR', 85002::bigint, '+919876543210', 'Leak', '226010',
    'firm', 'asha')$$,
  'the booking: its total is the sum of its lines, per hour times the duration, half up'
);
select results_eq(
  $$select line ->> 'service_id', (line ->> 'line_amount')::bigint
    from answers, jsonb_array_elements(booking -> 'services') as line$$,
  $$values (tests.id('firm by the hour')::text, 45002::bigint),
    (tests.id('firm visit')::text, 40000::bigint), (tests.id('firm by talk')::text, 0::bigint)$$,
  'its lines in the order asked for'
);
select is(
  (booking ->> 'ends_at')::timestamptz - (booking ->> 'starts_at')::timestamptz,
  interval '3 hours 30 minutes', 'it ends when all services are done'
)
from answers;
select is(
  jsonb_path_query_array(booking, '$.allowed_transitions[*].to_status'), '["cancelled"]'::jsonb,
  'the customer may cancel it'
)
from answers;
select ok(
  (booking ->> 'timer_due_at')::timestamptz between now() + interval '119 minutes'
    and now() + interval '121 minutes',
  'it expires after two hours'
)
from answers;
select is(
  (select contact_phone from bookings where id = (public.request_booking(
    tests.id('firm')::text, jsonb_build_array(tests.id('firm visit')), tests.at('3 days'),
    tests.place()
  ) ->> 'id')::uuid),
  null, 'no contact phone by default'
);
select ok(
  (public.request_booking(
    tests.id('firm')::text, jsonb_build_array(tests.id('firm visit')), tests.at('1 hour'),
    tests.place()
  ) ->> 'timer_due_at')::timestamptz = tests.at('1 hour')::timestamptz,
  'one that starts sooner expires when it starts'
);

-- Numbers
select matches(booking ->> 'number', '^BK-\d{4}-\d{6,}$', 'a number of the market and year')
from answers;
select is(
  (select count(distinct number) from bookings), 3::bigint, 'every booking has its own'
);

-- What is frozen
select tests.act_as_postgres();
update services set price_amount = 1, names = '{"en": "renamed"}'
where id = tests.id('firm visit');
select tests.act_as('asha');
select is(
  public.get_booking(booking ->> 'id') -> 'services', booking -> 'services',
  'prices and names stay as they were booked'
)
from answers;

-- Bad input
select is(tests.outcome(statement), expected, 'refused: ' || expected || ' ' || no)
from (
  values
    (1, tests.request_with('x'), 'PT400 invalid_provider_id'),
    (2, tests.request_with(services => '[]'), 'PT400 invalid_service_ids'),
    (3, tests.request_with(services => '{}'), 'PT400 invalid_service_ids'),
    (4, tests.request_with(services => '["x"]'), 'PT400 invalid_service_ids'),
    (5, tests.request_with(starts => 'tomorrow'), 'PT400 invalid_starts_at'),
    (6, tests.request_with(place => '{}'), 'PT400 invalid_location'),
    (7, tests.request_with(more => $$, contact_phone => '98765'$$), 'PT400 invalid_contact_phone'),
    (8, tests.request_with(more => format(', description => %L', repeat('x', 2001))),
      'PT400 invalid_description'),
    (9, tests.request_with(more => format(', idempotency_key => %L', repeat('x', 201))),
      'PT400 invalid_idempotency_key'),
    (10, tests.request_with(services => (
      select jsonb_agg(gen_random_uuid()) from generate_series(1, 11)
    )), 'PT400 too_many_services'),
    (11, tests.request_with(gen_random_uuid()::text), 'PT404 provider_not_found'),
    (12, tests.request_with(services => jsonb_build_array(gen_random_uuid())),
      'PT404 service_not_found'),
    (13, tests.request_with(services => jsonb_build_array(tests.id('other firm visit'))),
      'PT404 service_not_found'),
    (14, tests.request_with(services => jsonb_build_array(tests.id('firm switched off'))),
      'PT404 service_not_found'),
    (15, tests.request_with(starts => tests.at('-1 hour')), 'PT400 starts_in_past'),
    (16, tests.request_with(starts => tests.at('90 days')), 'PT400 too_far_ahead'),
    (17, tests.request_with(starts => '9999-12-31T00:00:00Z'), 'PT400 too_far_ahead'),
    (18, tests.request_with(place => '{"address": "Patna", "lat": 25.6, "lng": 85.1}'),
      'PT400 outside_market')
) as refused (no, statement, expected);
select is((select count(*) from bookings), 3::bigint, 'what was refused left no row');

-- Taken times
select is(
  tests.outcome(tests.request('firm', ahead)), expected, 'at ' || ahead || ': ' || expected
)
from (
  values
    (interval '2 days', 'PT409 slot_taken'),
    (interval '2 days 3 hours', 'PT409 slot_taken'),
    (interval '2 days -1 hour', 'ok'),
    (interval '2 days 4 hours', 'ok')
) as time (ahead, expected);
select tests.act_as('ravi');
select is(
  tests.outcome(tests.request('firm', '2 days')), 'PT409 slot_taken', 'taken for everybody'
);
select is(
  tests.outcome(tests.request('other firm', '2 days')), 'ok', 'but at this business only'
);
select tests.act_as_postgres();
update providers set buffer_minutes = 60 where id = tests.id('firm');
select tests.act_as('ravi');
select is(tests.outcome(tests.request('firm', '5 days')), 'ok', 'with a buffer of an hour');
select is(
  tests.outcome(tests.request('firm', ahead)), expected, 'at ' || ahead || ': ' || expected
)
from (
  values
    (interval '5 days 1 hour', 'PT409 slot_taken'),
    (interval '5 days -1 hour', 'PT409 slot_taken'),
    (interval '5 days 2 hours', 'ok')
) as time (ahead, expected);

-- Conditions of the business and the market
select tests.act_as_postgres();
update providers set lead_minutes = 1440 where id = tests.id('firm');
select tests.act_as('ravi');
select is(
  tests.outcome(tests.request('firm', '20 hours')), 'PT409 too_soon', 'with a day''s notice'
);
select tests.act_as_postgres();
update providers set is_accepting_bookings = false where id = tests.id('firm');
select tests.act_as('ravi');
select is(
  tests.outcome(tests.request('firm', '9 days')), 'PT409 provider_not_bookable',
  'a business that takes no bookings'
);
select tests.act_as_postgres();
update providers set is_accepting_bookings = true, status = 'suspended' where id = tests.id('firm');
select tests.act_as('ravi');
select is(
  tests.outcome(tests.request('firm', '9 days')), 'PT409 provider_not_bookable',
  'a suspended business'
);
select tests.act_as_postgres();
update providers set status = 'pending' where id = tests.id('firm');
select tests.act_as('ravi');
select is(
  tests.outcome(tests.request('firm', '9 days')), 'PT404 provider_not_found',
  'a business that nobody may see yet'
);
select tests.act_as_postgres();
update providers set status = 'active', lead_minutes = 0 where id = tests.id('firm');
update services set duration_minutes = 800 where provider_id = tests.id('firm');
select tests.act_as('ravi');
select is(
  tests.outcome(tests.request_with(services => jsonb_build_array(
    tests.id('firm visit'), tests.id('firm by the hour')
  ))),
  'PT400 booking_too_long', 'a day at most'
);
select tests.act_as_postgres();
update markets set max_open_bookings = 4 where id = 'localpro';
select tests.act_as('ravi');
select is(
  tests.outcome(tests.request('firm', '20 days')), 'ok',
  'as many bookings ahead as the market allows'
);
select is(
  tests.outcome(tests.request('firm', '22 days')), 'PT429 too_many_open_bookings', 'and no more'
);

-- Idempotency
select tests.act_as_postgres();
update markets set max_open_bookings = 50 where id = 'localpro';
select tests.act_as('asha');
select is(
  public.request_booking(
    tests.id('other firm')::text, jsonb_build_array(tests.id('other firm visit')),
    tests.at('7 days'), tests.place(), idempotency_key => 'k'
  )
    #- '{allowed_transitions}',
  public.request_booking(
    tests.id('other firm')::text, jsonb_build_array(tests.id('other firm visit')),
    tests.at('7 days'), tests.place(), idempotency_key => 'k'
  )
    #- '{allowed_transitions}',
  'the same call twice is one booking'
);
select is(
  tests.outcome(tests.request('other firm', '8 days', $$, idempotency_key => 'k'$$)),
  'PT409 idempotency_key_reused', 'another call needs another key'
);

-- Blocked
select tests.act_as_postgres();
update profiles set status = 'blocked' where id = tests.id('asha');
select tests.act_as('asha');
select is(
  tests.outcome(tests.request('firm', '30 days')), 'PT403 user_blocked',
  'a blocked user books nothing'
);

select * from finish();
rollback;
