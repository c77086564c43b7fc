-- Moves a booking to its next state, for everybody whom the process allows.

create function private.transition_booking(
  booking_id text,
  to_status text,
  reason text default null,
  metadata jsonb default '{}',
  idempotency_key text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := case when not private.is_service() then private.require_me() end;
  v_user_id uuid := coalesce(v_me, '00000000-0000-0000-0000-000000000000');
  v_answer jsonb := private.claim_idempotency_key(
    v_user_id,
    transition_booking.idempotency_key,
    jsonb_build_array('transition_booking', booking_id, to_status, reason, metadata)
  );
  v_id uuid := private.parse_uuid(transition_booking.booking_id, 'invalid_booking_id');
  v_reason text := private.parse_text(transition_booking.reason, 'invalid_reason', 1000, false);
  v_metadata jsonb := private.parse_object(
    transition_booking.metadata, 'invalid_metadata', 10000
  );
  v_provider_id uuid;
  v_blocks boolean;
  v_booking public.bookings;
  v_actor text;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  select status.blocks_calendar into v_blocks
  from public.booking_statuses as status
  where status.id = transition_booking.to_status;
  if v_blocks is null then
    perform private.fail('invalid_to_status', 'a state of a booking');
  end if;

  -- See the order of locks at the table bookings.
  v_provider_id := (private.require_booking(v_id)).provider_id;
  if v_blocks then
    perform 1 from public.providers as provider where provider.id = v_provider_id for update;
  else
    perform 1
    from public.providers as provider
    where provider.id = v_provider_id
    for no key update;
  end if;
  select * into v_booking
  from public.bookings as booking
  where booking.id = v_id
  for no key update;

  v_actor := private.require_booking_move(v_booking, transition_booking.to_status);
  if v_blocks and v_booking.blocked is null and exists (
    select 1
    from public.bookings as other
    where other.provider_id = v_provider_id
      and other.id <> v_id
      and other.blocked && tstzrange(
        v_booking.starts_at,
        v_booking.ends_at + make_interval(mins => v_booking.buffer_minutes)
      )
  ) then
    perform private.fail('slot_taken');
  end if;

  update public.bookings as booking
  set
    status = transition_booking.to_status,
    status_actor = v_actor,
    status_actor_id = v_me,
    status_reason = v_reason,
    status_metadata = v_metadata
  where booking.id = v_id
  returning booking.* into v_booking;

  v_answer := private.booking_json(v_booking);
  perform private.store_idempotent_response(
    v_user_id, transition_booking.idempotency_key, v_answer
  );
  return v_answer;
end;
$$;
comment on function private.transition_booking is
  'Moves a booking to another state, and answers the booking.
metadata: a JSON object of at most 10000 bytes, kept in the history.
With a secret key the move is the system''s.';

select private.expose('transition_booking', 'authenticated', 'service_role');
