begin;
select plan(12);
select tests.user('owner'), tests.user('asha');
select tests.provider('firm', 'owner');
create temporary table booked as
select name, tests.book('firm', 'asha', ahead) as id
from (
  values
    ('unanswered', interval '1 day'), ('answered', interval '2 days'),
    ('quoted', interval '3 days'), ('working', interval '4 days')
) as wish (name, ahead);
grant select on booked to authenticated;
select tests.act_as('owner');
select public.transition_booking(
  id::text, case name when 'quoted' then 'quoted' else 'confirmed' end
)
from booked where name <> 'unanswered';
select tests.act_as_postgres();

select results_eq(
  $$select name, timer_to_status, timer_due_at - case name
      when 'unanswered' then status_changed_at when 'quoted' then status_changed_at else ends_at end
    from bookings join booked using (id) order by name$$,
  $$values ('answered', 'expired', interval '3 days'), ('quoted', 'expired', interval '1 day'),
    ('unanswered', 'expired', interval '2 hours'), ('working', 'expired', interval '3 days')$$,
  'each state has its timer'
);
select is(private.run_booking_timers(), 0, 'nothing is due yet');

create function tests.rewind(name text, span interval)
returns void
language plpgsql
as $$
begin
  alter table bookings disable trigger user;
  update bookings
  set
    status_changed_at = status_changed_at - span,
    timer_due_at = timer_due_at - span,
    starts_at = starts_at - span,
    ends_at = ends_at - span,
    blocked = tstzrange(starts_at - span, ends_at - span)
  where id = (select id from booked where booked.name = rewind.name);
  alter table bookings enable trigger user;
end;
$$;
select tests.rewind('unanswered', '3 hours');
select tests.act_as('asha');
select is(
  tests.outcome(tests.request('firm', '21 hours')), 'PT409 slot_taken',
  'until the timer runs the time is held'
);
select tests.act_as_postgres();
select is(private.run_booking_timers(), 1, 'an unanswered booking is due');
select results_eq(
  $$select status, status_actor, blocked is null, timer_due_at is null
    from bookings join booked using (id) where name = 'unanswered'$$,
  $$values ('expired', 'system', true, true)$$,
  'and expires'
);
select is(
  (select count(*) from realtime.messages, booked
    where name = 'unanswered' and topic = 'booking:' || booked.id), 2::bigint, 'both sides are told'
);
select tests.act_as('asha');
select is(tests.outcome(tests.request('firm', '21 hours')), 'ok', 'its time is free');

-- Work that nobody closed
select tests.act_as_postgres();
select tests.rewind('working', '95 hours');
select tests.act_as('owner');
select public.transition_booking(id::text, 'in_progress') from booked where name = 'working';
select tests.act_as_postgres();
select tests.rewind('working', '30 hours');
select is(private.run_booking_timers(), 1, 'a day after its end');
select is(
  (select status from bookings join booked using (id) where name = 'working'), 'completed',
  'work counts as done'
);

-- One that can't move
select tests.rewind('answered', '10 days'), tests.rewind('quoted', '10 days');
alter table bookings disable trigger user;
update bookings set timer_to_status = 'draft'
where id = (select id from booked where name = 'answered');
alter table bookings enable trigger user;
select is(
  private.run_booking_timers(), 1, 'a booking that can''t move does not hold up the others'
);
select is(
  (select status from bookings join booked using (id) where name = 'quoted'), 'expired', 'they move'
);

select tests.act_as('asha');
select is(
  tests.outcome('select private.run_booking_timers()'), '42501', 'no client runs the timers'
);

select * from finish();
rollback;
