-- Completed bookings and their reviews.

-- Acts as the user for one statement; leaves the role as it was.
create function tests.run_as(name text, statement text)
returns void
language plpgsql
as $$
declare
  v_role text := current_setting('role');
  v_claims text := current_setting('request.jwt.claims', true);
begin
  perform tests.act_as(name);
  execute statement;
  perform set_config('role', v_role, true), set_config('request.jwt.claims', v_claims, true);
end;
$$;

-- A booking of the customer, done by the owner.
create function tests.complete(provider text, owner text, customer text)
returns uuid
language plpgsql
as $$
declare
  v_id uuid := tests.book(provider, customer, interval '2 hours');
begin
  perform tests.run_as(owner, tests.move(v_id, 'confirmed'));
  perform tests.let_pass(v_id);
  perform tests.run_as(owner, tests.move(v_id, 'in_progress'));
  perform tests.run_as(owner, tests.move(v_id, 'completed'));
  return v_id;
end;
$$;

-- What stands for the booking in paths of photos.
create function tests.review_key(booking uuid)
returns uuid
language sql
security definer
as $$
  select review_key from public.bookings where id = booking
$$;

-- The call, to be executed by whoever acts.
create function tests.review(booking uuid, overall integer, more text default '')
returns text
language sql
stable
as $$
  select format('select public.submit_review(%L, %L %s)', booking, overall, more)
$$;

grant execute on all functions in schema tests to anon, authenticated, service_role;
