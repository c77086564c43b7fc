-- One clock, which the tests move and no caller can.
begin;
select plan(26);
select tests.user('asha'), tests.user('owner');
select tests.provider('firm', 'owner');

-- What ships
select is(private.now(), now(), 'it is the time of the transaction');
select ok(private.moment() > now(), 'and goes on within it');
select is(
  (select btrim(prosrc, E' \n') from pg_proc where oid = 'private.now()'::regprocedure),
  'select pg_catalog.now()', 'which asks no setting, no header and no row'
);
select is(
  (select proowner::regrole::text from pg_proc where oid = 'private.now()'::regprocedure),
  'postgres', 'the owner of the schema owns it'
);
select is_empty(
  $$select rolname from pg_roles
    where not rolsuper and rolname <> 'postgres' and pg_has_role(oid, 'postgres', 'member')$$,
  'and nobody else is the owner'
);
create function tests.now() returns timestamptz language sql as $$ select 'epoch'::timestamptz $$;
grant execute on all functions in schema tests to anon, authenticated, service_role;
create function tests.tamper(who text, statement text)
returns text
language plpgsql
as $$
declare
  v_outcome text;
begin
  perform case who
    when 'anon' then tests.act_as_anon()
    when 'authenticated' then tests.act_as('asha')
    else tests.act_as_service()
  end;
  v_outcome := tests.outcome(statement);
  perform tests.act_as_postgres();
  return v_outcome;
end;
$$;
select is(tests.tamper(who, statement), '42501', format('%s: %s', who, statement))
from unnest(array['anon', 'authenticated', 'service_role']) as who,
  unnest(array[
    'create or replace function private.now() returns timestamptz as ''select now()'' language sql',
    'alter function private.now() rename to later',
    'alter function private.now() set search_path = tests',
    'drop function private.now()'
  ]) as statement;
create function tests.hour_by(who text, setting text, value text)
returns text
language plpgsql
as $$
begin
  perform case who
    when 'anon' then tests.act_as_anon()
    when 'authenticated' then tests.act_as('asha')
    else tests.act_as_service()
  end;
  perform set_config(setting, value, true);
  raise exception using
    errcode = 'TT000',
    message = format('%s', private.now() operator(pg_catalog.=) pg_catalog.now());
exception when sqlstate 'TT000' then
  return sqlerrm;
end;
$$;
select is(
  array_agg(distinct tests.hour_by(who, setting, value)), '{t}', who || ' moves it by no setting'
)
from unnest(array['anon', 'authenticated', 'service_role']) as who,
  (
    values
      ('search_path', 'tests, pg_catalog'), ('timezone', 'Asia/Tokyo'), ('private.now', '1 day'),
      ('request.headers', '{"date": "Mon, 01 Jan 2035 00:00:00 GMT", "x-now": "2035-01-01"}'),
      ('request.jwt.claims', '{"iat": 4102444800, "now": "2035-01-01T00:00:00Z"}')
  ) as try (setting, value)
group by who;

-- Moved
select tests.pass('3 days');
select is(private.now(), now() + interval '3 days', 'tests move it');
select ok(
  private.moment() between private.now() and private.now() + interval '1 minute', 'as a whole'
);
select tests.act_as('asha');
insert into addresses (label, address, lat, lng) values ('Home', '12 Vipin Khand', 26.85, 81);
select tests.act_as_postgres();
select results_eq(
  'select created_at, updated_at from addresses', 'select private.now(), private.now()',
  'what is written says when by the same clock'
);
create temporary table booked as
select tests.book('firm', 'asha', make_interval(hours => 2 * n)) as id
from generate_series(1, 3) as n;
select is(
  count(distinct status_changed_at), 3::bigint, 'and follows one another in one transaction'
)
from bookings;
select ok(bool_and(status_changed_at >= private.now()), 'after it began') from bookings;
select tests.set_clock(now());
select is(private.now(), now(), 'and put it back');

select * from finish();
rollback;
