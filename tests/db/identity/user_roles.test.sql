begin;
select plan(11);
select tests.user('asha'), tests.user('boss');

select tests.act_as_service();
select is(
  tests.outcome(format(
    $$insert into user_roles (user_id, role) values (%L, 'admin')$$, tests.id('boss')
  )),
  'ok', 'service_role grants a role'
);

select tests.act_as('boss');
select is(private.has_role('admin'), true, 'it counts at once');
select is(private.has_role('finance'), false, 'only that one');
select is(
  (select count(*) from profiles where id in (tests.id('asha'), tests.id('boss'))), 2::bigint,
  'an admin sees all profiles'
);
select is(
  tests.outcome(format(
    $$insert into user_roles (user_id, role) values (%L, 'finance')$$, tests.id('boss')
  )),
  '42501', 'nobody grants roles to themselves'
);

select tests.act_as('asha');
select is(private.has_role('admin'), false, 'others have no role');
select is_empty('select from user_roles', 'and don''t see who has one');
select is(
  tests.outcome(format(
    $$insert into user_roles (user_id, role) values (%L, 'admin')$$, tests.id('asha')
  )),
  '42501', 'they can''t become one'
);
select is(tests.outcome('delete from user_roles'), '42501', 'nor take it from others');

select tests.act_as_postgres();
update profiles set status = 'blocked' where id = tests.id('boss');
select tests.act_as('boss');
select is(private.has_role('admin'), false, 'a blocked admin is none');

select tests.act_as_anon();
select is(tests.outcome('select from user_roles'), '42501', 'roles are not public');

select * from finish();
rollback;
