-- What the RPCs of bookings share: who the caller is to a booking, and how a booking is answered.

create function private.my_booking_actors(booking public.bookings)
returns text[]
language sql
stable
security definer
set search_path = ''
as $$
  select array_remove(
    array[
      case when (booking).customer_id = (select private.me()) then 'customer' end,
      (
        select case member.role when 'crew_member' then 'crew' else 'provider' end
        from public.provider_members as member
        where member.provider_id = (booking).provider_id
          and member.user_id = (select private.me())
          and (booking).status <> 'draft'
      ),
      case when (select private.has_role('admin')) then 'admin' end,
      case when (select private.is_service()) then 'system' end
    ],
    null
  )
$$;
comment on function private.my_booking_actors is
  'What the caller is to the booking: customer, provider, crew (a crew_member), admin, system. The '
  'first is the part that they play, the others are none. Empty for strangers.';

-- Fails with PT401 not_signed_in, PT403 user_blocked, PT404 booking_not_found: also for a booking
-- of other people.
create function private.require_booking(booking_id uuid)
returns public.bookings
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_booking public.bookings;
begin
  if not private.is_service() then
    perform private.require_me();
  end if;
  select * into v_booking
  from public.bookings as booking
  where booking.id = require_booking.booking_id;
  if v_booking.id is null or private.my_booking_actors(v_booking) = '{}' then
    perform private.fail('booking_not_found');
  end if;
  return v_booking;
end;
$$;
comment on function private.require_booking is 'The booking, if the caller may see it.';

create function private.allowed_booking_moves(booking public.bookings)
returns table (
  to_status text,
  actor text,
  requires_reason boolean,
  requires_job_code boolean,
  opens_at timestamptz,
  closes_at timestamptz
)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_part text := (private.my_booking_actors(booking))[1];
begin
  return query
  select
    move.to_status, move.actor, move.requires_reason, move.requires_job_code, move.opens_at,
    move.closes_at
  from private.booking_moves(booking) as move
  join public.booking_statuses as status on status.id = move.to_status
  where (move.actor = v_part or (move.is_crew_allowed and v_part = 'crew'))
    and not move.is_used_up
    and not move.is_closed
    and coalesce(move.closes_at, 'infinity') >= private.now()
  order by status.position;
end;
$$;
comment on function private.allowed_booking_moves is
  'Moves that the caller may make, now or from opens_at on.';

-- Raises PT409 own_business and transition_not_allowed.
create function private.require_booking_move(booking public.bookings, to_status text)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_actor text;
  v_part bigint;
begin
  select move.actor, mine.position into v_actor, v_part
  from unnest(private.my_booking_actors(booking)) with ordinality as mine (part, position)
  join public.booking_transitions as move
    on move.actor = mine.part or (move.is_crew_allowed and mine.part = 'crew')
  where move.process_id = (booking).process_id
    and move.from_status = (booking).status
    and move.to_status = require_booking_move.to_status
  order by mine.position
  limit 1;
  if v_part = 1 then
    return v_actor;
  elsif v_part > 1 then
    perform private.reject_own_business();
  end if;
  perform private.fail(
    'transition_not_allowed', (booking).status, require_booking_move.to_status,
    (
      select coalesce(string_agg(move.to_status, ', '), 'nothing')
      from private.allowed_booking_moves(booking) as move
    )
  );
  return null;
end;
$$;
comment on function private.require_booking_move is
  'As whom the caller makes this move: an actor of booking_transitions.';

create function private.booking_json(booking public.bookings)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'id', (booking).id,
    'number', (booking).number,
    'market_id', (booking).market_id,
    'status', (booking).status,
    'status_actor', (booking).status_actor,
    'status_reason', (booking).status_reason,
    'status_changed_at', (booking).status_changed_at,
    'provider_id', (booking).provider_id,
    'provider', (
      select jsonb_build_object('id', provider.id, 'slug', provider.slug, 'names', provider.names)
      from public.providers as provider
      where provider.id = (booking).provider_id
    ),
    'customer_id', (booking).customer_id,
    'customer', (
      select jsonb_build_object('id', customer.id, 'display_name', customer.display_name)
      from public.profiles as customer
      where customer.id = (booking).customer_id
    ),
    'starts_at', (booking).starts_at,
    'ends_at', (booking).ends_at,
    'timer_due_at', (booking).timer_due_at,
    'timer_to_status', (booking).timer_to_status,
    'location', jsonb_build_object(
      'address', (booking).address,
      'landmark', (booking).landmark,
      'postcode', (booking).postcode,
      'district', (booking).district,
      'city', (booking).city,
      'lat', extensions.st_y((booking).location::extensions.geometry),
      'lng', extensions.st_x((booking).location::extensions.geometry)
    ),
    'contact_phone', (booking).contact_phone,
    'description', (booking).description,
    'services', (
      select jsonb_agg(
        jsonb_build_object(
          'service_id', line.service_id,
          'names', line.names,
          'price_unit', line.price_unit,
          'price_amount', line.price_amount,
          'line_amount', line.line_amount,
          'duration_minutes', line.duration_minutes
        )
        order by line.position
      )
      from public.booking_services as line
      where line.booking_id = (booking).id
    ),
    'total_amount', (booking).total_amount,
    'currency', (booking).currency,
    'created_at', (booking).created_at,
    'updated_at', (booking).updated_at,
    'allowed_transitions', (
      select coalesce(jsonb_agg(to_jsonb(move)), '[]')
      from private.allowed_booking_moves(booking) as move
    )
  )
$$;
comment on function private.booking_json is
  'The booking as RPCs answer it; allowed_transitions are the caller''s.';
