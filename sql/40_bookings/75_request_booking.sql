-- A customer books services of one provider. The exclusion constraint decides who gets a time:
-- `on conflict do nothing` waits for the first one. It never deadlocks and leaves no dead rows.

-- The limit of open bookings does not hold for those that are cancelled at once.
insert into private.rate_limits (action, capacity, window_seconds, reason)
values ('request_booking', 100, 3600, 'too_many_booking_requests')
on conflict (action) do nothing;

insert into private.limits (name, maximum, reason, counted)
values (
  'open_bookings', 50, 'too_many_open_bookings',
  'select count(*)
   from public.bookings as booking
   where booking.customer_id = $1::uuid and booking.blocked is not null
     and booking.ends_at > private.now()'
)
on conflict (name) do nothing;

create function private.request_booking(
  provider_id text,
  service_ids jsonb,
  starts_at text,
  location jsonb,
  contact_phone text default null,
  description text default null,
  idempotency_key text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
  v_answer jsonb := private.claim_idempotency_key(
    v_me,
    request_booking.idempotency_key,
    jsonb_build_array(
      'request_booking', provider_id, service_ids, starts_at, location, contact_phone, description
    )
  );
  v_provider_id uuid := private.parse_uuid(request_booking.provider_id, 'invalid_provider_id');
  v_service_ids uuid[] := private.parse_uuids(
    request_booking.service_ids, 'invalid_service_ids'
  );
  v_starts_at timestamptz := private.parse_timestamp(
    request_booking.starts_at, 'invalid_starts_at'
  );
  v_location jsonb := private.parse_location(request_booking.location, 'invalid_location');
  v_phone text := private.parse_phone(
    request_booking.contact_phone, 'invalid_contact_phone',
    private.provider_country(v_provider_id)
  );
  v_description text := private.parse_text(
    request_booking.description, 'invalid_description', 2000, false
  );
  v_provider public.providers;
  v_market public.markets;
  v_lines public.booking_services[];
  v_ends_at timestamptz;
  v_booking public.bookings;
begin
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.take_token(v_me, 'request_booking');
  v_provider := private.lock_bookable_provider(v_provider_id);
  select * into v_market from public.markets as market where market.id = v_provider.market_id;
  perform private.require_room(
    'open_bookings', v_me::text, maximum => v_market.max_open_bookings
  );

  v_lines := private.booking_lines(v_provider_id, v_service_ids);
  v_ends_at := v_starts_at + make_interval(
    mins => (select sum(line.duration_minutes)::integer from unnest(v_lines) as line)
  );
  perform private.check_booking_time(v_provider, v_market, v_starts_at, v_ends_at);
  perform private.require_in_market(
    v_market.id,
    private.point((v_location ->> 'lat')::float8, (v_location ->> 'lng')::float8)
  );

  -- This look saves booking numbers; the constraint decides.
  if not private.is_slot_taken(v_provider, v_starts_at, v_ends_at) then
    insert into public.bookings (
      number, market_id, provider_id, customer_id, process_id, status, status_actor,
      status_actor_id, starts_at, ends_at, buffer_minutes, location, address, landmark, postcode,
      district, city, contact_phone, description, total_amount, currency
    )
    select
      private.next_booking_number(v_market), v_market.id, v_provider.id, v_me, process.id,
      process.initial_status_id, 'customer', v_me, v_starts_at, v_ends_at,
      v_provider.buffer_minutes,
      private.point((v_location ->> 'lat')::float8, (v_location ->> 'lng')::float8),
      v_location ->> 'address', v_location ->> 'landmark', v_location ->> 'postcode',
      v_location ->> 'district', v_location ->> 'city', v_phone, v_description,
      (select sum(line.line_amount) from unnest(v_lines) as line), v_market.currency
    from public.booking_processes as process
    where process.id = v_market.booking_process_id
    on conflict do nothing
    returning * into v_booking;
  end if;
  if v_booking.id is null then
    perform private.fail('slot_taken');
  end if;

  insert into public.booking_services (
    booking_id, position, provider_id, service_id, category_id, names, price_unit, price_amount,
    line_amount, currency, duration_minutes
  )
  select
    v_booking.id, line.position, line.provider_id, line.service_id, line.category_id, line.names,
    line.price_unit, line.price_amount, line.line_amount, line.currency, line.duration_minutes
  from unnest(v_lines) as line;

  v_answer := private.booking_json(v_booking);
  perform private.store_idempotent_response(v_me, request_booking.idempotency_key, v_answer);
  return v_answer;
end;
$$;
comment on function private.request_booking is
  'Books services of one provider, and answers the booking.
service_ids: array of 1 to 10 ids. starts_at: ISO 8601 with offset.
location: {address, lat, lng, landmark?, postcode?, district?, city?}, where search_providers finds
the business. contact_phone: with its calling code or as the market''s country writes it; none by
default.';

select private.expose('request_booking', 'authenticated');
