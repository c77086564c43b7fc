-- Whom a block silences: it depends on who speaks for whom.
begin;
select plan(17);
select tests.user('asha'), tests.user('owner'), tests.user('manager'), tests.user('crew'),
  tests.user('rival');
select tests.provider('firm', 'owner'), tests.provider('other firm', 'rival');
insert into provider_members (provider_id, user_id, role)
values
  (tests.id('firm'), tests.id('manager'), 'manager'),
  (tests.id('firm'), tests.id('crew'), 'crew_member');
create temporary table talks as
select 'direct' as name, tests.talk('asha', 'firm') as id
union all
select 'other', tests.talk('asha', 'other firm');
insert into talks
select 'booking', (
  tests.as_user(
    'asha', format('public.start_conversation(''booking'', booking_id => %L)', booking)
  ) ->> 'id'
)::uuid
from tests.book('firm', 'asha', '2 days') as booking;
grant select on talks to authenticated;

create function tests.block(who text, whom text, is_blocked boolean default true)
returns text
language plpgsql
as $$
declare
  v_outcome text;
begin
  perform tests.act_as(who);
  v_outcome := tests.outcome(format(
    'select public.set_user_block(%L, %L)', tests.id(whom), to_jsonb(is_blocked)
  ));
  perform tests.act_as_postgres();
  return v_outcome;
end;
$$;
-- The conversations that they can write in.
create function tests.writes(who text)
returns text
language plpgsql
as $$
declare
  v_names text;
begin
  perform tests.act_as(who);
  select string_agg(name, ' ' order by name) into v_names
  from talks
  where tests.outcome('select ' || tests.send(id, 'Hello')) = 'ok';
  perform tests.act_as_postgres();
  return v_names;
end;
$$;
select is(tests.writes('asha'), 'booking direct other', 'a customer writes to two businesses');
select is(tests.writes('crew'), 'booking direct', 'the crew writes to the customer');

-- A block of the crew
select is(tests.block('crew', 'asha'), 'PT403 role_not_allowed', 'crews do not block customers');
insert into user_blocks (blocker_id, blocked_id) values (tests.id('crew'), tests.id('asha'));
select is(
  tests.writes('asha'), 'booking direct other', 'and one of theirs silences nobody'
);
select is(tests.block('crew', 'asha', false), 'ok', 'they may take it back');

-- Blocks of who manages
select is(tests.block('manager', 'asha'), 'ok', 'a manager blocks for the business');
select is(tests.writes('asha'), 'other', 'in all of its conversations, and in no other''s');
select is(tests.writes('crew'), 'booking direct', 'the business can still write');
update provider_members set role = 'crew_lead'
where provider_id = tests.id('firm') and user_id = tests.id('manager');
select is(
  tests.writes('asha'), 'booking direct other', 'who no longer manages no longer blocks for it'
);
select is(tests.block('owner', 'asha'), 'ok', 'an owner blocks for the business');
select is(tests.writes('asha'), 'other', 'in all of its conversations too');
select is(tests.block('owner', 'asha', false), 'ok', 'and ends it');
select is(tests.writes('asha'), 'booking direct other', 'for all of them');

-- Blocks of the customer
select is(tests.block('asha', 'crew'), 'ok', 'a customer blocks one of the crew');
select is(tests.writes('crew'), null, 'who is silent then');
select is(tests.writes('owner'), 'booking direct', 'the others are not');
select is(tests.writes('asha'), 'booking direct other', 'nor is the customer');

select * from finish();
rollback;
