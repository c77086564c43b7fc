begin;
select plan(36);
select tests.user('owner'), tests.user('asha'), tests.user('boss'), tests.user('chief');
insert into user_roles (user_id, role)
values (tests.id('boss'), 'admin'), (tests.id('chief'), 'admin');
select tests.provider('firm', 'owner');
create temporary table booked as select tests.book('firm', 'asha', '2 days') as id;
grant select on booked to authenticated;
create function tests.block(name text, more text default $$, 'Rude'$$)
returns text
language sql
as $$
  select tests.outcome(format('select block_user(%L %s)', tests.id(name), more))
$$;
create function tests.unblock(name text)
returns text
language sql
as $$
  select tests.outcome(format('select unblock_user(%L, %L)', tests.id(name), 'Sorry'))
$$;
grant execute on all functions in schema tests to authenticated;

-- Blocked: the same token finds nothing and does nothing.
select tests.act_as('asha');
select is(tests.rows_of('select from bookings'), 1::bigint, 'a customer sees a booking');
select tests.act_as('boss');
select is(
  block_user(tests.id('asha')::text, 'Rude'),
  jsonb_build_object(
    'id', tests.id('asha'), 'status', 'blocked', 'status_reason', 'Rude', 'status_until', null
  ),
  'an admin blocks'
);
select tests.act_as('asha');
select is(
  array[
    tests.rows_of('select from bookings'), tests.rows_of('select from profiles'),
    tests.rows_of('select from providers')
  ],
  '{0,0,0}', 'a blocked user sees nothing'
);
select is(
  tests.outcome('select list_bookings()'), 'PT403 user_blocked', 'and is told so by RPCs'
);
select is(
  tests.outcome(format('select unblock_user(%L, %L)', tests.id('asha'), 'Please')),
  'PT403 user_blocked', 'and can''t free themselves'
);
select tests.act_as('boss');
select is(tests.block('asha'), 'ok', 'said twice');
select is((select count(*) from admin_actions), 1::bigint, 'is done once');
select is(tests.block('asha', $$, 'Very rude'$$), 'ok', 'another reason');
select is((select count(*) from admin_actions), 2::bigint, 'is another action');
select is(tests.unblock('asha'), 'ok', 'an admin unblocks');
select is(tests.unblock('asha'), 'ok', 'and may repeat it');
select is(
  (select reason from admin_actions where action = 'unblock_user'), 'Sorry', 'logged once'
);
select tests.act_as('asha');
select is(tests.rows_of('select from bookings'), 1::bigint, 'a free user sees the booking again');

-- For a time
select tests.act_as('boss');
select is(tests.block('asha', $$, 'x', 'tomorrow'$$), 'PT400 invalid_until', 'until is a time');
select is(
  tests.block('asha', $$, 'x', '2020-01-01T00:00:00Z'$$), 'PT400 invalid_until', 'to come'
);
select is(
  tests.block('asha', format(', %L, %L', 'Cool down', tests.at('1 day'))), 'ok', 'blocked for a day'
);
select tests.act_as_postgres();
select is(private.lift_due_blocks(), 0, 'which is not over');
select tests.pass('1 day');
select is(private.lift_due_blocks(), 1, 'when it is, the job ends it');
select results_eq(
  'select status, status_reason, status_until from profiles where id = tests.id(''asha'')',
  $$values ('active', null::text, null::timestamptz)$$, 'without a trace on the profile'
);

-- Admins
select tests.act_as('boss');
select is(tests.block('boss'), 'PT409 cannot_block_self', 'nobody blocks themselves');
select is(tests.block('chief'), 'ok', 'an admin blocks another');
select tests.act_as('chief');
select is(tests.block('boss'), 'PT403 user_blocked', 'who then can''t answer in kind');

-- Bad input
select tests.act_as('boss');
select is(
  tests.block('asha', ', null'), 'PT400 invalid_reason', 'a block has a reason'
);
select is(
  tests.outcome($$select block_user('x', 'x')$$), 'PT400 invalid_user_id', 'a user has an id'
);
select is(
  tests.outcome($$select block_user(gen_random_uuid()::text, 'x')$$),
  'PT404 user_not_found', 'and exists'
);

-- The story
select results_eq(
  $$select story #>> '{profile,display_name}', story #>> '{account,email}',
    story #> '{bookings,as_customer}', jsonb_array_length(story -> 'admin_actions')
  from (select admin_user_story(tests.id('asha')::text, 'Complaint 7') as story) as told$$,
  $$values ('asha', 'asha@example.test', '{"requested": 1}'::jsonb, 4)$$,
  'a user''s story'
);
select results_eq(
  $$select story #>> '{memberships,0,role}', story #> '{bookings,of_businesses}'
  from (select admin_user_story(tests.id('owner')::text) as story) as told$$,
  $$values ('owner', '{"requested": 1}'::jsonb)$$, 'the story of a business''s owner'
);
select is(
  (select array_agg(reason order by id) from admin_actions where action = 'admin_user_story'),
  '{Complaint 7,NULL}', 'the log keeps who looked, and why'
);

-- The ban that Auth knows follows the status, whichever way it changes.
select tests.act_as_postgres();
create function tests.ban()
returns text
language sql
security definer
as $$
  select case
    when banned_until > private.now() + interval '90 years' then 'for good'
    when banned_until > private.now() then 'for a time'
    else 'none'
  end
  from auth.users where id = tests.id('asha')
$$;
grant execute on function tests.ban() to authenticated, service_role;
select tests.act_as('boss');
select tests.unblock('asha');
select is(tests.ban(), 'none', 'a free user is not banned');
select tests.block('asha');
select is(tests.ban(), 'for good', 'the RPC alone bans');
select tests.block('asha', format(', %L, %L', 'Rude', tests.at('1 day')));
select is(tests.ban(), 'for a time', 'for the time of the block');
select tests.unblock('asha');
select is(tests.ban(), 'none', 'and alone ends the ban');
select tests.act_as_postgres();
update auth.users set banned_until = private.now() + interval '1 year' where id = tests.id('asha');
select tests.act_as('boss');
select is(tests.unblock('asha'), 'ok', 'a ban that was set in Auth');
select is(tests.ban(), 'none', 'is ended too');
select tests.act_as_service();
update profiles set status = 'banned' where id = tests.id('asha');
select is(tests.ban(), 'for good', 'a secret key that bans');
update profiles set status = 'active' where id = tests.id('asha');
select is(tests.ban(), 'none', 'and frees');

select * from finish();
rollback;
