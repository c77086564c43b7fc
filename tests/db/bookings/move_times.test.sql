-- When a booking may be moved, and how often: rows of booking_transitions, held by the trigger.
begin;
select plan(55);
select tests.user('owner'), tests.user('asha'), tests.user('boss');
insert into user_roles (user_id, role) values (tests.id('boss'), 'admin');
select tests.provider('firm', 'owner');

-- The booking goes the path as soon as may be. Then it starts in so long, and somebody tries to
-- move it on. Everything is undone again.
create function tests.attempt(name text, path text[], to_status text, starts_in interval)
returns text
language plpgsql
as $$
declare
  v_id uuid;
  v_starts_at timestamptz;
  v_step text;
begin
  v_id := tests.book('firm', 'asha', interval '20 days');
  v_starts_at := (select starts_at from bookings where id = v_id);
  foreach v_step in array path loop
    if v_step in ('en_route', 'arrived', 'in_progress') then
      perform tests.set_clock(
        v_starts_at - case v_step when 'in_progress' then interval '1 hour' else '4 hours' end
      );
    end if;
    perform tests.run_as('owner', tests.move(v_id, v_step));
  end loop;
  perform tests.set_clock(v_starts_at - starts_in);
  if name = 'service' then
    perform tests.act_as_service();
  else
    perform tests.act_as(name);
  end if;
  raise exception using
    errcode = 'TT000',
    message = tests.outcome(tests.move(v_id, to_status, $m$, reason => 'x'$m$));
exception when sqlstate 'TT000' then
  return sqlerrm;
end;
$$;

select is(
  tests.attempt(name, path, to_status, starts_in), wanted,
  format('%s makes it %s after %s, start in %s: %s', name, to_status, path, starts_in, wanted)
)
from (
  values
    ('asha', '{quoted}'::text[], 'confirmed', '1 minute'::interval, 'ok'),
    ('asha', '{quoted}', 'confirmed', '-1 minute', 'PT409 too_late'),
    ('asha', '{quoted}', 'negotiating', '-1 minute', 'PT409 too_late'),
    ('owner', '{}', 'confirmed', '1 minute', 'ok'),
    ('owner', '{}', 'confirmed', '-1 minute', 'PT409 too_late'),
    ('owner', '{}', 'quoted', '-1 minute', 'PT409 too_late'),
    ('owner', '{}', 'declined', '-1 minute', 'ok'),
    ('owner', '{confirmed}', 'en_route', '241 minutes', 'PT409 too_early'),
    ('owner', '{confirmed}', 'en_route', '239 minutes', 'ok'),
    ('owner', '{confirmed}', 'arrived', '241 minutes', 'PT409 too_early'),
    ('owner', '{confirmed,en_route}', 'arrived', '241 minutes', 'PT409 too_early'),
    ('owner', '{confirmed,en_route}', 'arrived', '239 minutes', 'ok'),
    ('owner', '{confirmed}', 'in_progress', '23 hours', 'PT409 too_early'),
    ('owner', '{confirmed}', 'in_progress', '61 minutes', 'PT409 too_early'),
    ('owner', '{confirmed}', 'in_progress', '1 hour', 'ok'),
    ('owner', '{confirmed,en_route}', 'in_progress', '61 minutes', 'PT409 too_early'),
    ('owner', '{confirmed,arrived}', 'in_progress', '61 minutes', 'PT409 too_early'),
    ('owner', '{confirmed,arrived}', 'in_progress', '59 minutes', 'ok'),
    ('owner', '{confirmed,in_progress}', 'completed', '1 minute', 'PT409 too_early'),
    ('owner', '{confirmed,in_progress}', 'completed', '0', 'ok'),
    ('service', '{confirmed,in_progress}', 'completed', '1 minute', 'PT409 too_early'),
    ('owner', '{confirmed}', 'no_show', '-1 second', 'PT409 too_early'),
    ('owner', '{confirmed}', 'no_show', '-14 minutes', 'PT409 too_early'),
    ('owner', '{confirmed}', 'no_show', '-15 minutes', 'ok'),
    ('owner', '{confirmed,arrived}', 'no_show', '-14 minutes', 'PT409 too_early'),
    ('asha', '{confirmed}', 'no_show', '-14 minutes', 'PT409 too_early'),
    ('asha', '{confirmed}', 'no_show', '-15 minutes', 'ok'),
    ('asha', '{confirmed,en_route}', 'no_show', '-15 minutes', 'ok'),
    ('asha', '{confirmed,arrived}', 'no_show', '-15 minutes', 'ok'),
    ('asha', '{confirmed}', 'cancelled', '-59 minutes', 'ok'),
    ('asha', '{confirmed}', 'cancelled', '-61 minutes', 'PT409 too_late'),
    ('asha', '{confirmed,en_route}', 'cancelled', '-61 minutes', 'PT409 too_late'),
    ('asha', '{confirmed,arrived}', 'cancelled', '-61 minutes', 'PT409 too_late'),
    ('owner', '{confirmed}', 'cancelled', '-61 minutes', 'ok'),
    ('boss', '{confirmed}', 'cancelled', '-61 minutes', 'ok')
) as attempt (name, path, to_status, starts_in, wanted);

-- What clients are told
create temporary table booked (name text primary key, id uuid);
grant all on booked to authenticated;
create function tests.try(name text, to_status text)
returns text
language sql
as $$
  select tests.outcome(tests.move(
    (select id from booked where booked.name = try.name), to_status, $m$, reason => 'x'$m$
  ))
$$;
create function tests.told(name text)
returns setof text
language sql
as $$
  select concat_ws(
    ' ', move ->> 'to_status', (move ->> 'opens_at')::timestamptz - booking.starts_at,
    (move ->> 'closes_at')::timestamptz - booking.ends_at
  )
  from booked
  join bookings as booking on booking.id = booked.id
  cross join lateral jsonb_array_elements(
    public.get_booking(booked.id::text) -> 'allowed_transitions'
  ) as move
  where booked.name = told.name
$$;
grant execute on all functions in schema tests to authenticated;
insert into booked values ('job', tests.book('firm', 'asha', interval '3 days'));
select tests.act_as('owner');
select is(tests.try('job', 'confirmed'), 'ok', 'a booking in three days');
select results_eq(
  $$select tests.told('job')$$,
  $$values ('en_route -04:00:00'), ('arrived -04:00:00'), ('in_progress -01:00:00'), ('cancelled'),
    ('no_show 00:15:00')$$,
  'the business is told from when on'
);
select tests.act_as('asha');
select results_eq(
  $$select tests.told('job')$$, $$values ('cancelled 00:00:00'), ('no_show 00:15:00')$$,
  'the customer is told until when'
);
select tests.act_as_postgres();
select tests.let_pass(id) from booked where name = 'job';
select tests.act_as('asha');
select results_eq(
  $$select tests.told('job')$$, $$values ('no_show 00:15:00')$$,
  'and not of what is over for good'
);

-- A no-show may be disputed
select is(tests.try('job', 'no_show'), 'ok', 'nobody came');
select is(
  (select array_agg(split_part(told, ' ', 1)) from tests.told('job') as told), '{disputed}',
  'who reported it may take it back before an admin'
);
select tests.act_as('owner');
select is(tests.try('job', 'disputed'), 'ok', 'the business sees it otherwise');
select tests.act_as('asha');
select is(
  tests.try('job', 'completed'), 'PT409 transition_not_allowed', 'the customer does not decide it'
);
select tests.act_as('boss');
select is(tests.try('job', 'no_show'), 'ok', 'an admin does: it stays one');
select tests.act_as('owner');
select is(tests.try('job', 'disputed'), 'PT409 too_often', 'the business has had its say');
select tests.act_as('asha');
select is(tests.try('job', 'disputed'), 'ok', 'the customer may once too');
select tests.act_as('boss');
select is(tests.try('job', 'completed'), 'ok', 'or it was done');
select tests.act_as('asha');
select is(tests.try('job', 'disputed'), 'ok', 'a completed job may be disputed, as ever');
select tests.act_as('boss');
select is(tests.try('job', 'completed'), 'ok', 'and is decided');
select tests.act_as('asha');
select is(tests.try('job', 'disputed'), 'PT409 too_often', 'once');

-- Rounds
select tests.act_as_postgres();
insert into booked values ('quoted', tests.book('firm', 'asha', interval '5 days'));
select tests.act_as('owner');
select is(tests.try('quoted', 'quoted'), 'ok', 'a quote');
select is(
  (
    select string_agg(
      (select tests.try('quoted', step.to_status)
        from (select tests.act_as(step.name)) as acting),
      ' ' order by n, step.name
    )
    from generate_series(1, 4) as n
    cross join (values ('asha', 'negotiating'), ('owner', 'quoted')) as step (name, to_status)
  ),
  'ok ok ok ok ok ok PT409 too_often PT409 transition_not_allowed', 'three rounds each way'
);
select tests.act_as('asha');
select results_eq(
  $$select tests.told('quoted')$$, $$values ('confirmed -01:00:00'), ('cancelled 00:00:00')$$,
  'then the customer is told of a decision only'
);
select tests.act_as_postgres();
select is(
  tests.outcome(format(
    $$update bookings set status = 'negotiating', status_actor = 'customer', status_actor_id = %L,
      status_reason = 'x' where id = %L$$,
    tests.id('asha'), id
  )),
  'PT409 too_often', 'whoever writes'
)
from booked where name = 'quoted';
select tests.act_as('asha');
select is(tests.try('quoted', 'confirmed'), 'ok', 'and makes one');

select * from finish();
rollback;
