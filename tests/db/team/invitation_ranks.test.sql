-- An invitation is worth what its inviter is, from the day it is made to the day it is accepted.
begin;
select plan(14);
select tests.user('owner'), tests.user('second'), tests.user('boss'), tests.user('friend');
update auth.users set email_confirmed_at = now() where id = tests.id('friend');
select tests.provider('shop', 'owner');
insert into provider_members (provider_id, user_id, role)
values
  (tests.id('shop'), tests.id('second'), 'owner'), (tests.id('shop'), tests.id('boss'), 'manager');

create function tests.invite(role text, email text default 'friend@example.test')
returns text
language sql
as $$
  select tests.outcome(
    format('select public.invite_member(%L, %L, null, %L)', tests.id('shop'), role, email)
  )
$$;
create function tests.newest()
returns public.provider_invitations
language sql
security definer
as $$
  select * from public.provider_invitations order by created_at desc, id desc limit 1
$$;
create function tests.accept()
returns text
language sql
as $$
  select tests.outcome(format('select public.accept_invitation(%L)', (tests.newest()).id))
$$;
create function tests.change(actor text, call text)
returns text
language plpgsql
as $$
begin
  perform tests.act_as(actor);
  return tests.outcome('select public.' || call);
end;
$$;
grant execute on all functions in schema tests to anon, authenticated;

-- Removed
select tests.act_as('boss');
select is(tests.invite('crew_member'), 'ok', 'a manager invites crew');
select is(
  tests.change('owner', format('remove_member(%L, %L)', tests.id('shop'), tests.id('boss'))),
  'ok', 'the manager is removed'
);
select is((tests.newest()).status, 'revoked', 'and what the manager offered is taken back');
select tests.act_as('friend');
select is(tests.accept(), 'PT409 invitation_closed', 'so nobody comes in by it');

-- Of a lower role
select tests.act_as('second');
select is(tests.invite('owner'), 'ok', 'an owner invites another');
select is(
  tests.change('owner', format(
    'change_member_role(%L, %L, %L)', tests.id('shop'), tests.id('second'), 'manager'
  )),
  'ok', 'and becomes a manager'
);
select tests.act_as('friend');
select is(tests.accept(), 'PT409 invitation_closed', 'who may invite no owner');
select tests.act_as('second');
select is(tests.invite('crew_lead'), 'ok', 'but crew');
select is(
  tests.change('owner', format(
    'change_member_role(%L, %L, %L)', tests.id('shop'), tests.id('second'), 'owner'
  )),
  'ok', 'whoever rises'
);
select is((tests.newest()).status, 'pending', 'keeps what they offered');

-- Replaced
select tests.act_as('owner');
select public.invite_member(tests.id('shop')::text, 'manager', null, 'friend@example.test');
select tests.act_as_postgres();
insert into provider_members (provider_id, user_id, role)
values (tests.id('shop'), tests.id('boss'), 'manager');
select tests.act_as('boss');
select is(
  tests.invite('crew_member'), 'PT403 role_not_allowed',
  'a manager does not replace what an owner offered'
);
select is((tests.newest()).role, 'manager', 'it stays open');

select tests.act_as_postgres();
select tests.pass('14 days');
select tests.act_as('boss');
select is(tests.invite('crew_member'), 'ok', 'until it has expired');

-- Deleted
select tests.act_as_postgres();
delete from auth.users where id = tests.id('boss');
select is((tests.newest()).status, 'revoked', 'an account that goes takes its invitations along');

select * from finish();
rollback;
