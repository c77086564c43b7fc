begin;
select plan(13);

select is((select count(*) from booking_statuses), 16::bigint, 'there are 16 states');
select results_eq(
  'select id from booking_statuses where blocks_calendar order by position',
  $$values ('requested'), ('quoted'), ('negotiating'), ('awaiting_payment'), ('confirmed'),
    ('en_route'), ('arrived'), ('in_progress')$$,
  'holds that await an answer block the calendar too'
);
select is_empty(
  $$select from booking_statuses as status
    where is_final = exists (select from booking_transitions where from_status = status.id)$$,
  'final states are those that nothing leads out of'
);
select is_empty(
  $$select from booking_processes as process
    where exists (
      with recursive reached as (
        select process.initial_status_id as id
        union
        select move.to_status
        from reached
        join booking_transitions as move on move.from_status = reached.id
        where move.process_id = process.id
      )
      select from booking_transitions as move
      where move.process_id = process.id
        and move.from_status not in (select id from reached)
        -- Drafts and payments come before the first state of some processes.
        and move.from_status not in ('draft', 'awaiting_payment')
    )$$,
  'every move can be reached'
);
select is_empty(
  $$select from booking_transitions where timer_minutes is not null and to_status in (
      select id from booking_statuses where blocks_calendar
    )$$,
  'no timer leads into a state that blocks the calendar: run_booking_timers locks bookings only'
);
select is_empty(
  $$select process.id, status.id
    from booking_processes as process
    join booking_statuses as status on status.blocks_calendar
    where exists (
        select from booking_transitions as move
        where move.process_id = process.id and move.from_status = status.id
      )
      and not exists (
        select from booking_transitions as move
        where move.process_id = process.id
          and move.from_status = status.id
          and move.timer_minutes is not null
      )$$,
  'no booking holds a calendar for ever'
);
select is_empty(
  $$with recursive walk as (
      select move.process_id, move.from_status, move.to_status
      from booking_transitions as move where move.max_count is null
      union
      select walk.process_id, walk.from_status, move.to_status
      from walk
      join booking_transitions as move
        on move.process_id = walk.process_id and move.from_status = walk.to_status
      where move.max_count is null
    )
    select process_id, from_status from walk where from_status = to_status$$,
  'no booking goes round for ever: each way back is counted'
);
select results_eq(
  'select design, count(*) from source_statuses group by design order by design',
  $$values ('atyrau', 4::bigint), ('baitech', 3), ('bihar', 7), ('localpro', 6),
    ('servicepro', 5)$$,
  'the states of the five designs are mapped'
);
select is(
  (
    select count(*) from source_statuses
    where design = 'localpro' and status_id = lower(source_status)
  ),
  5::bigint, 'five of LocalPro''s are called the same here; its PENDING is our requested'
);

select tests.user('asha');
select tests.act_as('asha');
select is(
  tests.outcome(format('update %s set created_at = now()', name)), '42501', 'read only: ' || name
)
from unnest(array[
  'booking_statuses', 'booking_processes', 'booking_transitions', 'source_statuses'
]) as name;

select * from finish();
rollback;
