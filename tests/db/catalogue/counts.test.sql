-- Counts are what one would count, after every change in every direction.
begin;
select plan(31);
select tests.user('asha'), tests.user('owner'), tests.user('rival');
select tests.category('baths'), tests.category('roofs');
select tests.provider('firm', 'owner'), tests.provider('other firm', 'rival');
insert into provider_categories (provider_id, category_id)
values (tests.id('firm'), tests.id('category baths'));
select tests.service('firm', 'tap'), tests.service('other firm', 'tap');

-- Categories `works`, `baths` and `roofs`: providers, services, bookings of each.
create function tests.category_counts()
returns text
language sql
as $$
  select string_agg(
    concat_ws(
      ' ', coalesce(counts.provider_count, 0), coalesce(counts.service_count, 0),
      coalesce(counts.booking_count, 0)
    ),
    ', ' order by array_position('{works,baths,roofs}', category.slug)
  )
  from public.categories as category
  left join public.category_statistics as counts on counts.category_id = category.id
  where category.slug in ('works', 'baths', 'roofs')
$$;
-- Services of the firm: visit, tap.
create function tests.service_counts()
returns text
language sql
as $$
  select concat_ws(
    ' ',
    coalesce((
      select booking_count from public.service_statistics
      where service_id = tests.id('firm visit')
    ), 0),
    coalesce((
      select booking_count from public.service_statistics where service_id = tests.id('firm tap')
    ), 0)
  )
$$;
-- What the changes so far have made of both.
create function tests.counts()
returns text
language sql
as $$
  select private.add_up_counts();
  select tests.category_counts() || ' | ' || tests.service_counts()
$$;
select is(tests.counts(), '2 4 0, 1 0 0, 0 0 0 | 0 0', 'to begin with');

-- Services
update services set category_id = tests.id('category baths') where id = tests.id('firm tap');
select is(tests.counts(), '2 3 0, 1 1 0, 0 0 0 | 0 0', 'a service moves to another category');
update services set is_active = false where id = tests.id('firm tap');
select is(tests.counts(), '2 3 0, 1 0 0, 0 0 0 | 0 0', 'is switched off');
update services set category_id = tests.id('category works') where id = tests.id('firm tap');
select is(tests.counts(), '2 3 0, 1 0 0, 0 0 0 | 0 0', 'moves while it is off');
update services set is_active = true, category_id = tests.id('category baths')
where id = tests.id('firm tap');
select is(tests.counts(), '2 3 0, 1 1 0, 0 0 0 | 0 0', 'is switched on elsewhere');
update services set sort_order = 5;
select is(tests.counts(), '2 3 0, 1 1 0, 0 0 0 | 0 0', 'other changes count nothing');
delete from services where id = tests.id('other firm tap');
select is(tests.counts(), '2 2 0, 1 1 0, 0 0 0 | 0 0', 'is deleted');

-- Categories of a business
insert into provider_categories (provider_id, category_id)
values (tests.id('other firm'), tests.id('category baths'));
select is(tests.counts(), '2 2 0, 2 1 0, 0 0 0 | 0 0', 'a business takes up a category');
update provider_categories set category_id = tests.id('category roofs')
where provider_id = tests.id('other firm') and category_id = tests.id('category baths');
select is(tests.counts(), '2 2 0, 1 1 0, 1 0 0 | 0 0', 'changes it for another');
delete from provider_categories
where provider_id = tests.id('other firm') and category_id = tests.id('category roofs');
select is(tests.counts(), '2 2 0, 1 1 0, 0 0 0 | 0 0', 'and gives it up');

-- Bookings
create function tests.book_services(ahead interval, variadic services text[])
returns uuid
language plpgsql
as $$
declare
  v_booking jsonb;
begin
  perform tests.act_as('asha');
  v_booking := public.request_booking(
    tests.id('firm')::text,
    (select jsonb_agg(tests.id('firm ' || name)) from unnest(services) as name),
    tests.at(ahead), tests.place()
  );
  perform tests.act_as_postgres();
  return (v_booking ->> 'id')::uuid;
end;
$$;
create temporary table booked (name text primary key, id uuid);
insert into booked select 'both', tests.book_services('2 days', 'visit', 'tap');
select is(tests.counts(), '2 2 1, 1 1 1, 0 0 0 | 1 1', 'a booking of services of two categories');
update services set category_id = tests.id('category works') where id = tests.id('firm tap');
select is(
  tests.counts(), '2 3 1, 1 0 1, 0 0 0 | 1 1', 'stays with the category that it was booked in'
);
insert into booked select 'same', tests.book_services('3 days', 'visit', 'tap');
select is(
  tests.counts(), '2 3 2, 1 0 1, 0 0 0 | 2 2',
  'a booking counts once, also with several services of one category'
);
create function tests.move_as(who text, booking uuid, to_status text)
returns text
language plpgsql
as $$
declare
  v_outcome text;
begin
  perform tests.act_as(who);
  v_outcome := tests.outcome(tests.move(booking, to_status));
  perform tests.act_as_postgres();
  return v_outcome;
end;
$$;
select is(
  tests.move_as('asha', (select id from booked where name = 'same'), 'cancelled'), 'ok',
  'when it is cancelled'
);
select is(tests.counts(), '2 3 2, 1 0 1, 0 0 0 | 2 2', 'it has been a booking all the same');

-- Drafts
insert into bookings (
  id, number, market_id, provider_id, customer_id, process_id, status, status_actor, starts_at,
  ends_at, location, address, total_amount, currency
)
select
  tests.id('draft ' || n), 'draft ' || n, 'localpro', tests.id('firm'), tests.id('asha'),
  'request', 'draft', 'customer', now() + n * interval '10 days',
  now() + n * interval '10 days' + interval '1 hour', private.point(26.85, 81), 'x', 0, 'INR'
from generate_series(1, 2) as n;
insert into booking_services (
  booking_id, position, provider_id, service_id, category_id, names, price_unit, line_amount,
  currency, duration_minutes
)
select
  tests.id('draft ' || n), 1, tests.id('firm'), tests.id('firm visit'),
  tests.id('category works'), '{"en": "Visit"}', 'per_service', 0, 'INR', 60
from generate_series(1, 2) as n;
select is(tests.counts(), '2 3 2, 1 0 1, 0 0 0 | 2 2', 'drafts do not count');
select is(tests.move_as('asha', tests.id('draft 1'), 'requested'), 'ok', 'until they are sent');
select is(tests.counts(), '2 3 3, 1 0 1, 0 0 0 | 3 2', 'then they do');
delete from bookings where id = tests.id('draft 2');
select is(tests.counts(), '2 3 3, 1 0 1, 0 0 0 | 3 2', 'a draft that is deleted never counted');
delete from bookings where id = tests.id('draft 1');
select is(tests.counts(), '2 3 2, 1 0 1, 0 0 0 | 2 2', 'one that was sent does no more');
delete from booking_services
where booking_id = (select id from booked where name = 'same') and position = 1;
select is(
  tests.counts(), '2 3 2, 1 0 1, 0 0 0 | 1 2',
  'a line goes: the booking has another one of its category'
);
delete from booking_services where booking_id = (select id from booked where name = 'same');
select is(tests.counts(), '2 3 1, 1 0 1, 0 0 0 | 1 1', 'the last one goes');
delete from bookings where id in (select id from booked);
select is(tests.counts(), '2 3 0, 1 0 0, 0 0 0 | 0 0', 'all bookings go');

-- Businesses
select tests.book_services('5 days', 'visit', 'tap');
select is(tests.counts(), '2 3 1, 1 0 0, 0 0 0 | 1 1', 'a booking of a business');
update providers set status = 'suspended' where id = tests.id('firm');
select is(
  tests.counts(), '1 1 1, 0 0 0, 0 0 0 | 1 1',
  'that is suspended: it does not count, what was booked does'
);
update services set is_active = false where id = tests.id('firm tap');
delete from provider_categories
where provider_id = tests.id('firm') and category_id = tests.id('category baths');
select is(tests.counts(), '1 1 1, 0 0 0, 0 0 0 | 1 1', 'what it changes meanwhile');
update providers set status = 'active' where id = tests.id('firm');
select is(tests.counts(), '2 2 1, 0 0 0, 0 0 0 | 1 1', 'counts when it is back');
update providers set status = 'suspended' where id = tests.id('other firm');
update providers set status = 'closed' where id = tests.id('other firm');
select is(tests.counts(), '1 1 1, 0 0 0, 0 0 0 | 1 1', 'from suspended to closed is no change');
update providers set status = 'active' where id = tests.id('other firm');
delete from providers where id = tests.id('other firm');
select is(
  tests.counts(), '1 1 1, 0 0 0, 0 0 0 | 1 1', 'a business that is deleted takes all its rows'
);
update providers set is_accepting_bookings = false where id = tests.id('firm');
select is(tests.counts(), '1 1 1, 0 0 0, 0 0 0 | 1 1', 'one that takes no bookings counts');
select is((select count(*) from private.count_changes), 0::bigint, 'nothing is left to add up');

select * from finish();
rollback;
