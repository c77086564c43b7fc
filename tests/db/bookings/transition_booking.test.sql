begin;
select plan(56);
select tests.user('owner'), tests.user('crew'), tests.user('lead'), tests.user('asha'),
  tests.user('ravi'), tests.user('rival'), tests.user('boss');
insert into user_roles (user_id, role) values (tests.id('boss'), 'admin');
select tests.provider('firm', 'owner'), tests.provider('other firm', 'rival');
insert into provider_members (provider_id, user_id, role)
values
  (tests.id('firm'), tests.id('crew'), 'crew_member'),
  (tests.id('firm'), tests.id('lead'), 'crew_lead');
create temporary table booked (name text primary key, id uuid);
grant all on booked to authenticated, anon, service_role;
insert into booked
select name, tests.book('firm', 'asha', ahead)
from (
  values
    ('soon', interval '2 hours'), ('later', interval '3 days'), ('quoted', interval '4 days'),
    ('declined', interval '5 days'), ('cancelled', interval '6 days')
) as wish (name, ahead);
create function tests.move(name text, to_status text, more text default '')
returns text
language sql
stable
as $$
  select tests.outcome(
    tests.move((select id from booked where booked.name = move.name), to_status, more)
  )
$$;
grant execute on function tests.move(text, text, text) to authenticated, anon, service_role;

-- Strangers
select tests.act_as_anon();
select is(tests.move('soon', 'confirmed'), '42501', 'not without a session');
select tests.act_as('ravi');
select is(tests.move('soon', 'cancelled'), 'PT404 booking_not_found', 'not another customer');
select tests.act_as('rival');
select is(tests.move('soon', 'confirmed'), 'PT404 booking_not_found', 'not another business');
select is(
  tests.outcome(tests.move(gen_random_uuid(), 'confirmed')), 'PT404 booking_not_found',
  'one that is not there answers the same'
);

-- Bad input
select tests.act_as('owner');
select is(
  tests.outcome($$select public.transition_booking('x', 'confirmed')$$),
  'PT400 invalid_booking_id', 'a booking has an id'
);
select is(tests.move('soon', 'done'), 'PT400 invalid_to_status', 'a state is one of the 16');
select is(
  tests.outcome(format(
    'select public.transition_booking(%L, null)', (select id from booked where name = 'soon')
  )),
  'PT400 invalid_to_status', 'and not null'
);
select is(
  tests.move('soon', 'confirmed', $$, metadata => '[]'$$), 'PT400 invalid_metadata',
  'metadata are an object'
);
select is(
  tests.move('soon', 'confirmed', format(', reason => %L', repeat('x', 1001))),
  'PT400 invalid_reason', 'a reason is not too long'
);

-- Who may what
select tests.act_as('asha');
select is(
  tests.move('soon', 'confirmed'), 'PT409 transition_not_allowed',
  'the customer can''t accept for the business'
);
select tests.act_as('crew');
select is(
  tests.move('soon', 'confirmed'), 'PT409 transition_not_allowed', 'a crew member does not accept'
);
select is(
  jsonb_array_length(public.get_booking(id::text) -> 'allowed_transitions'), 0,
  'and is not told to'
)
from booked where name = 'soon';
select tests.act_as('owner');
select is(
  tests.move('declined', 'declined'), 'PT400 reason_required', 'the business declines with a reason'
);
select is(
  tests.move('declined', 'declined', $$, reason => ' Full. '$$), 'ok', 'with one it may'
);
select is(
  tests.move('declined', 'confirmed'), 'PT409 transition_not_allowed', 'what is over is over'
);
select tests.act_as('lead');
select is(tests.move('soon', 'confirmed'), 'ok', 'a crew lead accepts');
select is(
  jsonb_path_query_array(public.get_booking(id::text), '$.allowed_transitions[*].to_status'),
  '["en_route", "arrived", "in_progress", "cancelled", "no_show"]'::jsonb,
  'and is told what may follow'
)
from booked where name = 'soon';

-- Guards of time
select tests.act_as('owner');
select is(tests.move('later', 'confirmed'), 'ok', 'a booking in three days');
select is(tests.move('later', 'en_route'), 'PT409 too_early', 'nobody sets out yet');
select is(tests.move('later', 'no_show'), 'PT409 too_early', 'nobody is missing yet');

-- Quotes
select is(tests.move('quoted', 'quoted', $$, metadata => '{"amount": 50000}'$$), 'ok', 'a quote');
select is(
  tests.move('quoted', 'confirmed'), 'PT409 transition_not_allowed',
  'the business does not accept its own quote'
);
select tests.act_as('asha');
select is(
  tests.move('quoted', 'negotiating', $$, reason => 'Less?'$$), 'ok', 'the customer answers it'
);
select tests.act_as('owner');
select is(tests.move('quoted', 'quoted'), 'ok', 'the business quotes again');
select tests.act_as('asha');
select is(tests.move('quoted', 'confirmed'), 'ok', 'and the customer agrees');

-- The system
select is(
  tests.move('quoted', 'expired'), 'PT409 transition_not_allowed', 'people don''t play the system'
);
select tests.act_as_service();
select is(
  tests.move('quoted', 'cancelled', $$, reason => 'x'$$), 'PT409 transition_not_allowed',
  'nor does the system play people'
);
select is(tests.move('quoted', 'rescheduled'), 'ok', 'a secret key acts as the system');
select results_eq(
  $$select status, status_actor, status_actor_id, blocked is null
    from bookings where id = (select id from booked where name = 'quoted')$$,
  $$values ('rescheduled', 'system', null::uuid, true)$$,
  'and is named so'
);

-- Time that becomes free, and time that is taken again
select tests.act_as('ravi');
select is(tests.outcome(tests.request('firm', '6 days')), 'PT409 slot_taken', 'taken');
select tests.act_as('asha');
select is(tests.move('cancelled', 'cancelled'), 'ok', 'the customer cancels');
select tests.act_as('ravi');
select is(tests.outcome(tests.request('firm', '6 days')), 'ok', 'free again');
select tests.act_as_postgres();
with draft as (
  insert into bookings (
    number, market_id, provider_id, customer_id, process_id, status, status_actor, starts_at,
    ends_at, location, address, total_amount, currency
  )
  select
    'BK-DRAFT', market_id, provider_id, customer_id, process_id, 'draft', 'customer', starts_at,
    ends_at, location, address, total_amount, currency
  from bookings
  where id = (select id from booked where name = 'cancelled')
  returning id
)
insert into booked select 'draft', id from draft;
select tests.act_as('owner');
select is(
  tests.move('draft', 'declined', $$, reason => 'x'$$), 'PT404 booking_not_found',
  'the business does not see a draft'
);
select tests.act_as('asha');
select is(
  tests.move('draft', 'requested'), 'PT409 slot_taken',
  'a draft can''t be sent when its time is taken meanwhile'
);

-- Idempotency
select is(
  tests.move('later', 'cancelled', $$, idempotency_key => 'c'$$), 'ok', 'cancelled with a key'
);
select is(
  tests.move('later', 'cancelled', $$, idempotency_key => 'c'$$), 'ok', 'again: the same answer'
);
select is(
  tests.move('later', 'cancelled'), 'PT409 transition_not_allowed', 'without the key it is refused'
);
select is(
  tests.move('later', 'cancelled', $$, reason => 'y', idempotency_key => 'c'$$),
  'PT409 idempotency_key_reused', 'the key is for one request'
);

-- Round the RPCs
select is(
  tests.outcome($$update bookings set status = 'confirmed'$$), '42501', 'no client writes bookings'
);
select tests.act_as_service();
select is(
  tests.outcome($$update bookings set status = 'confirmed'$$), '42501', 'nor does a secret key'
);
select tests.act_as_postgres();
select is(
  tests.outcome(format(
    $$update bookings set status = 'completed', status_actor = 'customer' where id = %L$$, id
  )),
  'PT409 transition_not_allowed', 'even the owner of the table is held to the process'
)
from booked where name = 'later';
select is(
  tests.outcome(format(
    $$update bookings set status = 'declined', status_actor = 'provider', status_reason = null
      where customer_id = %L and status = 'requested'$$,
    tests.id('ravi')
  )),
  'PT400 reason_required', 'and to its conditions'
);

-- A job
select tests.act_as('crew');
select is(
  tests.move('soon', 'cancelled', $$, reason => 'x'$$), 'PT409 transition_not_allowed',
  'a crew member does not cancel'
);
select is(tests.move('soon', 'en_route'), 'ok', 'but is on the way');
select is(tests.move('soon', 'arrived'), 'ok', 'and there');
select is(tests.move('soon', 'no_show'), 'PT409 transition_not_allowed', 'does not judge');
select tests.let_pass(id) from booked where name = 'soon';
select is(tests.move('soon', 'in_progress'), 'ok', 'and at work');
select is(tests.move('soon', 'completed', $$, metadata => '{"photos": 2}'$$), 'ok', 'and done');
select results_eq(
  $$select position, from_status, to_status, actor, reason, metadata
    from public.booking_history((select id::text from booked where name = 'soon'))$$,
  $$values
    (1, null, 'requested', 'customer', null::text, '{}'::jsonb),
    (2, 'requested', 'confirmed', 'provider', null, '{}'),
    (3, 'confirmed', 'en_route', 'provider', null, '{}'),
    (4, 'en_route', 'arrived', 'provider', null, '{}'),
    (5, 'arrived', 'in_progress', 'provider', null, '{}'),
    (6, 'in_progress', 'completed', 'provider', null, '{"photos": 2}')$$,
  'the history has every move'
);
select tests.act_as_postgres();
select results_eq(
  $$select actor_id from booking_status_history
    where booking_id = (select id from booked where name = 'soon') order by position$$,
  $$values (tests.id('asha')), (tests.id('lead')), (tests.id('crew')), (tests.id('crew')),
    (tests.id('crew')), (tests.id('crew'))$$,
  'and who made it'
);

-- Disputes
select tests.act_as('asha');
select is(tests.move('soon', 'disputed'), 'PT400 reason_required', 'a dispute has a reason');
select is(tests.move('soon', 'disputed', $$, reason => 'Leaks'$$), 'ok', 'the customer disputes');
select tests.act_as('owner');
select is(
  tests.move('soon', 'completed', $$, reason => 'x'$$), 'PT409 transition_not_allowed',
  'the business does not decide it'
);
select tests.act_as('boss');
select is(tests.move('soon', 'completed', $$, reason => 'Checked'$$), 'ok', 'an admin does');
select tests.pass('7 days 1 minute');
select tests.act_as('asha');
select is(
  tests.move('soon', 'disputed', $$, reason => 'Again'$$), 'PT409 too_late',
  'after seven days it is too late'
);

-- Blocked
select tests.act_as_postgres();
update profiles set status = 'blocked' where id = tests.id('owner');
select tests.act_as('owner');
select is(tests.move('later', 'confirmed'), 'PT403 user_blocked', 'a blocked user moves nothing');

select * from finish();
rollback;
