-- Every move of a booking, written by trigger and broadcast to those who may see the booking.
create table public.booking_status_history (
  id          uuid primary key default private.uuid_v7(),
  booking_id  uuid not null references public.bookings on delete cascade,
  position    integer not null check (position > 0),
  from_status text references public.booking_statuses on delete restrict,
  to_status   text not null references public.booking_statuses on delete restrict,
  actor       text not null,
  actor_id    uuid references public.profiles on delete set null,
  reason      text check (private.is_text(reason, 1000)),
  metadata    jsonb not null default '{}',
  created_at  timestamptz not null,
  unique (booking_id, position)
);
comment on table public.booking_status_history is 'Every move of every booking. Never changed.';
comment on column public.booking_status_history.position is
  'Counts the moves of one booking from 1 without gaps.';
comment on column public.booking_status_history.from_status is 'Null for the first.';
comment on column public.booking_status_history.actor_id is
  'The user who made it; null for the system. Not for clients.';
comment on column public.booking_status_history.actor is 'customer, provider, admin or system.';
create index booking_status_history_from_status_idx on public.booking_status_history (from_status);
create index booking_status_history_to_status_idx on public.booking_status_history (to_status);
create index booking_status_history_actor_id_idx on public.booking_status_history (actor_id);

create function private.tg_bookings__write_history()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_from text := case tg_op when 'UPDATE' then old.status end;
  v_history public.booking_status_history;
begin
  if v_from = new.status then
    return null;
  end if;
  -- Whoever moves the booking has its row locked, so the position can't be taken twice.
  insert into public.booking_status_history (
    booking_id, position, from_status, to_status, actor, actor_id, reason, metadata, created_at
  )
  values (
    new.id,
    1 + coalesce((
      select max(earlier.position)
      from public.booking_status_history as earlier
      where earlier.booking_id = new.id
    ), 0),
    v_from, new.status, new.status_actor, new.status_actor_id, new.status_reason,
    new.status_metadata, new.status_changed_at
  )
  returning * into v_history;

  -- A doorbell: a client that misses it catches up with booking_history.
  perform realtime.send(
    jsonb_build_object(
      'booking_id', v_history.booking_id,
      'history_id', v_history.id,
      'position', v_history.position,
      'from_status', v_history.from_status,
      'to_status', v_history.to_status,
      'actor', v_history.actor,
      'reason', v_history.reason,
      'at', v_history.created_at
    ),
    'booking_status_changed',
    'booking:' || new.id,
    true
  );
  return null;
end;
$$;
comment on function private.tg_bookings__write_history is 'Trigger _500_write_history of bookings.';

create trigger _500_write_history after insert or update of status on public.bookings
  for each row execute function private.tg_bookings__write_history();
alter table public.booking_status_history enable row level security;
-- No write grants: the trigger writes.
grant select (
  id, booking_id, position, from_status, to_status, actor, reason, metadata, created_at
) on public.booking_status_history to authenticated;
grant select on public.booking_status_history to service_role;
create policy select_of_visible on public.booking_status_history for select to authenticated
  using (booking_id = any ((select private.my_booking_ids())::uuid[]));

-- Who sees the booking may listen to its topic `booking:<id>`; nobody writes to it but the trigger.
create function private.can_join_booking_topic(topic text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select 1
    from public.bookings as booking
    where booking.id = private.uuid_in(topic, '^booking:<id>$')
      and (
        booking.customer_id = (select private.me())
        or (
          booking.status <> 'draft'
          and booking.provider_id in (select private.my_provider_ids())
        )
        or (select private.has_role('admin'))
      )
  )
$$;
comment on function private.can_join_booking_topic is
  'Whether the user may listen to this topic of a booking.';
grant execute on function private.can_join_booking_topic to authenticated, service_role;

create policy select_booking_participant on realtime.messages for select to authenticated
  using (
    extension = 'broadcast'
    and (select private.can_join_booking_topic((select realtime.topic())))
  );
