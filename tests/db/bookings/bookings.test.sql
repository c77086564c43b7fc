begin;
select plan(48);
select tests.user('owner'), tests.user('crew'), tests.user('asha'), tests.user('ravi'),
  tests.user('rival'), tests.user('boss');
insert into user_roles (user_id, role) values (tests.id('boss'), 'admin');
select tests.provider('firm', 'owner'), tests.provider('other firm', 'rival');
insert into provider_members (provider_id, user_id, role)
values (tests.id('firm'), tests.id('crew'), 'crew_member');
create temporary table booked as select tests.book('firm', 'asha', '2 days') as id;
grant select on booked to authenticated, anon, service_role;
select tests.book('firm', 'asha', day * interval '1 day') from generate_series(3, 7) as day;
select tests.book('other firm', 'asha', '3 days');

-- Who sees the booking, by table and by RPC
create function tests.seen()
returns text
language sql
as $$
  select concat_ws(
    ' ',
    tests.rows_of('select from bookings where id = (select id from booked)'),
    tests.rows_of('select from booking_services where booking_id = (select id from booked)'),
    tests.rows_of('select from booking_status_history where booking_id = (select id from booked)'),
    tests.outcome('select public.get_booking(id::text) from booked'),
    tests.outcome('select public.booking_history(id::text) from booked')
  )
$$;
create function tests.joins(topic text)
returns bigint
language plpgsql
as $$
begin
  perform set_config('realtime.topic', topic, true);
  return tests.rows_of(format(
    'select from realtime.messages where topic = %L and extension = %L', topic, 'broadcast'
  ));
end;
$$;
grant execute on function tests.seen(), tests.joins(text) to authenticated, anon, service_role;

select tests.act_as(name), is(tests.seen(), '1 1 1 ok ok', name || ' sees the booking')
from unnest(array['asha', 'owner', 'crew', 'boss']) as name;
select tests.act_as(name),
  is(
    tests.seen(), '0 0 0 PT404 booking_not_found PT404 booking_not_found',
    name || ' does not see the booking'
  )
from unnest(array['ravi', 'rival']) as name;
select tests.act_as_service();
select is(tests.seen(), '1 1 1 ok ok', 'a secret key sees the booking');
select tests.act_as_anon();
select is(
  (
    select string_agg(tests.outcome('select from ' || name), ' ')
    from unnest(array['bookings', 'booking_services', 'booking_status_history']) as name
  ),
  '42501 42501 42501', 'the public does not read bookings'
);
select is(
  tests.outcome(format('select public.%s', call)), '42501', 'nor call ' || call
)
from unnest(array[
  'get_booking(gen_random_uuid()::text)', 'list_bookings()',
  'booking_history(gen_random_uuid()::text)'
]) as call;

-- Nobody writes
select tests.act_as(name),
  is(
    (
      select string_agg(distinct tests.outcome(statement), ' ')
      from unnest(array[
        'update bookings set address = ''x''', 'delete from bookings',
        'update booking_services set line_amount = 0', 'delete from booking_services',
        'update booking_status_history set reason = ''x''', 'delete from booking_status_history',
        'insert into booking_status_history (booking_id) values (gen_random_uuid())',
        'insert into bookings (number) values (''x'')'
      ]) as statement
    ),
    '42501', name || ' writes no booking'
  )
from unnest(array['asha', 'owner', 'boss']) as name;

-- The topic
select tests.act_as_postgres();
select results_eq(
  $$select topic, event, private, payload ->> 'to_status', payload ->> 'actor',
      (payload ->> 'position')::integer, payload ->> 'booking_id'
    from realtime.messages where topic = 'booking:' || (select id from booked)$$,
  $$select 'booking:' || id, 'booking_status_changed', true, 'requested', 'customer', 1, id::text
    from booked$$,
  'each move is broadcast on the private topic of the booking'
);
select results_eq(
  $$select (payload ->> 'history_id')::uuid, (payload ->> 'at')::timestamptz
    from realtime.messages where topic = 'booking:' || (select id from booked)$$,
  $$select id, created_at from booking_status_history where booking_id = (select id from booked)$$,
  'with the id and time of its history'
);
select tests.act_as(name),
  is(tests.joins('booking:' || id), 1::bigint, name || ' may listen')
from booked, unnest(array['asha', 'owner', 'crew', 'boss']) as name;
select tests.act_as(name),
  is(tests.joins('booking:' || id), 0::bigint, name || ' may not')
from booked, unnest(array['ravi', 'rival']) as name;
select tests.act_as('asha');
select is(private.can_join_booking_topic(topic), false, 'no topic of a booking: ' || topic)
from unnest(array['booking:', 'booking:x', 'bookings:1', '', 'booking:%']) as topic;
select is(
  tests.outcome(format(
    $$insert into realtime.messages (topic, extension, private, payload)
      values ('booking:%s', 'broadcast', true, '{}')$$,
    (select id from booked)
  )),
  '42501', 'nobody writes to the topic'
);

-- Lists
select is(
  (
    with recursive pages as (
      select public.list_bookings(page_size => '3') as page
      union all
      select public.list_bookings(page_size => '3', cursor => page ->> 'next_cursor')
      from pages
      where page ->> 'next_cursor' is not null
    )
    select array_agg(item ->> 'starts_at')
    from pages, jsonb_array_elements(page -> 'items') as item
  ),
  (
    select array_agg(to_jsonb(starts_at) #>> '{}' order by starts_at desc, id desc)
    from bookings where customer_id = tests.id('asha')
  ),
  'a customer pages through the own bookings, latest start first'
);
select is(
  jsonb_array_length(public.list_bookings('provider') -> 'items'), 0,
  'of businesses the customer has none'
);
select tests.act_as('crew');
select is(
  jsonb_array_length(public.list_bookings('provider') -> 'items'), 6,
  'a member lists those of the business'
);
select is(jsonb_array_length(public.list_bookings() -> 'items'), 0, 'and made none');
select tests.act_as('boss');
select is(
  jsonb_array_length(public.list_bookings('provider') -> 'items'), 0,
  'an admin lists the own bookings, not those of others'
);
select tests.act_as('asha');
select public.transition_booking(id::text, 'cancelled') from booked;
select is(
  public.list_bookings(status => '["cancelled"]') #>> '{items,0,id}', id::text, 'lists by state'
)
from booked;
select is(
  tests.outcome(format('select public.list_bookings(%s)', arguments)), expected,
  'refused: ' || arguments
)
from (
  values
    ($$'boss'$$, 'PT400 invalid_role'),
    ($$status => '"cancelled"'$$, 'PT400 invalid_status'),
    ($$status => '["gone"]'$$, 'PT400 invalid_status'),
    ($$page_size => '0'$$, 'PT400 invalid_page_size'),
    ($$page_size => '"x"'$$, 'PT400 invalid_page_size'),
    ($$cursor => 'x'$$, 'PT400 invalid_cursor'),
    -- ["x", "y"]
    ($$cursor => 'WyJ4IiwgInkiXQ'$$, 'PT400 invalid_cursor')
) as refused (arguments, expected);

-- Catching up
select is(
  (
    select array_agg(later.to_status)
    from booked,
      lateral (select history_id from public.booking_history(id::text) limit 1) as first,
      lateral public.booking_history(id::text, first.history_id::text) as later
  ),
  '{cancelled}'::text[], 'the history after what was seen last'
);
select is(
  tests.outcome(format(
    'select public.booking_history(%L, %L)', (select id from booked), gen_random_uuid()
  )),
  'PT400 invalid_after', 'of this booking'
);

-- Page by page
select tests.act_as_postgres();
insert into booking_status_history (
  booking_id, position, from_status, to_status, actor, metadata, created_at
)
select id, n, 'quoted', 'negotiating', 'customer', '{"note": "x"}', now()
from booked cross join generate_series(3, 130) as n;
create function tests.history(more text default '')
returns setof integer
language plpgsql
as $$
begin
  return query execute format(
    'select position from public.booking_history(%L %s)', (select id from booked), more
  );
end;
$$;
grant execute on function tests.history(text) to authenticated;
select tests.act_as('asha');
select results_eq(
  'select tests.history()', 'select generate_series(1, 50)', 'who says nothing gets a page'
);
select results_eq(
  $$select tests.history(', page_size => ''3''')$$, 'select generate_series(1, 3)', 'of any size'
);
select is(
  tests.outcome(format('select tests.history(%L)', ', page_size => ''101''')),
  'PT400 invalid_page_size', 'up to a hundred'
);
select results_eq(
  $$with recursive walk as (
      select 0 as n, array[]::integer[] as positions, null::text as after
      union all
      select
        walk.n + 1, page.positions, page.last_id
      from walk
      cross join lateral (
        select
          array_agg(move.position order by move.position) as positions,
          (array_agg(move.history_id order by move.position desc))[1]::text as last_id
        from booked
        cross join lateral public.booking_history(booked.id::text, walk.after, '40') as move
      ) as page
      where walk.n < 10 and (walk.n = 0 or walk.after is not null)
    )
    select unnest(positions) from walk order by n$$,
  'select generate_series(1, 130)', 'pages have each move once, in order'
);
select is(
  (
    select count(*)
    from booked
    cross join lateral (
      select last.id as history_id from booking_status_history as last
      where last.booking_id = booked.id and last.position = 130
    ) as last
    cross join lateral public.booking_history(booked.id::text, last.history_id::text) as move
  ),
  0::bigint, 'and the page after the last is empty'
);

select * from finish();
rollback;
