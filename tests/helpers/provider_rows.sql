-- A category, businesses with a service each, and bookings of them.

create function tests.category(slug text, parent text default null)
returns uuid
language sql
as $$
  insert into public.categories (id, market_id, parent_id, slug, names)
  values (
    tests.id('category ' || slug), 'localpro', tests.id('category ' || parent), slug,
    jsonb_build_object('en', initcap(slug), 'hi', 'श्रेणी', 'ur', 'زمرہ')
  )
  returning id
$$;

-- An active, verified business in the category `works`; its id is tests.id(name), its owner the
-- user of that name.
create function tests.provider(
  name text, owner text, lat float8 default 26.85, lng float8 default 81.0
)
returns uuid
language plpgsql
as $$
begin
  if not exists (select 1 from public.categories where id = tests.id('category works')) then
    perform tests.category('works');
  end if;
  insert into public.providers (
    id, market_id, slug, kind, names, status, verification_status, location, address, time_zone
  )
  values (
    tests.id(name), 'localpro', lower(replace(name, ' ', '-')), 'solo',
    jsonb_build_object('en', name), 'active', 'verified', private.point(lat, lng),
    'Vibhuti Khand, Gomti Nagar', 'Asia/Kolkata'
  );
  insert into public.provider_members (provider_id, user_id, role)
  values (tests.id(name), tests.id(owner), 'owner');
  insert into public.provider_categories (provider_id, category_id)
  values (tests.id(name), tests.id('category works'));
  perform tests.service(name, 'visit');
  return tests.id(name);
end;
$$;

-- One hour for 40000 paise.
create function tests.service(provider text, name text)
returns uuid
language sql
as $$
  insert into public.services (id, provider_id, category_id, names, price_amount)
  values (
    tests.id(provider || ' ' || name), tests.id(provider), tests.id('category works'),
    jsonb_build_object('en', name), 40000
  )
  returning id
$$;

-- A time as clients write it.
create function tests.at(ahead interval)
returns text
language sql
stable
as $$
  select to_char(
    date_trunc('hour', private.now()) at time zone 'UTC' + ahead, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
  )
$$;

create function tests.place()
returns jsonb
language sql
immutable
as $$
  select '{"address": "Vipin Khand, Gomti Nagar", "lat": 26.8508, "lng": 80.9993}'::jsonb
$$;

-- The call, to be executed by whoever acts.
create function tests.request(provider text, ahead interval, more text default '')
returns text
language sql
stable
as $$
  select format(
    'select public.request_booking(%L, %L, %L, %L %s)',
    tests.id(provider), jsonb_build_array(tests.id(provider || ' visit')), tests.at(ahead),
    tests.place(), more
  )
$$;

-- A booking of the customer, made by the customer. Leaves the role as it was.
create function tests.book(provider text, customer text, ahead interval)
returns uuid
language plpgsql
as $$
declare
  v_role text := current_setting('role');
  v_claims text := current_setting('request.jwt.claims', true);
  v_booking jsonb;
begin
  perform tests.act_as(customer);
  execute tests.request(provider, ahead) into v_booking;
  perform set_config('role', v_role, true), set_config('request.jwt.claims', v_claims, true);
  return (v_booking ->> 'id')::uuid;
end;
$$;

create function tests.move(booking uuid, to_status text, more text default '')
returns text
language sql
stable
as $$
  select format('select public.transition_booking(%L, %L %s)', booking, to_status, more)
$$;

grant execute on all functions in schema tests to anon, authenticated, service_role;
