-- What one person may cost by a token and curl: rows, and SMS to numbers of their choice.
begin;
select plan(9);
select tests.user('owner'), tests.user('asha');
select tests.provider('firm', 'owner');
update auth.users set phone = '919876500001' where id = tests.id('asha');
create temporary table booked as
select number, tests.book('firm', 'asha', make_interval(hours => 2 * number::integer)) as id
from generate_series(1, 4) as number;
grant select on booked to authenticated, service_role;
select tests.act_as('owner');
select is(array_agg(distinct tests.outcome(tests.move(id, 'confirmed'))), '{ok}', 'four jobs')
from booked;

-- SMS
select tests.act_as_service();
select is(
  array_agg(tests.outcome(format('select issue_job_code(%L, %L)', id, 'start')) order by time),
  array_fill('ok'::text, array[30]) || array_fill('PT429 too_many_job_codes'::text, array[6]),
  'thirty codes an hour are sent to one customer, of all jobs together'
)
from booked, generate_series(1, 9) as time;
select tests.act_as('asha');
select is(
  tests.outcome(format('select issue_job_code(%L, %L)', id, 'start')), 'ok',
  'who reads them in the app costs nothing'
)
from booked where number = 4;

-- Answers kept for repeated calls: only those that count something are.
select tests.act_as('owner');
select is(
  tests.outcome(format(
    'select confirm_job_code(%L, %L, %L, %L)', id, 'start', '000000', 'wrong'
  )),
  'ok', 'a wrong code is counted'
)
from booked where number = 4;
select tests.act_as_postgres();
savepoint in_time;
select tests.pass('1 hour');
select tests.act_as('owner');
select is(
  array_agg(distinct tests.outcome(format(
    'select confirm_job_code(%L, %L, %L, %L)', id, 'start', '000000', 'late ' || try
  ))),
  '{PT409 job_code_expired}', 'a late one is refused'
)
from booked, generate_series(1, 5) as try
where number = 4;
rollback to in_time;
update private.job_codes set attempts = 5;
select tests.act_as('owner');
select is(
  array_agg(distinct tests.outcome(format(
    'select confirm_job_code(%L, %L, %L, %L)', id, 'start', '000000', 'locked ' || try
  ))),
  '{PT429 job_code_locked}', 'so is one after too many tries'
)
from booked, generate_series(1, 5) as try
where number = 4;
select tests.act_as_postgres();
select is(
  (select array_agg(key) from private.idempotency_keys where user_id = tests.id('owner')),
  '{wrong}', 'and leaves nothing behind'
);

-- Requests and cancellations in turns
create function tests.book_and_cancel(times integer)
returns text
language plpgsql
as $$
declare
  v_booking jsonb;
  v_outcome text;
begin
  for time in 1 .. times loop
    v_outcome := tests.outcome(tests.request('firm', '20 hours'));
    if v_outcome <> 'ok' then
      return v_outcome;
    end if;
    perform public.transition_booking(id::text, 'cancelled')
    from public.bookings where customer_id = (select auth.uid()) and status = 'requested';
  end loop;
  return 'ok';
end;
$$;
grant execute on function tests.book_and_cancel(integer) to authenticated;
select tests.act_as('asha');
select is(tests.book_and_cancel(90), 'ok', 'many requests are a customer who can''t decide');
select is(
  tests.book_and_cancel(20), 'PT429 too_many_booking_requests', 'more are somebody with a script'
);

select * from finish();
rollback;
