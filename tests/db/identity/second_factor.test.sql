begin;
select plan(16);
select tests.user('asha'), tests.user('boss'), tests.user('other');
insert into user_roles (user_id, role)
values (tests.id('boss'), 'admin'), (tests.id('boss'), 'finance'), (tests.id('other'), 'admin');

create function tests.enroll(name text, status auth.factor_status)
returns void
language sql
as $$
  delete from auth.mfa_factors where user_id = tests.id(name);
  insert into auth.mfa_factors (id, user_id, factor_type, status, created_at, updated_at)
  values (gen_random_uuid(), tests.id(name), 'totp', status, now(), now())
$$;

select tests.act_as('boss');
select is(private.has_role('admin'), true, 'without a second factor the first one is enough');
select tests.act_as_postgres();
select tests.enroll('boss', 'unverified');
select tests.act_as('boss');
select is(private.has_role('admin'), true, 'so it is until the enrolment is complete');

select tests.act_as_postgres();
select tests.enroll('boss', 'verified'), tests.enroll('asha', 'verified');
select tests.act_as('boss');
select is(private.lacks_second_factor(), true, 'from then on the factor is missed');
select is(private.has_role('admin'), false, 'and an admin without it is none');
select is(private.has_role('finance'), false, 'nor holds any other role');
select is((select count(*) from profiles), 1::bigint, 'so the policies let see the own row only');
select is(
  tests.outcome('select private.require_second_factor()'), 'PT403 second_factor_required',
  'RPCs say what is missing'
);
select is(
  tests.outcome('select list_admin_actions()'), 'PT403 second_factor_required',
  'as those of admins do'
);
select tests.act_as('other');
select is(private.has_role('admin'), true, 'the factor of one is not asked of another');

select tests.act_as('boss', 'aal2');
select is(private.has_role('admin'), true, 'with the factor the role counts');
select is(tests.outcome('select private.require_second_factor()'), 'ok', 'and all passes');
select is(tests.outcome('select list_admin_actions()'), 'ok', 'the RPCs of admins too');
select tests.act_as('boss', null);
select is(private.has_role('admin'), false, 'a token that says nothing of it is aal1');

select tests.act_as('asha');
select is(private.me(), tests.id('asha'), 'a user without a role is a user as before');
select is(
  tests.outcome('select list_admin_actions()'), 'PT403 not_allowed',
  'whom a second factor would not make an admin'
);
select tests.act_as_anon();
select is(private.lacks_second_factor(), false, 'nobody lacks nothing');

select * from finish();
rollback;
