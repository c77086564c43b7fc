-- Dead accounts (blocked, banned, deleted) count as nobody: a business that no living account owns
-- is not to be booked, and comes back with its owner.
begin;
select plan(46);
select tests.user(name)
from unnest(array['owner', 'second', 'boss', 'friend', 'asha', 'chief']) as name;
update auth.users set email_confirmed_at = now();
insert into user_roles (user_id, role) values (tests.id('chief'), 'admin');
select tests.provider('shop', 'owner');
insert into provider_members (provider_id, user_id, role)
values (tests.id('shop'), tests.id('boss'), 'manager');

create function tests.status()
returns text
language sql
security definer
as $$
  select status from public.providers where id = tests.id('shop')
$$;
create function tests.call(actor text, call text)
returns text
language plpgsql
as $$
declare
  v_outcome text;
begin
  perform tests.act_as(actor);
  v_outcome := tests.outcome('select public.' || call);
  perform tests.act_as_postgres();
  return v_outcome;
end;
$$;
create function tests.newest()
returns public.provider_invitations
language sql
security definer
as $$
  select * from public.provider_invitations order by created_at desc, id desc limit 1
$$;
-- Each way to die, and back.
create temporary table deaths (way text primary key, die text not null, rise text not null);
insert into deaths
values
  (
    'blocked', 'update profiles set status = ''blocked'' where id = %L',
    'update profiles set status = ''active'' where id = %L'
  ),
  (
    'banned in Auth',
    'update auth.users set banned_until = now() + interval ''1 day'' where id = %L',
    'update auth.users set banned_until = null where id = %L'
  ),
  (
    'deleted softly', 'update auth.users set deleted_at = now() where id = %L',
    'update auth.users set deleted_at = null where id = %L'
  );
create function tests.die(way text, name text)
returns void
language plpgsql
as $$
begin
  execute format((select die from pg_temp.deaths where deaths.way = die.way), tests.id(name));
end;
$$;
create function tests.rise(way text, name text)
returns void
language plpgsql
as $$
begin
  execute format((select rise from pg_temp.deaths where deaths.way = rise.way), tests.id(name));
end;
$$;
grant execute on all functions in schema tests to anon, authenticated;

-- The only owner goes and comes back.
select is(tests.status(), 'active', 'a business with a living owner is active');
select tests.die('blocked', 'owner');
select is(tests.status(), 'ownerless', 'its only owner is blocked: it is ownerless');
select is(
  tests.call('asha', format(
    'request_booking(%L, %L, %L, %L)', tests.id('shop'),
    jsonb_build_array(tests.id('shop visit')), tests.at('2 days'), tests.place()
  )),
  'PT409 provider_not_bookable', 'and takes no bookings'
);
select tests.act_as('asha');
select is_empty(
  'select 1 from providers where id = tests.id(''shop'')', 'nor do others see it'
);
select is_empty(
  $$
    select 1
    from jsonb_array_elements(search_providers('localpro', query => 'shop') -> 'items') as item
    where item ->> 'provider_id' = tests.id('shop')::text
  $$,
  'nor find it'
);
select tests.act_as('boss');
select is(
  (select status from providers where id = tests.id('shop')), 'ownerless', 'its members see why'
);
select tests.act_as('chief');
select is(
  list_verification_queue('localpro') #>> '{items,0,status}', 'ownerless',
  'and admins, in their queue'
);
select tests.act_as_postgres();
select tests.rise('blocked', 'owner');
select is(tests.status(), 'active', 'it comes back with its owner');
select tests.die(way, 'owner') from deaths where way <> 'blocked' order by way limit 1;
select is(tests.status(), 'ownerless', 'banned in Auth');
select tests.rise('banned in Auth', 'owner');
select is(tests.status(), 'active', 'and no longer');
select tests.die('deleted softly', 'owner');
select is(tests.status(), 'ownerless', 'deleted softly');
select tests.rise('deleted softly', 'owner');
select is(tests.status(), 'active', 'and brought back');

-- A ban that ends by itself
update providers set status = 'ownerless' where id = tests.id('shop');
select is(private.settle_ownerless(), 1, 'time passes without a word, so a job looks');
select is(tests.status(), 'active', 'who is back');

-- What admins decided holds meanwhile.
select is(
  tests.call('chief', format('suspend_provider(%L, %L)', tests.id('shop'), 'Complaints')),
  'ok', 'an admin suspends it'
);
select tests.die('blocked', 'owner');
select tests.rise('blocked', 'owner');
select is(tests.status(), 'suspended', 'it does not come back by its owner');
select tests.die('blocked', 'owner');
select is(
  tests.call('chief', format('reinstate_provider(%L, %L)', tests.id('shop'), 'Solved')),
  'ok', 'reinstated without an owner'
);
select is(tests.status(), 'ownerless', 'it waits for one');
select is(
  tests.call('chief', format('suspend_provider(%L, %L)', tests.id('shop'), 'Fraud')),
  'ok', 'one that waits may be suspended'
);
select tests.rise('blocked', 'owner');
select is(tests.status(), 'suspended', 'and stays so');
update providers set status = 'active' where id = tests.id('shop');
select is(tests.status(), 'active', 'whoever says active, gets it with an owner');

-- Who may leave: a dead co-owner is nobody.
insert into provider_members (provider_id, user_id, role)
values (tests.id('shop'), tests.id('second'), 'owner');
select tests.die(way, 'second') from deaths where way = 'deleted softly';
select is(
  tests.call('owner', format('remove_member(%L, %L)', tests.id('shop'), tests.id('owner'))),
  'PT409 last_owner', 'the last living owner can''t leave'
);
select is(
  tests.call('owner', format(
    'change_member_role(%L, %L, %L)', tests.id('shop'), tests.id('owner'), 'manager'
  )),
  'PT409 last_owner', 'nor step down'
);
select is(
  tests.call('owner', format(
    'change_member_role(%L, %L, %L)', tests.id('shop'), tests.id('second'), 'manager'
  )),
  'PT409 member_inactive', 'the dead get no role'
);
select tests.rise('deleted softly', 'second');
select is(
  tests.call('owner', format('remove_member(%L, %L)', tests.id('shop'), tests.id('owner'))),
  'ok', 'with another it may'
);
select is(tests.status(), 'active', 'and the business goes on');
select tests.die('banned in Auth', 'second');
select is(tests.status(), 'ownerless', 'until that one is banned');
select is(
  tests.outcome(format(
    'insert into provider_members (provider_id, user_id, role) values (%L, %L, %L)',
    tests.id('shop'), tests.id('owner'), 'owner'
  )),
  'ok', 'the platform gives it an owner'
);
select is(tests.status(), 'active', 'and it is back');
select is(
  tests.call('owner', format('remove_member(%L, %L)', tests.id('shop'), tests.id('second'))),
  'ok', 'the dead are removed'
);
select tests.rise('banned in Auth', 'second');
select is(
  tests.outcome(format(
    $$insert into provider_members (provider_id, user_id, role)
      select %L, id, 'owner' from auth.users where id = %L$$,
    tests.id('shop'), tests.id('second')
  )),
  'ok', 'who is alive gets in'
);
delete from provider_members where user_id = tests.id('second');

-- What the dead have offered is worth nothing.
select is(
  tests.call('owner', format(
    'invite_member(%L, %L, null, %L)', tests.id('shop'), 'owner', 'friend@example.test'
  )),
  'ok', 'an owner invites another'
);
select tests.die('blocked', 'owner');
select is((tests.newest()).status, 'revoked', 'and is blocked');
select is(
  tests.call('friend', format('accept_invitation(%L)', (tests.newest()).id)),
  'PT409 invitation_closed', 'nobody becomes an owner by that'
);
select tests.rise('blocked', 'owner');
select is((tests.newest()).status, 'revoked', 'also not later');
select is(
  tests.call('boss', format(
    'invite_member(%L, %L, null, %L)', tests.id('shop'), 'crew_member', 'friend@example.test'
  )),
  'ok', 'a manager invites crew'
);
select tests.die('banned in Auth', 'boss');
select is((tests.newest()).status, 'revoked', 'and is banned');
select is(
  tests.call('boss', format('remove_member(%L, %L)', tests.id('shop'), tests.id('boss'))),
  'PT403 user_blocked', 'the dead don''t act'
);
select is(
  tests.outcome(format(
    'update provider_members set role = ''owner'' where user_id = %L', tests.id('boss')
  )),
  'PT409 member_inactive', 'nor rise, whoever writes'
);
select tests.rise('banned in Auth', 'boss');

-- When the dead are not heard, they don't silence others either.
select tests.call('asha', format('start_conversation(%L, %L)', 'direct', tests.id('shop')));
create temporary table talk as select id from conversations;
grant select on talk to authenticated;
select is(
  tests.call('owner', format('set_user_block(%L)', tests.id('asha'))), 'ok',
  'an owner blocks a customer'
);
select is(
  tests.call('asha', format(
    'send_message(%L, %L, body => %L)', (select id from talk), gen_random_uuid(), 'Hello?'
  )),
  'PT403 blocked_by_participant', 'who can''t write'
);
select tests.die('blocked', 'owner');
select is(
  tests.call('asha', format(
    'send_message(%L, %L, body => %L)', (select id from talk), gen_random_uuid(), 'Hello?'
  )),
  'ok', 'as long as the owner is there'
);
select tests.rise('blocked', 'owner');

-- The account goes for good.
delete from auth.users where id = tests.id('owner');
select is(tests.status(), 'ownerless', 'a business without members is no one''s');
select is(private.settle_ownerless(), 0, 'and stays so');
select is(
  tests.outcome($$
    insert into providers (market_id, slug, kind, names, status, location, address, time_zone)
    values (
      'localpro', 'nobodys', 'solo', '{"en": "Nobody''s"}', 'active', private.point(26.85, 81),
      'Gomti Nagar', 'Asia/Kolkata'
    )
  $$),
  'ok', 'an import may come before its owner'
);
select is((select status from providers where slug = 'nobodys'), 'ownerless', 'and waits');

select * from finish();
rollback;
