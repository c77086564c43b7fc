-- Bookings: a customer has a provider's time. Read by the customer, the provider's members and
-- admins; written only by RPCs.
--
-- Order of locks, everywhere: idempotency key, rate limit of the caller, job code, provider, turn
-- of the customer with the business, turn of the customer's open bookings, booking, counts of the
-- provider. (Moves by admins take their turn with the business after the booking, under the lock
-- of the provider.) What inserts a booking holds its provider `for key share`. What moves one into
-- a state that blocks the calendar holds it `for update`. Every other move and review holds it
-- `for no key update`, since they may change the provider's score. So no update meets a
-- half-finished insert, and neither 23P01 nor 40P01 can reach a client.
create table public.bookings (
  id                uuid primary key default private.uuid_v7(),
  number            text not null unique,
  market_id         text not null references public.markets on delete restrict,
  provider_id       uuid not null,
  customer_id       uuid not null references public.profiles on delete restrict,
  process_id        text not null references public.booking_processes on delete restrict,
  status            text not null references public.booking_statuses on delete restrict,
  status_actor      text not null
    check (status_actor in ('customer', 'provider', 'admin', 'system')),
  status_actor_id   uuid references public.profiles on delete set null,
  status_reason     text check (private.is_text(status_reason, 1000)),
  status_metadata   jsonb not null default '{}' check (jsonb_typeof(status_metadata) = 'object'),
  status_changed_at timestamptz not null,
  starts_at         timestamptz not null,
  ends_at           timestamptz not null check (ends_at > starts_at),
  buffer_minutes    integer not null default 0 check (buffer_minutes >= 0),
  blocked           tstzrange,
  timer_due_at      timestamptz,
  timer_to_status   text references public.booking_statuses on delete restrict,
  location          extensions.geography (point, 4326) not null,
  address           text not null check (private.is_text(address, 500)),
  landmark          text check (private.is_text(landmark, 200)),
  postcode          text check (private.is_text(postcode, 20)),
  district          text check (private.is_text(district, 100)),
  city              text check (private.is_text(city, 100)),
  contact_phone     text check (contact_phone ~ '^\+[1-9][0-9]{6,14}$'),
  description       text check (private.is_text(description, 2000)),
  total_amount      bigint not null check (total_amount >= 0),
  currency          text not null,
  created_at        timestamptz not null default private.now(),
  updated_at        timestamptz not null default private.now(),
  unique (id, provider_id),
  check ((status_actor = 'customer') = (status_actor_id = customer_id)),
  check (status_actor <> 'system' or status_actor_id is null),
  foreign key (provider_id, market_id) references public.providers (id, market_id)
    on delete restrict,
  constraint bookings_slot_excl exclude using gist (provider_id with =, blocked with &&)
);
comment on table public.bookings is 'A customer''s booking of a provider''s time.';
comment on column public.bookings.number is 'For people: prefix of the market, year, number.';
comment on column public.bookings.process_id is 'The market''s when it was booked.';
comment on column public.bookings.status_actor is 'Who made the last move.';
comment on column public.bookings.status_actor_id is
  'The user who did; null for the system. Not for clients.';
comment on column public.bookings.status_reason is 'Why, as whoever made the last move says.';
comment on column public.bookings.status_metadata is 'What that client added to the move.';
comment on column public.bookings.ends_at is 'starts_at plus the durations of the services.';
comment on column public.bookings.buffer_minutes is 'The provider''s when it was booked, minutes.';
comment on column public.bookings.blocked is
  'Taken time, buffer included; null while the status does not block the calendar.';
comment on column public.bookings.timer_due_at is 'When the next move happens by itself.';
comment on column public.bookings.timer_to_status is 'Where it then moves to.';
comment on column public.bookings.location is 'Where the work is; WGS 84.';
comment on column public.bookings.contact_phone is 'E.164; for this booking only.';
comment on column public.bookings.total_amount is
  'Sum of the lines in booking_services, minor units of currency.';
create index bookings_market_id_idx on public.bookings (market_id);
create index bookings_provider_id_market_id_idx on public.bookings (provider_id, market_id);
create index bookings_process_id_idx on public.bookings (process_id);
create index bookings_status_idx on public.bookings (status);
create index bookings_status_actor_id_idx on public.bookings (status_actor_id);
create index bookings_timer_to_status_idx on public.bookings (timer_to_status);
-- Lists of list_bookings.
create index bookings_customer_id_starts_at_id_idx
  on public.bookings (customer_id, starts_at desc, id desc);
create index bookings_provider_id_starts_at_id_idx
  on public.bookings (provider_id, starts_at desc, id desc);
create index bookings_timer_due_at_idx on public.bookings (timer_due_at)
  where timer_due_at is not null;
create trigger _100_timestamps before insert or update on public.bookings
  for each row execute function private.tg__timestamps();
alter table public.bookings enable row level security;
-- No write grants, not even to service_role: every change is a move of the process.
-- Customers see the platform, not who works for it, so clients can't read status_actor_id.
grant select (
  id, number, market_id, provider_id, customer_id, process_id, status, status_actor, status_reason,
  status_metadata, status_changed_at, starts_at, ends_at, buffer_minutes, blocked, timer_due_at,
  timer_to_status, location, address, landmark, postcode, district, city, contact_phone,
  description,
  total_amount, currency, created_at, updated_at
) on public.bookings to authenticated;
grant select on public.bookings to service_role;
create policy select_participant_or_admin on public.bookings for select to authenticated
  using (
    customer_id = (select private.me())
    or (provider_id in (select private.my_provider_ids()) and status <> 'draft')
    or (select private.has_role('admin'))
  );

-- An array, which an index looks up: a subquery would be asked for each row of the table.
create function private.my_booking_ids()
returns uuid[]
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.me();
begin
  if private.has_role('admin') then
    return array(select booking.id from public.bookings as booking);
  end if;
  return array(
    select booking.id from public.bookings as booking where booking.customer_id = v_me
    union all
    select booking.id
    from public.provider_members as member
    join public.bookings as booking on booking.provider_id = member.provider_id
    where member.user_id = v_me and booking.status <> 'draft'
  );
end;
$$;
comment on function private.my_booking_ids is
  'Bookings that the signed-in user may see, for the policies of what belongs to them.';
grant execute on function private.my_booking_ids to authenticated;

create table public.booking_services (
  booking_id       uuid not null,
  position         integer not null check (position > 0),
  provider_id      uuid not null,
  service_id       uuid not null,
  category_id      uuid not null references public.categories on delete restrict,
  names            jsonb not null check (private.is_language_map(names, 120)),
  price_unit       text not null,
  price_amount     bigint check (price_amount >= 0),
  line_amount      bigint not null check (line_amount >= 0),
  currency         text not null,
  duration_minutes integer not null check (duration_minutes > 0),
  created_at       timestamptz not null default private.now(),
  updated_at       timestamptz not null default private.now(),
  primary key (booking_id, position),
  foreign key (booking_id, provider_id) references public.bookings (id, provider_id)
    on delete cascade,
  foreign key (service_id, provider_id) references public.services (id, provider_id)
    on delete restrict
);
comment on table public.booking_services is
  'Lines of a booking: names, prices and category as they were when it was booked.';
comment on column public.booking_services.price_amount is
  'Price per price_unit, minor units; null if negotiable.';
comment on column public.booking_services.line_amount is
  'Minor units: price_amount, per hour times the duration (rounded half up), 0 if negotiable.';
create index booking_services_booking_id_provider_id_idx
  on public.booking_services (booking_id, provider_id);
create index booking_services_service_id_provider_id_idx
  on public.booking_services (service_id, provider_id);
create index booking_services_category_id_idx on public.booking_services (category_id);
create trigger _100_timestamps before insert or update on public.booking_services
  for each row execute function private.tg__timestamps();
alter table public.booking_services enable row level security;
grant select on public.booking_services to authenticated, service_role;
create policy select_of_visible on public.booking_services for select to authenticated
  using (booking_id = any ((select private.my_booking_ids())::uuid[]));
