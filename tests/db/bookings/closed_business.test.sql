-- A business that is not open takes no bookings, also none that were asked for while it was; what
-- is agreed goes on.
begin;
select plan(13);
select tests.user('owner'), tests.user('manager'), tests.user('asha');
select tests.provider('firm', 'owner');
insert into provider_members (provider_id, user_id, role)
values (tests.id('firm'), tests.id('manager'), 'manager');
create temporary table booked as
select name, tests.book('firm', 'asha', ahead) as id
from (
  values
    ('asked', interval '2 hours'), ('quoted', interval '4 hours'), ('talked', interval '6 hours'),
    ('agreed', interval '8 hours')
) as wish (name, ahead);
grant all on booked to authenticated;
create function tests.try(name text, to_status text)
returns text
language sql
as $$
  select tests.outcome(tests.move(booked.id, to_status, $m$, reason => 'x'$m$))
  from booked
  where booked.name = try.name
$$;
create function tests.offered(name text)
returns text
language sql
as $$
  select string_agg(move ->> 'to_status', ' ')
  from booked
  cross join jsonb_array_elements(
    public.get_booking(booked.id::text) -> 'allowed_transitions'
  ) as move
  where booked.name = offered.name
$$;
grant execute on all functions in schema tests to authenticated;
select tests.act_as('owner');
select tests.try('quoted', 'quoted'), tests.try('talked', 'quoted'),
  tests.try('agreed', 'confirmed');
select tests.act_as('asha');
select tests.try('talked', 'negotiating');

select tests.act_as_postgres();
update profiles set status = 'blocked' where id = tests.id('owner');
select tests.act_as('manager');
select is(
  tests.try('asked', 'confirmed'), 'PT409 provider_not_bookable',
  'without a living owner nobody accepts'
);
select tests.act_as_postgres();
update profiles set status = 'active' where id = tests.id('owner');
update providers set status = 'suspended' where id = tests.id('firm');

select tests.act_as('owner');
select is(
  tests.try(name, to_status), 'PT409 provider_not_bookable',
  format('a suspended business makes nothing %s that is %s', to_status, name)
)
from (
  values
    ('asked', 'confirmed'), ('asked', 'quoted'), ('talked', 'quoted'), ('talked', 'confirmed')
) as wish (name, to_status);
select is(tests.offered('asked'), 'declined', 'and is offered none of it');
select is(tests.try('asked', 'declined'), 'ok', 'it says no');
select tests.act_as('asha');
select is(
  tests.try('quoted', 'confirmed'), 'PT409 provider_not_bookable', 'its quotes are not accepted'
);
select is(tests.offered('quoted'), 'negotiating cancelled', 'though answered');
select is(tests.try('quoted', 'cancelled'), 'ok', 'or called off');
select tests.act_as('owner');
select is(tests.try('agreed', 'cancelled'), 'ok', 'what was agreed goes on');
select tests.act_as_postgres();
update providers set status = 'active', is_accepting_bookings = false where id = tests.id('firm');
select tests.act_as('owner');
select is(
  tests.try('talked', 'quoted'), 'ok', 'who only takes no new requests answers those there are'
);
select tests.act_as('asha');
select is(tests.try('talked', 'confirmed'), 'ok', 'and their quotes stand');

select * from finish();
rollback;
