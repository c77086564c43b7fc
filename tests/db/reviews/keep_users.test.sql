-- What becomes of bookings and reviews when an account is to go.
begin;
select plan(9);
select tests.user('asha'), tests.user('ravi'), tests.user('owner');
select tests.provider('firm', 'owner');
create temporary table booked as select tests.book('firm', 'asha', '2 days') as id;
grant select on booked to authenticated;
create function tests.remove(name text)
returns text
language sql
as $$
  select tests.outcome(format('delete from auth.users where id = %L', tests.id(name)))
$$;
select is(tests.remove('ravi'), 'ok', 'an account without a history is deleted');
select is_empty('select from profiles where id = tests.id(''ravi'')', 'with all of its rows');
select is(tests.remove('asha'), 'PT409 user_has_history', 'one with bookings stays');
insert into reviews (booking_id, provider_id, customer_id, side, author_id, overall_rating)
select id, tests.id('firm'), tests.id('asha'), 'provider', tests.id('owner'), 5 from booked;
select is(tests.remove('owner'), 'PT409 user_has_history', 'so does one with reviews');

-- As Auth does when it deletes softly
update auth.users set deleted_at = now(), email = null, phone = null where id = tests.id('asha');
select tests.act_as('asha');
select is(
  array[tests.rows_of('select from bookings'), tests.rows_of('select from profiles')],
  '{0,0}', 'who is deleted softly sees nothing with the token they hold'
);
select is(
  tests.outcome('select public.list_bookings()'), 'PT403 user_blocked', 'and calls nothing'
);
select tests.act_as('owner');
select is(tests.rows_of('select from bookings'), 1::bigint, 'the business keeps the booking');
select is(
  tests.outcome(format('select public.get_booking(%L)', id)), 'ok', 'and reads it'
)
from booked;
select is(
  tests.outcome(tests.move(id, 'declined', $$, 'They are gone'$$)), 'ok', 'and moves it'
)
from booked;

select * from finish();
rollback;
