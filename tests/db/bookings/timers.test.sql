begin;
select plan(13);
select tests.user('owner'), tests.user('asha');
select tests.provider('firm', 'owner');
create temporary table booked as
select name, tests.book('firm', 'asha', ahead) as id
from (
  values
    ('unanswered', interval '1 day'), ('answered', interval '47 hours'),
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

select tests.pass('3 hours');
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

select tests.act_as_postgres();
select tests.pass('21 hours 1 minute');
select is(private.run_booking_timers(), 2, 'a request and a quote of yesterday are due');
select is(
  (select status from bookings join booked using (id) where name = 'quoted'), 'expired',
  'a quote is good for a day'
);

-- Work that nobody closed, and before it one that can't move
select tests.pass('71 hours');
select tests.act_as('owner');
select public.transition_booking(id::text, 'in_progress') from booked where name = 'working';
select tests.act_as_postgres();
alter table bookings disable trigger user;
update bookings set timer_to_status = 'draft'
where id = (select id from booked where name = 'answered');
alter table bookings enable trigger user;
select is(private.run_booking_timers(), 0, 'nobody has forgotten it yet');
select tests.pass('30 hours');
select is(
  private.run_booking_timers(), 1, 'a booking that can''t move does not hold up the others'
);
select results_eq(
  $$select name, status from bookings join booked using (id)
    where name in ('answered', 'working') order by timer_due_at is null, name$$,
  $$values ('answered', 'confirmed'), ('working', 'completed')$$,
  'a day after its end work counts as done'
);

select tests.act_as('asha');
select is(
  tests.outcome('select private.run_booking_timers()'), '42501', 'no client runs the timers'
);

select * from finish();
rollback;
