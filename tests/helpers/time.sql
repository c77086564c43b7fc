-- The clock of the transaction moves; JWTs and whatever Auth keeps stay in real time.

-- From now on it is this moment, for all that ask private.now().
create function tests.set_clock(at timestamptz)
returns void
language plpgsql
security definer
as $$
begin
  execute format(
    'create or replace function private.now() returns timestamptz language sql stable '
    'parallel safe as $body$ select pg_catalog.now() + make_interval(secs => %s) $body$',
    extract(epoch from at - now())
  );
  -- Postgres 17 keeps the plans of functions in SQL that PL/pgSQL has called in this transaction.
  execute 'discard plans';
end;
$$;

create function tests.pass(span interval)
returns void
language sql
as $$
  select tests.set_clock(private.now() + span)
$$;

-- The time of the booking passes, buffer included, if it has not yet.
create function tests.let_pass(booking uuid)
returns void
language sql
security definer
as $$
  select tests.set_clock(greatest(
    private.now(), passing.ends_at + make_interval(mins => 1 + passing.buffer_minutes)
  ))
  from public.bookings as passing
  where passing.id = booking
$$;

grant execute on all functions in schema tests to anon, authenticated, service_role;
