begin;
select plan(27);
select tests.user('owner'), tests.user('asha'), tests.user('boss'), tests.user('chief'),
  tests.user('mod');
insert into user_roles (user_id, role)
values
  (tests.id('boss'), 'admin'), (tests.id('chief'), 'admin'), (tests.id('mod'), 'moderator'),
  (tests.id('mod'), 'support'), (tests.id('mod'), 'finance');
select tests.provider('firm', 'owner');
select set_config(
  'request.headers',
  '{"x-forwarded-for": "203.0.113.7, 10.0.0.1", "user-agent": "Firefox"}', true
);

-- Who may: every RPC of admins refuses everybody else.
create temporary table calls (call text);
grant select on calls to authenticated, anon, service_role;
insert into calls
values
  ('list_admin_actions()'), ('list_configuration()'), ('list_verification_queue()'),
  ($$list_configuration_versions('x')$$), ($$roll_back_configuration('x', '1', 'x')$$),
  ($$set_configuration('x', '1', 'x')$$), ($$review_provider(tests.id('firm')::text)$$),
  ($$verify_provider(tests.id('firm')::text)$$), ($$reject_provider(tests.id('firm')::text, 'x')$$),
  ($$suspend_provider(tests.id('firm')::text, 'x')$$),
  ($$reinstate_provider(tests.id('firm')::text, 'x')$$),
  ($$block_user(tests.id('asha')::text, 'x')$$),
  ($$unblock_user(tests.id('asha')::text, 'x')$$), ($$admin_user_story(tests.id('asha')::text)$$);
create function tests.outcomes()
returns text
language sql
as $$
  select string_agg(distinct tests.outcome('select public.' || call), ' ') from calls
$$;
create function tests.logged(args text)
returns integer
language plpgsql
as $$
declare
  v_count integer;
begin
  execute format($q$select jsonb_array_length(list_admin_actions(%s) -> 'items')$q$, args)
  into v_count;
  return v_count;
end;
$$;
grant execute on function tests.outcomes(), tests.logged(text) to authenticated, anon, service_role;
select tests.act_as(name), is(tests.outcomes(), 'PT403 not_allowed', name || ' is no admin')
from unnest(array['asha', 'owner', 'mod']) as name;
select tests.act_as_anon();
select is(tests.outcomes(), '42501', 'the public calls none of them');
select tests.act_as_service();
select is(tests.outcomes(), '42501', 'a secret key has no person to name in the log');
select tests.act_as_postgres();
update profiles set status = 'blocked' where id = tests.id('chief');
select tests.act_as('chief');
select is(tests.outcomes(), 'PT403 user_blocked', 'an admin who is blocked is none');
select tests.act_as_postgres();
update profiles set status = 'active' where id = tests.id('chief');
select is((select count(*) from admin_actions), 0::bigint, 'what is refused is not logged');

-- What is written
select tests.act_as('boss');
select is(
  suspend_provider(tests.id('firm')::text, ' Complaints. ') ->> 'status', 'suspended',
  'an action happens'
);
select results_eq(
  'select admin_id, action, resource_type, resource_id, before, after, reason, ip, user_agent
  from admin_actions',
  format(
    $$values (
      %L::uuid, 'suspend_provider', 'provider', %L,
      '{"id": "%3$s", "status": "active", "verification_status": "verified"}'::jsonb,
      '{"id": "%3$s", "status": "suspended", "verification_status": "verified"}'::jsonb,
      'Complaints.', '10.0.0.1'::inet, 'Firefox'
    )$$,
    tests.id('boss'), tests.id('firm'), tests.id('firm')
  ),
  'and is in the log with everything'
);
select is(
  (select forwarded_for from admin_actions), '203.0.113.7, 10.0.0.1',
  'the whole way that the call came is kept'
);
select is(
  tests.outcome($$select reject_provider(tests.id('firm')::text, 'x')$$),
  'PT409 decision_not_allowed', 'what fails'
);
select is((select count(*) from admin_actions), 1::bigint, 'leaves no row');
select set_config('request.headers', '{"x-forwarded-for": "nonsense"}', true);
select is(
  tests.outcome($$select reinstate_provider(tests.id('firm')::text, 'Solved.')$$), 'ok',
  'an address that is none does not stand in the way'
);
select is(
  (select ip is null and forwarded_for = 'nonsense' from admin_actions where reason = 'Solved.'),
  true, 'and is kept as it came'
);
select set_config(
  'request.headers',
  jsonb_build_object(
    'user-agent', repeat('x', 9999), 'x-forwarded-for', repeat('192.0.2.1, ', 99) || '203.0.113.9'
  )::text,
  true
);
select is(
  tests.outcome($$select set_configuration('a', '1', 'test')$$), 'ok', 'nor a very long user agent'
);
select matches(
  (select forwarded_for from admin_actions where resource_id = 'a'), ', 203[.]0[.]113[.]9$',
  'and no long list of made up addresses hides the last one'
);

-- Nobody changes it, the owner of the table included.
select is(
  string_agg(tests.outcome(statement), ' '), '42501 42501 42501 42501', 'an admin only reads'
)
from unnest(array[
  'update admin_actions set reason = null', 'delete from admin_actions',
  'truncate admin_actions', $$insert into admin_actions (admin_id, action) values (null, 'x')$$
]) as statement;
select tests.act_as_postgres();
select is(string_agg(tests.outcome(statement), ' '), '42501 42501 42501', 'the log is append-only')
from unnest(array[
  'update admin_actions set reason = null', 'delete from admin_actions', 'truncate admin_actions'
]) as statement;
select tests.act_as('asha');
select is(tests.rows_of('select from admin_actions'), 0::bigint, 'others see nothing of it');
select tests.act_as_service();
select is(tests.outcome('select from admin_actions'), '42501', 'nor does a secret key');

-- Paging and filters
select tests.act_as('chief');
select list_admin_actions(page_size => '2') as page into temporary first;
select is(
  (
    select array_agg(item ->> 'action')
    from first, jsonb_array_elements(page -> 'items') as item
  ),
  '{set_configuration,reinstate_provider}', 'the latest come first'
);
select results_eq(
  $$select array_agg(item ->> 'action'), bool_and(page ->> 'next_cursor' is null)
  from (
    select list_admin_actions(page_size => '2', cursor => page ->> 'next_cursor') as page from first
  ) as next, jsonb_array_elements(page -> 'items') as item$$,
  $$values ('{suspend_provider}'::text[], true)$$, 'the rest follow'
);
select is(
  array[
    tests.logged(format('%L', tests.id('boss'))),
    tests.logged(format('%L', tests.id('chief'))),
    tests.logged($$action => 'suspend_provider'$$),
    tests.logged($$resource_type => 'provider'$$),
    tests.logged(format($$resource_type => 'provider', resource_id => %L$$, tests.id('firm'))),
    tests.logged($$resource_id => 'a'$$)
  ],
  '{3,0,1,2,2,1}', 'each filter holds'
);
select is(tests.outcome('select list_admin_actions(' || args || ')'), 'PT400 ' || reason, reason)
from (
  values ($$'x'$$, 'invalid_admin_id'), ($$page_size => '0'$$, 'invalid_page_size'),
    ($$cursor => 'x'$$, 'invalid_cursor'), ($$action => repeat('x', 101)$$, 'invalid_action')
) as wrong (args, reason);

select * from finish();
rollback;
