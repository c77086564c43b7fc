-- The conditions of a new booking, each with its own reason.

-- Fails with PT404 provider_not_found, PT409 provider_not_bookable and own_business.
create function private.lock_bookable_provider(provider_id uuid)
returns public.providers
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_provider public.providers;
begin
  -- See the order of locks at the table bookings.
  select * into v_provider
  from public.providers as provider
  where provider.id = lock_bookable_provider.provider_id
  for key share;
  if v_provider.id is null or v_provider.status in ('draft', 'pending') then
    perform private.fail('provider_not_found');
  end if;
  if v_provider.status <> 'active' or not v_provider.is_accepting_bookings or not exists (
    select 1
    from public.markets as market
    where market.id = v_provider.market_id and market.is_active
  ) then
    perform private.fail('provider_not_bookable');
  end if;
  perform private.require_no_member(v_provider.id, private.me());
  return v_provider;
end;
$$;
comment on function private.lock_bookable_provider is
  'The provider, locked against moves that would block its calendar meanwhile.';

-- Fails with PT400 too_many_services and booking_too_long, PT404 service_not_found.
create function private.booking_lines(provider_id uuid, service_ids uuid[])
returns public.booking_services[]
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_lines public.booking_services[];
begin
  if cardinality(service_ids) > 10 then
    perform private.fail('too_many_services');
  end if;
  v_lines := array(
    select row(
      null, wished.position::integer, service.provider_id, service.id, service.category_id,
      service.names, service.price_unit, service.price_amount,
      case service.price_unit
        when 'negotiable' then 0
        when 'per_hour' then round(service.price_amount * service.duration_minutes / 60.0)::bigint
        else service.price_amount
      end,
      service.currency, service.duration_minutes, null, null
    )::public.booking_services
    from unnest(booking_lines.service_ids) with ordinality as wished (id, position)
    join public.services as service on service.id = wished.id
    where service.provider_id = booking_lines.provider_id and private.is_offered(service)
    order by wished.position
  );
  if cardinality(v_lines) < cardinality(service_ids) then
    perform private.fail('service_not_found');
  end if;
  if (select sum(line.duration_minutes) from unnest(v_lines) as line) > 1440 then
    perform private.fail('booking_too_long');
  end if;
  return v_lines;
end;
$$;
comment on function private.booking_lines is
  'Lines with today''s names and prices, in the order of the ids.';

-- Fails with PT400 starts_in_past and too_far_ahead, PT409 too_soon.
create function private.check_booking_time(
  provider public.providers, market public.markets, starts_at timestamptz, ends_at timestamptz
)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if check_booking_time.starts_at <= private.now() then
    perform private.fail('starts_in_past');
  end if;
  if check_booking_time.ends_at
    > private.now() + make_interval(days => (market).max_advance_days)
  then
    perform private.fail('too_far_ahead', (market).max_advance_days::text);
  end if;
  if check_booking_time.starts_at
    < private.now() + make_interval(mins => (provider).lead_minutes)
  then
    perform private.fail('too_soon', (provider).lead_minutes::text);
  end if;
end;
$$;
comment on function private.check_booking_time is
  'Refuses times that are over, too far ahead, or too near for the business.';

create function private.is_slot_taken(
  provider public.providers, starts_at timestamptz, ends_at timestamptz
)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select 1
    from public.bookings as booking
    where booking.provider_id = (provider).id
      and booking.blocked && tstzrange(
        is_slot_taken.starts_at,
        is_slot_taken.ends_at + make_interval(mins => (provider).buffer_minutes)
      )
  )
$$;
comment on function private.is_slot_taken is 'Whether a committed booking blocks the time.';
