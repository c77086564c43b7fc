begin;
select plan(56);
select tests.user('owner'), tests.user('crew'), tests.user('asha'), tests.user('rival'),
  tests.user('boss');
insert into user_roles (user_id, role) values (tests.id('boss'), 'admin');
update auth.users set phone = '919876500001' where id = tests.id('asha');
select tests.provider('firm', 'owner'), tests.provider('other firm', 'rival');
insert into provider_members (provider_id, user_id, role)
values (tests.id('firm'), tests.id('crew'), 'crew_member');
create temporary table booked as
  select 'job' as name, tests.book('firm', 'asha', '2 hours') as id
  union all
  select 'far', tests.book('firm', 'asha', '3 days');
create temporary table codes (purpose text, code text);
grant all on booked, codes to authenticated, anon, service_role;

-- The call that asks for a code, and the one that uses it.
create function tests.issue(purpose text, name text default 'job', asker text default null)
returns text
language sql
as $$
  select tests.outcome(format(
    'insert into codes select purpose, code
      from jsonb_to_record(issue_job_code(%L, %L, %L)) as issued (purpose text, code text)',
    (select id from booked where booked.name = issue.name), purpose, tests.id(asker)
  ))
$$;
create function tests.code(purpose text)
returns text
language sql
as $$
  select code from codes where codes.purpose = code.purpose order by ctid desc limit 1
$$;
create function tests.wrong_code(purpose text)
returns text
language sql
as $$
  select lpad(((tests.code(purpose)::int + 1) % 1000000)::text, 6, '0')
$$;
create function tests.confirm(purpose text, code text, more text default '')
returns jsonb
language plpgsql
as $$
declare
  v_answer jsonb;
begin
  execute format(
    'select confirm_job_code(%L, %L, %L %s)',
    (select id from booked where name = 'job'), purpose, code, more
  ) into v_answer;
  return v_answer;
end;
$$;
create function tests.confirmed(purpose text, code text)
returns text
language sql
as $$
  select tests.outcome(format('select tests.confirm(%L, %L)', purpose, code))
$$;
create function tests.make(to_status text, name text default 'job')
returns text
language sql
as $$
  select tests.outcome(
    tests.move((select id from booked where booked.name = make.name), to_status)
  )
$$;
grant execute on all functions in schema tests to authenticated, anon, service_role;

-- Where the market does not ask, nothing stands in the way.
select tests.act_as('owner');
select is(tests.make('confirmed') || tests.make('confirmed', 'far'), 'okok', 'accepted');
select tests.let_pass(id) from booked where name = 'job';
select is(
  (
    select move -> 'requires_job_code'
    from booked, jsonb_array_elements(get_booking(id::text) -> 'allowed_transitions') as move
    where name = 'job' and move ->> 'to_status' = 'in_progress'
  ),
  'false', 'this market asks for no code'
);
savepoint before_asking;
select is(tests.make('in_progress') || tests.make('completed'), 'okok', 'so the job just runs');
rollback to before_asking;

select tests.act_as_postgres();
update markets set requires_start_code = true, requires_completion_code = true
where id = 'localpro';
select tests.act_as('owner');
select is(
  (
    select jsonb_object_agg(move ->> 'to_status', move -> 'requires_job_code')
    from booked, jsonb_array_elements(get_booking(id::text) -> 'allowed_transitions') as move
    where name = 'job' and move ->> 'to_status' in ('arrived', 'in_progress')
  ),
  '{"arrived": false, "in_progress": true}', 'this one asks, and says so'
);
select is(tests.make('in_progress'), 'PT409 job_code_required', 'no start without a code');
select tests.act_as('crew');
select is(tests.make('in_progress'), 'PT409 job_code_required', 'for a crew member neither');
select tests.act_as_service();
select is(
  tests.make('in_progress'), 'PT409 transition_not_allowed', 'a secret key does not start jobs'
);

-- Who gets the code
select tests.act_as(name), is(tests.issue('start'), 'PT404 booking_not_found', name || ' gets none')
from unnest(array['owner', 'crew', 'boss', 'rival']) as name;
select tests.act_as_anon();
select is(tests.issue('start'), '42501', 'the public calls nothing');
select tests.act_as('asha');
select is(tests.issue('completion'), 'PT409 transition_not_allowed', 'the end is not yet near');
select is(tests.issue('middle'), 'PT400 invalid_purpose', 'there are two purposes');
select is(tests.issue('start'), 'ok', 'the customer gets the code');
select matches(tests.code('start'), '^[0-9]{6}$', 'of six digits');
select tests.act_as_service();
select is(
  issue_job_code(id::text, 'start') - '{booking_id,code,expires_at,number}'::text[],
  '{"purpose": "start", "market_id": "localpro", "phone": "+919876500001", "language": "en"}',
  'with a secret key it comes with where to send it'
)
from booked where name = 'job';
select tests.act_as_postgres();
select is(
  (select count(*) from private.job_codes where booking_id = (select id from booked limit 1)),
  1::bigint, 'a new code takes the place of the old'
);
select is(
  (select count(*) from private.job_codes as issued where issued::text like '%' || code || '%'),
  0::bigint, 'of which only a hash is kept'
)
from (select tests.code('start') as code) as known;

-- Wrong codes
select tests.act_as('owner');
select is(
  tests.confirm('start', tests.code('start')) ->> 'details', 'wrong_job_code',
  'the old one no longer opens'
);
select tests.act_as('asha');
select is(tests.issue('start'), 'ok', 'another code');
select is(
  tests.confirmed('start', tests.code('start')), 'PT409 transition_not_allowed',
  'the customer does not start the job themselves'
);
select tests.act_as('rival');
select is(
  tests.confirmed('start', tests.code('start')), 'PT404 booking_not_found', 'nor does a stranger'
);
select tests.act_as('boss');
select is(
  tests.confirmed('start', tests.code('start')), 'PT409 transition_not_allowed', 'nor an admin'
);
select tests.act_as('owner');
select is(
  tests.confirmed('start', code), 'PT400 invalid_job_code', 'a code has six digits: ' || code
)
from unnest(array['12345', '1234567', '12345a', '', '१२३४५']) as code;
select is(tests.confirmed('start', null), 'PT400 invalid_job_code', 'and is there');
select is(
  tests.confirm('start', tests.wrong_code('start')) - 'message',
  '{"code": "PT422", "details": "wrong_job_code", "hint": "Tries left: 4."}',
  'a wrong code is an answer, so that it counts'
);
select is(current_setting('response.status', true), '422', 'with the status of an error');
select is(
  tests.confirm('start', tests.wrong_code('start'), $$, 'k'$$) ->> 'hint', 'Tries left: 3.', 'again'
);
select is(
  tests.confirm('start', tests.wrong_code('start'), $$, 'k'$$) ->> 'hint', 'Tries left: 3.',
  'a repeated call counts once'
);
select is(
  array_agg(tests.confirmed('start', tests.wrong_code('start'))),
  '{ok,ok,ok,"PT429 job_code_locked"}', 'five tries are all'
)
from generate_series(1, 4);
select is(
  tests.confirmed('start', tests.code('start')), 'PT429 job_code_locked',
  'then the right one does not help either'
);
select is(tests.make('in_progress'), 'PT409 job_code_required', 'and nothing has started');

-- Expiry
select tests.act_as('asha');
select is(tests.issue('start'), 'ok', 'a new code');
select tests.act_as_postgres();
select tests.pass('1 hour');
select tests.act_as('owner');
select is(
  tests.confirmed('start', tests.code('start')), 'PT409 job_code_expired', 'not used in time'
);

-- The right one
select tests.act_as('asha');
select is(tests.issue('start'), 'ok', 'and another');
select tests.act_as('crew');
select is(
  tests.confirm('start', translate(tests.code('start'), '0123456789', '०१२३४५६७८९')) ->> 'status',
  'in_progress', 'the job starts with the code in digits of Hindi'
);
select tests.act_as_postgres();
select results_eq(
  $$select actor, actor_id, metadata from booking_status_history
  where booking_id = (select id from booked where name = 'job') order by position desc limit 1$$,
  format($$values ('provider', %L::uuid, '{"job_code": "start"}'::jsonb)$$, tests.id('crew')),
  'and the history says by whom and how'
);
select tests.act_as('crew');
select is(tests.make('completed'), 'PT409 job_code_required', 'the end needs a code of its own');
select tests.act_as('asha');
select is(tests.issue('completion'), 'ok', 'which the customer gets');
select tests.act_as('owner');
select is(
  tests.confirm(
    'completion', E' \u202a' || overlay(tests.code('completion') placing E'\u00a0' from 4 for 0)
  ) ->> 'status',
  'completed', 'the job is done with a code that was pasted'
);

-- Limits
select tests.act_as('asha');
select is(
  array_agg(distinct tests.issue('start', 'far')) || array[tests.issue('start', 'far')],
  '{ok,"PT429 too_many_job_codes"}', 'ten codes an hour'
)
from generate_series(1, 10);
select tests.act_as_postgres();
select tests.pass('1 hour');
select tests.act_as('asha');
select is(tests.issue('start', 'far'), 'ok', 'and then more');
select tests.act_as_service();
select is(
  array_agg(distinct tests.issue('start', 'far', 'owner'))
    || array[tests.issue('start', 'far', 'owner')],
  '{ok,"PT429 too_many_job_codes"}', 'ten for the business too'
)
from generate_series(1, 10);
select is(
  tests.issue('start', 'far', 'crew'), 'PT429 too_many_job_codes', 'for all of it together'
);
select is(
  tests.issue('start', 'far', 'asha'), 'ok', 'which leaves the customer theirs, by SMS'
);
select tests.act_as('asha');
select is(tests.issue('start', 'far'), 'ok', 'and in the app');
select is(
  tests.issue('start', 'far', 'owner'), 'ok', 'whoever they say has asked'
);
select tests.act_as_service();
select is(
  tests.issue('start', 'far', 'nobody'), 'PT400 invalid_user_id', 'an asker is somebody'
);
select tests.act_as('owner');
select is(
  tests.outcome(format(
    'select confirm_job_code(%L, %L, %L)', (select id from booked where name = 'far'), 'start',
    tests.code('start')
  )),
  'PT409 too_early', 'a code does not overrule the other conditions'
);

-- What happens by itself needs no code.
select tests.act_as_postgres();
insert into private.job_codes (booking_id, purpose, salt, code_hash, expires_at, confirmed_at)
select id, 'start', '', '', private.now(), private.now() from booked where name = 'far'
on conflict (booking_id, purpose) do update set confirmed_at = private.now();
select tests.let_pass(id) from booked where name = 'far';
select tests.act_as('owner');
select is(tests.make('in_progress', 'far'), 'ok', 'a confirmed code opens the plain move too');
select tests.act_as_service();
select is(tests.make('completed', 'far'), 'ok', 'the platform closes forgotten jobs');

select * from finish();
rollback;
