-- Built from sql/40_bookings by `npm run generate`: edit it there.

-- Errors of bookings: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  ('booking_not_found', 404, 'There is no such booking.', 'Use the id of a booking of yours.'),
  ('booking_too_long', 400, 'The services take longer than a day.', 'Make several bookings.'),
  (
    'job_code_expired', 409, 'No code is valid now.',
    'The customer needs a new one.'
  ),
  ('job_code_locked', 429, 'There were too many wrong tries.', 'The customer needs a new code.'),
  (
    'job_code_required', 409, 'This move needs the code that the customer shows.',
    'Call confirm_job_code.'
  ),
  (
    'provider_not_bookable', 409, 'This business takes no bookings now.',
    'Choose another business.'
  ),
  ('reason_required', 400, 'This move needs a reason.', 'Send reason.'),
  ('slot_taken', 409, 'That time is already booked.', 'Choose another time.'),
  ('starts_in_past', 400, 'That time is over.', 'Choose a time in the future.'),
  ('too_early', 409, 'It is too early to make this booking %1$s.', 'It is possible from %2$s.'),
  ('too_far_ahead', 400, 'That time is too far ahead.', 'Book at most %s days ahead.'),
  ('too_late', 409, 'It is too late to make this booking %1$s.', 'It was possible until %2$s.'),
  ('too_many_booking_requests', 429, 'You request too many bookings.', 'Try again in %s seconds.'),
  ('too_many_job_codes', 429, 'You ask for too many codes.', 'Try again in an hour.'),
  (
    'too_many_open_bookings', 429, 'You can have at most %s open bookings.',
    'Wait for answers, or cancel some.'
  ),
  ('too_many_services', 400, 'A booking has at most ten services.', 'Make several bookings.'),
  ('too_often', 409, 'This booking can''t become %s again.', 'Choose another move.'),
  ('too_soon', 409, 'The business needs more notice.', 'Book at least %s minutes ahead.'),
  (
    'transition_not_allowed', 409, 'A booking that is %1$s can''t become %2$s now.',
    'It may become: %3$s.'
  ),
  ('wrong_job_code', 422, 'That code is wrong.', 'Tries left: %s.')
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{contact_phone, job_code, metadata, purpose, service_ids, starts_at, status, to_status}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- The 16 states of a booking, and what the five source designs call them.
create table public.booking_statuses (
  id              text primary key check (id ~ '^[a-z_]+$'),
  position        integer not null unique,
  description     text not null,
  blocks_calendar boolean not null,
  is_final        boolean not null,
  created_at      timestamptz not null default private.now(),
  updated_at      timestamptz not null default private.now()
);
comment on table public.booking_statuses is 'States of a booking.';
comment on column public.booking_statuses.position is 'Order to list them in.';
comment on column public.booking_statuses.blocks_calendar is
  'Whether the provider''s time is taken: holds that await an answer included.';
comment on column public.booking_statuses.is_final is 'Whether no process leads out of it.';
create trigger _100_timestamps before insert or update on public.booking_statuses
  for each row execute function private.tg__timestamps();
alter table public.booking_statuses enable row level security;
grant select on public.booking_statuses to anon, authenticated, service_role;
create policy select_everybody on public.booking_statuses for select to anon, authenticated
  using (true);

insert into public.booking_statuses (id, position, blocks_calendar, is_final, description)
values
  ('draft', 1, false, false, 'The customer is still writing it; the provider does not see it.'),
  ('requested', 2, true, false, 'Sent to the provider, who has not answered.'),
  ('quoted', 3, true, false, 'The provider named a price and waits for the customer.'),
  ('negotiating', 4, true, false, 'The customer answered the quote with another wish.'),
  ('awaiting_payment', 5, true, false, 'Agreed; confirmed as soon as it is paid.'),
  ('confirmed', 6, true, false, 'Both sides agreed on the time.'),
  ('en_route', 7, true, false, 'The provider is on the way.'),
  ('arrived', 8, true, false, 'The provider is at the place.'),
  ('in_progress', 9, true, false, 'The work has begun.'),
  ('completed', 10, false, false, 'The work is done; a dispute is still possible.'),
  ('disputed', 11, false, false, 'One side disagrees; an admin decides.'),
  ('cancelled', 12, false, true, 'Called off by the customer, the provider or an admin.'),
  ('declined', 13, false, true, 'The provider refused.'),
  ('expired', 14, false, true, 'Nobody answered, paid or reported in time.'),
  ('no_show', 15, false, false, 'One side did not appear; a dispute is still possible.'),
  ('rescheduled', 16, false, true, 'Replaced by a booking at another time.')
on conflict (id) do update set
  position = excluded.position,
  blocks_calendar = excluded.blocks_calendar,
  is_final = excluded.is_final,
  description = excluded.description;

create table public.source_statuses (
  design        text not null
    check (design in ('bihar', 'baitech', 'localpro', 'atyrau', 'servicepro')),
  source_status text not null,
  status_id     text not null references public.booking_statuses on delete restrict,
  created_at    timestamptz not null default private.now(),
  updated_at    timestamptz not null default private.now(),
  primary key (design, source_status)
);
comment on table public.source_statuses is
  'What the five source designs call the states: for imports, and for readers of those designs.
BaiTech says that it has 16 states but names only these three.';
create index source_statuses_status_id_idx on public.source_statuses (status_id);
create trigger _100_timestamps before insert or update on public.source_statuses
  for each row execute function private.tg__timestamps();
alter table public.source_statuses enable row level security;
grant select on public.source_statuses to anon, authenticated, service_role;
create policy select_everybody on public.source_statuses for select to anon, authenticated
  using (true);

insert into public.source_statuses (design, source_status, status_id)
values
  ('bihar', 'pending', 'requested'),
  ('bihar', 'accepted', 'confirmed'),
  ('bihar', 'rejected', 'declined'),
  ('bihar', 'in_progress', 'in_progress'),
  ('bihar', 'completed', 'completed'),
  ('bihar', 'cancelled', 'cancelled'),
  ('bihar', 'disputed', 'disputed'),
  ('baitech', 'completed', 'completed'),
  ('baitech', 'cancelled', 'cancelled'),
  ('baitech', 'disputed', 'disputed'),
  ('localpro', 'PENDING', 'requested'),
  ('localpro', 'CONFIRMED', 'confirmed'),
  ('localpro', 'IN_PROGRESS', 'in_progress'),
  ('localpro', 'COMPLETED', 'completed'),
  ('localpro', 'CANCELLED', 'cancelled'),
  ('localpro', 'DISPUTED', 'disputed'),
  ('atyrau', 'scheduled', 'confirmed'),
  ('atyrau', 'completed', 'completed'),
  ('atyrau', 'cancelled', 'cancelled'),
  ('atyrau', 'no-show', 'no_show'),
  ('servicepro', 'scheduled', 'confirmed'),
  ('servicepro', 'in_progress', 'in_progress'),
  ('servicepro', 'completed', 'completed'),
  ('servicepro', 'canceled', 'cancelled'),
  ('servicepro', 'rescheduled', 'rescheduled')
on conflict (design, source_status) do update set status_id = excluded.status_id;

-- Booking processes as data: which moves exist, who may make them, and what happens by itself.
create table public.booking_processes (
  id                text primary key check (id ~ '^[a-z_]+$'),
  initial_status_id text not null references public.booking_statuses on delete restrict,
  description       text not null,
  created_at        timestamptz not null default private.now(),
  updated_at        timestamptz not null default private.now()
);
comment on table public.booking_processes is 'State machines that bookings follow.';
comment on column public.booking_processes.initial_status_id is 'State of a new booking.';
create index booking_processes_initial_status_id_idx
  on public.booking_processes (initial_status_id);
create trigger _100_timestamps before insert or update on public.booking_processes
  for each row execute function private.tg__timestamps();
alter table public.booking_processes enable row level security;
grant select on public.booking_processes to anon, authenticated, service_role;
create policy select_everybody on public.booking_processes for select to anon, authenticated
  using (true);

create table public.booking_transitions (
  process_id      text not null references public.booking_processes on delete cascade,
  from_status     text not null references public.booking_statuses on delete restrict,
  to_status       text not null references public.booking_statuses on delete restrict,
  actor           text not null check (actor in ('customer', 'provider', 'admin', 'system')),
  is_crew_allowed boolean not null default false,
  requires_reason boolean not null default false,
  requires_open   boolean not null default false,
  opens_minutes   integer,
  opens_from      text check (opens_from in ('starts_at', 'ends_at', 'status_changed_at')),
  closes_minutes  integer,
  closes_from     text check (closes_from in ('starts_at', 'ends_at', 'status_changed_at')),
  max_count       integer check (max_count > 0),
  job_code        text check (job_code in ('start', 'completion')),
  timer_minutes   integer check (timer_minutes > 0),
  timer_from      text check (timer_from in ('status_changed_at', 'ends_at')),
  created_at      timestamptz not null default private.now(),
  updated_at      timestamptz not null default private.now(),
  primary key (process_id, from_status, to_status, actor),
  check ((opens_minutes is null) = (opens_from is null)),
  check ((closes_minutes is null) = (closes_from is null)),
  check ((timer_minutes is null) = (timer_from is null)),
  check (timer_minutes is null or actor = 'system'),
  check (not is_crew_allowed or actor = 'provider')
);
comment on table public.booking_transitions is 'Moves of a process; every other move is refused.';
comment on column public.booking_transitions.actor is
  'Who makes the move. system: the platform itself, by secret key or timer.';
comment on column public.booking_transitions.is_crew_allowed is
  'Whether members with the role crew_member may make the provider''s move too.';
comment on column public.booking_transitions.requires_open is
  'Whether the business has to be open: neither suspended nor ownerless.';
comment on column public.booking_transitions.opens_minutes is
  'From when it may be made: so long after opens_from, below 0 before it; null for at once.';
comment on column public.booking_transitions.closes_minutes is
  'Until when it may be made: so long after closes_from; null for as long as the state lasts.';
comment on column public.booking_transitions.max_count is
  'How often one booking may make it; null where no booking can come back to it.';
comment on column public.booking_transitions.job_code is
  'The code of the customer that markets may ask for at this move: markets.requires_….';
comment on column public.booking_transitions.timer_minutes is
  'The move happens by itself so long after timer_from; one that waits for an answer
(status_changed_at) happens at starts_at at the latest.';
create index booking_transitions_from_status_idx on public.booking_transitions (from_status);
create index booking_transitions_to_status_idx on public.booking_transitions (to_status);
create trigger _100_timestamps before insert or update on public.booking_transitions
  for each row execute function private.tg__timestamps();
alter table public.booking_transitions enable row level security;
grant select on public.booking_transitions to anon, authenticated, service_role;
create policy select_everybody on public.booking_transitions for select to anon, authenticated
  using (true);

insert into public.booking_processes (id, initial_status_id, description)
values
  ('request', 'requested', 'The customer asks, the provider answers.'),
  ('appointment', 'confirmed', 'A free time is booked at once.')
on conflict (id) do update set
  initial_status_id = excluded.initial_status_id,
  description = excluded.description;

-- One row per move; the object has the columns that say something. What is agreed is agreed before
-- the start (closes), and by businesses that take bookings (requires_open). A crew may have a long
-- way, work begins an hour early at most, and a customer may be a quarter of an hour late (opens).
-- Each side may bargain three times, and may dispute once, within a week (max_count).
with every_move as (
  select 'request' as process_id, move.*
  from (
    values
      ('draft', 'requested', 'customer',
        '{"requires_open": true, "closes_minutes": 0, "closes_from": "starts_at"}'),
      ('draft', 'cancelled', 'customer', '{"closes_minutes": 0, "closes_from": "ends_at"}'),
      ('draft', 'expired', 'system', '{"timer_minutes": 1440, "timer_from": "status_changed_at"}'),
      ('requested', 'confirmed', 'provider',
        '{"requires_open": true, "closes_minutes": 0, "closes_from": "starts_at"}'),
      ('requested', 'quoted', 'provider',
        '{"requires_open": true, "closes_minutes": 0, "closes_from": "starts_at"}'),
      ('requested', 'declined', 'provider', '{"requires_reason": true}'),
      ('requested', 'cancelled', 'customer', '{"closes_minutes": 0, "closes_from": "ends_at"}'),
      ('requested', 'cancelled', 'admin', '{"requires_reason": true}'),
      ('requested', 'awaiting_payment', 'system', '{"requires_open": true}'),
      ('requested', 'expired', 'system',
        '{"timer_minutes": 120, "timer_from": "status_changed_at"}'),
      ('quoted', 'confirmed', 'customer',
        '{"requires_open": true, "closes_minutes": 0, "closes_from": "starts_at"}'),
      ('quoted', 'negotiating', 'customer',
        '{"requires_reason": true, "closes_minutes": 0, "closes_from": "starts_at",
         "max_count": 3}'),
      ('quoted', 'cancelled', 'customer', '{"closes_minutes": 0, "closes_from": "ends_at"}'),
      ('quoted', 'cancelled', 'admin', '{"requires_reason": true}'),
      ('quoted', 'declined', 'provider', '{"requires_reason": true}'),
      ('quoted', 'awaiting_payment', 'system', '{"requires_open": true}'),
      ('quoted', 'expired', 'system', '{"timer_minutes": 1440, "timer_from": "status_changed_at"}'),
      ('negotiating', 'quoted', 'provider',
        '{"requires_open": true, "closes_minutes": 0, "closes_from": "starts_at",
         "max_count": 3}'),
      ('negotiating', 'confirmed', 'provider',
        '{"requires_open": true, "closes_minutes": 0, "closes_from": "starts_at"}'),
      ('negotiating', 'declined', 'provider', '{"requires_reason": true}'),
      ('negotiating', 'cancelled', 'customer', '{"closes_minutes": 0, "closes_from": "ends_at"}'),
      ('negotiating', 'cancelled', 'admin', '{"requires_reason": true}'),
      ('negotiating', 'expired', 'system',
        '{"timer_minutes": 1440, "timer_from": "status_changed_at"}')
  ) as move (from_status, to_status, actor, entry)
  union all
  -- From the agreement on every process runs alike.
  select process.id, move.*
  from public.booking_processes as process
  cross join (
    values
      ('awaiting_payment', 'confirmed', 'system', '{}'),
      ('awaiting_payment', 'cancelled', 'customer',
        '{"closes_minutes": 0, "closes_from": "ends_at"}'),
      ('awaiting_payment', 'cancelled', 'provider', '{"requires_reason": true}'),
      ('awaiting_payment', 'expired', 'system',
        '{"timer_minutes": 30, "timer_from": "status_changed_at"}'),
      ('confirmed', 'en_route', 'provider',
        '{"is_crew_allowed": true, "opens_minutes": -240, "opens_from": "starts_at"}'),
      ('confirmed', 'arrived', 'provider',
        '{"is_crew_allowed": true, "opens_minutes": -240, "opens_from": "starts_at"}'),
      ('confirmed', 'in_progress', 'provider',
        '{"is_crew_allowed": true, "opens_minutes": -60, "opens_from": "starts_at",
         "job_code": "start"}'),
      ('confirmed', 'cancelled', 'customer', '{"closes_minutes": 0, "closes_from": "ends_at"}'),
      ('confirmed', 'cancelled', 'provider', '{"requires_reason": true}'),
      ('confirmed', 'cancelled', 'admin', '{"requires_reason": true}'),
      ('confirmed', 'no_show', 'customer', '{"opens_minutes": 15, "opens_from": "starts_at"}'),
      ('confirmed', 'no_show', 'provider', '{"opens_minutes": 15, "opens_from": "starts_at"}'),
      ('confirmed', 'rescheduled', 'system', '{}'),
      ('confirmed', 'expired', 'system', '{"timer_minutes": 4320, "timer_from": "ends_at"}'),
      ('en_route', 'arrived', 'provider',
        '{"is_crew_allowed": true, "opens_minutes": -240, "opens_from": "starts_at"}'),
      ('en_route', 'in_progress', 'provider',
        '{"is_crew_allowed": true, "opens_minutes": -60, "opens_from": "starts_at",
         "job_code": "start"}'),
      ('en_route', 'no_show', 'customer', '{"opens_minutes": 15, "opens_from": "starts_at"}'),
      ('en_route', 'cancelled', 'customer',
        '{"requires_reason": true, "closes_minutes": 0, "closes_from": "ends_at"}'),
      ('en_route', 'cancelled', 'provider', '{"requires_reason": true}'),
      ('en_route', 'cancelled', 'admin', '{"requires_reason": true}'),
      ('en_route', 'expired', 'system', '{"timer_minutes": 4320, "timer_from": "ends_at"}'),
      ('arrived', 'in_progress', 'provider',
        '{"is_crew_allowed": true, "opens_minutes": -60, "opens_from": "starts_at",
         "job_code": "start"}'),
      ('arrived', 'no_show', 'customer', '{"opens_minutes": 15, "opens_from": "starts_at"}'),
      ('arrived', 'no_show', 'provider', '{"opens_minutes": 15, "opens_from": "starts_at"}'),
      ('arrived', 'cancelled', 'customer',
        '{"requires_reason": true, "closes_minutes": 0, "closes_from": "ends_at"}'),
      ('arrived', 'cancelled', 'provider', '{"requires_reason": true}'),
      ('arrived', 'cancelled', 'admin', '{"requires_reason": true}'),
      ('arrived', 'expired', 'system', '{"timer_minutes": 4320, "timer_from": "ends_at"}'),
      ('in_progress', 'completed', 'provider',
        '{"is_crew_allowed": true, "opens_minutes": 0, "opens_from": "starts_at",
         "job_code": "completion"}'),
      ('in_progress', 'completed', 'system',
        '{"opens_minutes": 0, "opens_from": "starts_at", "timer_minutes": 1440,
         "timer_from": "ends_at"}'),
      ('in_progress', 'disputed', 'customer', '{"requires_reason": true}'),
      ('in_progress', 'cancelled', 'admin', '{"requires_reason": true}'),
      ('completed', 'disputed', 'customer',
        '{"requires_reason": true, "closes_minutes": 10080, "closes_from": "status_changed_at",
         "max_count": 1}'),
      ('no_show', 'disputed', 'customer',
        '{"requires_reason": true, "closes_minutes": 10080, "closes_from": "status_changed_at",
         "max_count": 1}'),
      ('no_show', 'disputed', 'provider',
        '{"requires_reason": true, "closes_minutes": 10080, "closes_from": "status_changed_at",
         "max_count": 1}'),
      ('disputed', 'completed', 'admin', '{"requires_reason": true}'),
      ('disputed', 'no_show', 'admin', '{"requires_reason": true}'),
      ('disputed', 'cancelled', 'admin', '{"requires_reason": true}')
  ) as move (from_status, to_status, actor, entry)
)
insert into public.booking_transitions (
  process_id, from_status, to_status, actor, is_crew_allowed, requires_reason, requires_open,
  opens_minutes, opens_from, closes_minutes, closes_from, max_count, job_code, timer_minutes,
  timer_from
)
select
  every_move.process_id, from_status, to_status, actor, coalesce(is_crew_allowed, false),
  coalesce(requires_reason, false), coalesce(requires_open, false), opens_minutes, opens_from,
  closes_minutes, closes_from, max_count, job_code, timer_minutes, timer_from
from every_move
cross join jsonb_to_record(every_move.entry::jsonb) as named (
  is_crew_allowed boolean, requires_reason boolean, requires_open boolean,
  opens_minutes integer, opens_from text, closes_minutes integer, closes_from text,
  max_count integer, job_code text, timer_minutes integer, timer_from text
)
on conflict (process_id, from_status, to_status, actor) do update set
  is_crew_allowed = excluded.is_crew_allowed,
  requires_reason = excluded.requires_reason,
  requires_open = excluded.requires_open,
  opens_minutes = excluded.opens_minutes,
  opens_from = excluded.opens_from,
  closes_minutes = excluded.closes_minutes,
  closes_from = excluded.closes_from,
  max_count = excluded.max_count,
  job_code = excluded.job_code,
  timer_minutes = excluded.timer_minutes,
  timer_from = excluded.timer_from;

alter table public.markets
  add foreign key (booking_process_id) references public.booking_processes on delete restrict;

-- Booking numbers that people read: BK-2026-000123, counted per market and calendar year.
-- A counter row would make all bookings of a market wait for each other until commit. A sequence
-- does not; its price is gaps where a booking was refused.
create table private.booking_number_years (
  market_id  text not null references public.markets on delete cascade,
  year       integer not null,
  -- Value of the market's sequence when the year began.
  base_value bigint not null,
  created_at timestamptz not null default private.now(),
  primary key (market_id, year)
);
comment on table private.booking_number_years is
  'Where the sequence of a market stood at the first booking of each year.';

create function private.tg_markets__create_sequence()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  execute format('create sequence if not exists private.%I', 'booking_numbers_' || new.id);
  return null;
end;
$$;
comment on function private.tg_markets__create_sequence is
  'Trigger _500_create_sequence of markets.';

create trigger _500_create_sequence after insert on public.markets
  for each row execute function private.tg_markets__create_sequence();

-- Markets that came with the migrations.
create sequence private.booking_numbers_bihar;
create sequence private.booking_numbers_baitech;
create sequence private.booking_numbers_localpro;
create sequence private.booking_numbers_atyrau;
create sequence private.booking_numbers_servicepro;

create function private.next_booking_number(market public.markets)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_sequence regclass := format('private.%I', 'booking_numbers_' || (market).id)::regclass;
  v_year integer := extract(year from private.now() at time zone (market).time_zone);
  v_base_value bigint;
  v_number bigint;
begin
  select known.base_value into v_base_value
  from private.booking_number_years as known
  where known.market_id = (market).id and known.year = v_year;
  if not found then
    -- Once a year; the second transaction waits for the first and reads its row.
    insert into private.booking_number_years as first (market_id, year, base_value)
    values ((market).id, v_year, nextval(v_sequence))
    on conflict on constraint booking_number_years_pkey do update set year = excluded.year
    returning first.base_value into v_base_value;
  end if;
  v_number := nextval(v_sequence) - v_base_value;
  -- lpad alone would cut the seventh digit off.
  return format(
    '%s-%s-%s', (market).number_prefix, v_year,
    lpad(v_number::text, greatest(6, length(v_number::text)), '0')
  );
end;
$$;
comment on function private.next_booking_number is
  'The next number of the market in its current year.';

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

-- Nobody plays both sides of a booking. Its customer is nothing else in it: the table says so.
-- Beyond that, somebody who has acted for one side never acts for another, whatever they are now.
-- Members of the business decide nothing about it as admins, and do not book there.

-- Raises PT409 own_business.
create function private.tg_bookings__one_part()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- A draft may still be thrown away, and expires.
  if tg_op = 'INSERT' or old.status = 'draft' and new.blocked is not null then
    perform private.require_no_member(new.provider_id, new.customer_id);
  elsif new.status_actor = 'admin' then
    perform private.require_no_member(new.provider_id, new.status_actor_id);
  end if;
  if exists (
    select 1
    from public.booking_status_history as earlier
    where earlier.booking_id = new.id
      and earlier.actor_id = new.status_actor_id
      and earlier.actor <> new.status_actor
  ) then
    perform private.reject_own_business();
  end if;
  return new;
end;
$$;
comment on function private.tg_bookings__one_part is 'Trigger _300_one_part of bookings.';

create trigger _300_one_part before insert or update of status on public.bookings
  for each row execute function private.tg_bookings__one_part();

-- Raises PT409 own_business. See private.require_no_member for the other order.
create function private.require_no_customer(provider_id uuid, user_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.take_turn('both_sides', concat_ws(':', provider_id, user_id));
  if exists (
    select 1
    from public.bookings as booking
    join public.booking_statuses as status on status.id = booking.status
    where booking.provider_id = require_no_customer.provider_id
      and booking.customer_id = require_no_customer.user_id
      and not status.is_final
      and status.id not in ('draft', 'completed', 'no_show')
  ) then
    perform private.reject_own_business();
  end if;
end;
$$;
comment on function private.require_no_customer is
  'Refuses a user whose booking with the business is still to be decided or done.';

-- The trigger that keeps every booking inside its process, for every writer. Functions that lists
-- call for each booking are PL/pgSQL: that keeps its plans, while SQL plans anew in each statement.

-- Whether the market asks for the customer's code at this move.
create function private.requires_job_code(market_id text, job_code text)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return job_code is not null and (
    select case requires_job_code.job_code
      when 'start' then market.requires_start_code
      else market.requires_completion_code
    end
    from public.markets as market
    where market.id = requires_job_code.market_id
  );
end;
$$;
comment on function private.requires_job_code is
  'Whether the market asks for this code; booking_transitions.job_code may be null.';

create function private.booking_instant(booking public.bookings, name text, minutes integer)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
  return case booking_instant.name
    when 'starts_at' then (booking).starts_at
    when 'ends_at' then (booking).ends_at
    when 'status_changed_at' then (booking).status_changed_at
  end + make_interval(mins => minutes);
end;
$$;
comment on function private.booking_instant is
  'So many minutes after an instant that booking_transitions names; null without a name.';

create function private.booking_moves(booking public.bookings)
returns table (
  to_status text,
  actor text,
  is_crew_allowed boolean,
  requires_reason boolean,
  requires_job_code boolean,
  job_code text,
  opens_at timestamptz,
  closes_at timestamptz,
  is_used_up boolean,
  is_closed boolean
)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select
    move.to_status, move.actor, move.is_crew_allowed, move.requires_reason,
    private.requires_job_code((booking).market_id, move.job_code), move.job_code,
    private.booking_instant(booking, move.opens_from, move.opens_minutes),
    private.booking_instant(booking, move.closes_from, move.closes_minutes),
    move.max_count is not null and move.max_count <= (
      select count(*)
      from public.booking_status_history as made
      where made.booking_id = (booking).id
        and made.from_status = move.from_status
        and made.to_status = move.to_status
        and made.actor = move.actor
    ),
    move.requires_open and not exists (
      select 1
      from public.providers as provider
      where provider.id = (booking).provider_id and provider.status = 'active'
    )
  from public.booking_transitions as move
  where move.process_id = (booking).process_id and move.from_status = (booking).status;
end;
$$;
comment on function private.booking_moves is
  'Moves out of the state that the booking is in, by anybody, with their conditions.';

-- Raises PT409 transition_not_allowed, provider_not_bookable, too_early, too_late, too_often and
-- job_code_required, PT400 reason_required.
create function private.check_booking_move(from_booking public.bookings, to_booking public.bookings)
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_move record;
begin
  select * into v_move
  from private.booking_moves(from_booking) as move
  where move.to_status = (to_booking).status and move.actor = (to_booking).status_actor;
  if v_move.to_status is null then
    perform private.fail(
      'transition_not_allowed', (from_booking).status, (to_booking).status,
      (
        select coalesce(string_agg(distinct move.to_status, ', '), 'nothing')
        from private.booking_moves(from_booking) as move
      )
    );
  end if;
  if v_move.is_closed then
    perform private.fail('provider_not_bookable');
  end if;
  if v_move.requires_reason and (to_booking).status_reason is null then
    perform private.fail('reason_required');
  end if;
  if private.now() < v_move.opens_at then
    perform private.fail('too_early', (to_booking).status, v_move.opens_at::text);
  end if;
  if private.now() > v_move.closes_at then
    perform private.fail('too_late', (to_booking).status, v_move.closes_at::text);
  end if;
  if v_move.is_used_up then
    perform private.fail('too_often', (to_booking).status);
  end if;
  if v_move.requires_job_code and not exists (
    select 1
    from private.job_codes as issued
    where issued.booking_id = (to_booking).id
      and issued.purpose = v_move.job_code
      and issued.confirmed_at is not null
  ) then
    perform private.fail('job_code_required');
  end if;
end;
$$;
comment on function private.check_booking_move is
  'Refuses a move that the process does not have, and one whose conditions don''t hold.';

create function private.tg_bookings__move()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and new.status is distinct from old.status then
    perform private.check_booking_move(old, new);
  elsif tg_op = 'INSERT' and new.status <> 'draft' and new.status is distinct from (
    select process.initial_status_id
    from public.booking_processes as process
    where process.id = new.process_id
  ) then
    perform private.fail(
      'transition_not_allowed', 'new', new.status,
      (
        select process.initial_status_id
        from public.booking_processes as process
        where process.id = new.process_id
      )
    );
  end if;

  if tg_op = 'INSERT' or new.status is distinct from old.status then
    -- Moves within one transaction still follow one another.
    new.status_changed_at := private.moment();
  end if;
  new.blocked := (
    select tstzrange(new.starts_at, new.ends_at + make_interval(mins => new.buffer_minutes))
    from public.booking_statuses as entered
    where entered.id = new.status and entered.blocks_calendar
  );
  new.timer_due_at := null;
  new.timer_to_status := null;
  select due.at, due.to_status into new.timer_due_at, new.timer_to_status
  from (
    select
      move.to_status,
      least(
        private.booking_instant(new, move.timer_from, move.timer_minutes),
        case move.timer_from when 'status_changed_at' then new.starts_at end
      ) as at
    from public.booking_transitions as move
    where move.process_id = new.process_id
      and move.from_status = new.status
      and move.timer_minutes is not null
  ) as due
  order by due.at
  limit 1;
  return new;
end;
$$;
comment on function private.tg_bookings__move is
  'Trigger _200_move of bookings: checks the move, derives blocked and the timer.';

create trigger _200_move
  before insert or update of status, starts_at, ends_at, buffer_minutes on public.bookings
  for each row execute function private.tg_bookings__move();

-- Each booking counts once for each of its services and for each of their categories, as soon as it
-- is no longer a draft and until it is deleted. Its lines say which: they don't change.

create function private.tg_booking_services__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- When the booking itself is deleted its row is gone: its own trigger has counted it.
  with counted as (
    select row.booking_id, subject.counter, subject.id
    from changed as row
    join public.bookings as booking on booking.id = row.booking_id and booking.status <> 'draft'
    cross join lateral (
      values ('service_bookings', row.service_id), ('category_bookings', row.category_id)
    ) as subject (counter, id)
    -- A booking counts once, however many lines it has.
    where not exists (
      select 1
      from public.booking_services as other
      where other.booking_id = row.booking_id
        and case subject.counter
          when 'service_bookings' then other.service_id
          else other.category_id
        end = subject.id
        and not exists (
          select 1
          from changed
          where changed.booking_id = other.booking_id and changed.position = other.position
        )
    )
  )
  insert into private.count_changes (subject_id, counter, change)
  select
    counted.id, counted.counter,
    case tg_op when 'INSERT' then 1 else -1 end * count(distinct counted.booking_id)
  from counted
  group by counted.id, counted.counter;
  return null;
end;
$$;
comment on function private.tg_booking_services__count is
  'Triggers _900_count_… of booking_services.';

create trigger _900_count_insert after insert on public.booking_services
  referencing new table as changed
  for each statement execute function private.tg_booking_services__count();
create trigger _900_count_delete after delete on public.booking_services
  referencing old table as changed
  for each statement execute function private.tg_booking_services__count();

create function private.tg_bookings__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into private.count_changes (subject_id, counter, change)
  select distinct
    subject.id, subject.counter,
    case when tg_op = 'DELETE' or new.status = 'draft' then -1 else 1 end
  from public.booking_services as line
  cross join lateral (
    values ('service_bookings', line.service_id), ('category_bookings', line.category_id)
  ) as subject (counter, id)
  where line.booking_id = old.id;
  return case tg_op when 'DELETE' then old else new end;
end;
$$;
comment on function private.tg_bookings__count is 'Triggers _900_count_… of bookings.';

create trigger _900_count_update after update of status on public.bookings
  for each row
  when ((old.status = 'draft') <> (new.status = 'draft'))
  execute function private.tg_bookings__count();
create trigger _900_count_delete before delete on public.bookings
  for each row
  when (old.status <> 'draft')
  execute function private.tg_bookings__count();

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

-- Start and completion codes: the customer holds the code and says it to whoever is at the door,
-- who types it in. So both were there, and neither can deny it later. Which moves need a code is
-- data: booking_transitions.job_code and markets.requires_….

-- One code per booking and purpose: a new one takes the place of the old. Only the hash is kept.
create table private.job_codes (
  booking_id    uuid not null references public.bookings on delete cascade,
  purpose       text not null check (purpose in ('start', 'completion')),
  salt          bytea not null,
  code_hash     bytea not null,
  attempts      integer not null default 0 check (attempts between 0 and 5),
  expires_at    timestamptz not null,
  confirmed_at  timestamptz,
  created_at    timestamptz not null default private.now(),
  updated_at    timestamptz not null default private.now(),
  primary key (booking_id, purpose)
);
comment on table private.job_codes is 'Codes that a customer shows when a job starts and ends.';
comment on column private.job_codes.code_hash is
  'SHA-256 of salt, booking, purpose and code: out of sight of backups and logs. Six digits can be
searched, so expiry and attempts are what protects them.';
comment on column private.job_codes.attempts is 'Wrong tries; after five only a new code helps.';
create trigger _100_timestamps before insert or update on private.job_codes
  for each row execute function private.tg__timestamps();

-- Who asked for how many. Each side has a number of its own, so the business can't use up the
-- customer's.
create table private.job_code_requests (
  id         uuid primary key default private.uuid_v7(),
  booking_id uuid not null references public.bookings on delete cascade,
  purpose    text not null check (purpose in ('start', 'completion')),
  side       text not null check (side in ('customer', 'business')),
  created_at timestamptz not null default private.now()
);
comment on table private.job_code_requests is 'Each time that a code of a job was asked for.';
create index job_code_requests_booking_id_idx
  on private.job_code_requests (booking_id, created_at);

insert into private.limits (name, maximum, reason, counted)
values (
  'job_codes', 10, 'too_many_job_codes',
  'select count(*)
   from private.job_code_requests as request
   where request.booking_id = split_part($1, '':'', 1)::uuid
     and request.purpose = split_part($1, '':'', 2)
     and request.side = split_part($1, '':'', 3)
     and request.created_at > private.now() - interval ''1 hour'''
)
on conflict (name) do nothing;

-- Each SMS costs, and goes to a number that the customer may choose.
insert into private.rate_limits (action, capacity, window_seconds, reason)
values ('send_job_code', 30, 3600, 'too_many_job_codes')
on conflict (action) do nothing;

create function private.hash_job_code(booking_id uuid, purpose text, salt bytea, code text)
returns bytea
language sql
immutable
set search_path = ''
as $$
  select sha256(salt || convert_to(concat_ws(':', booking_id, purpose, code), 'UTF8'))
$$;
comment on function private.hash_job_code is 'Binds the code to its booking and purpose.';

-- Raises PT400 invalid_purpose.
create function private.job_code_status(purpose text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  if purpose is null or purpose not in ('start', 'completion') then
    perform private.fail('invalid_purpose', 'start or completion');
  end if;
  return case purpose when 'start' then 'in_progress' else 'completed' end;
end;
$$;
comment on function private.job_code_status is 'The state that the code leads to.';

-- Six digits; the first twelve hex digits of a random UUID are random throughout.
create function private.new_job_code()
returns text
language sql
volatile
set search_path = ''
as $$
  select lpad(
    (
      ('x' || left(replace(gen_random_uuid()::text, '-', ''), 12))::bit(48)::bigint % 1000000
    )::text,
    6, '0'
  )
$$;
comment on function private.new_job_code is 'A random code of six digits.';

create function private.issue_job_code(
  booking_id text, purpose text, user_id text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_id uuid := private.parse_uuid(issue_job_code.booking_id, 'invalid_booking_id');
  v_to_status text := private.job_code_status(issue_job_code.purpose);
  v_booking public.bookings := private.require_booking(v_id);
  v_asker uuid := private.me();
  v_side text;
  v_code text := private.new_job_code();
  v_salt bytea := uuid_send(gen_random_uuid());
  v_expires_at timestamptz;
begin
  if not private.is_service() and v_booking.customer_id is distinct from v_asker then
    perform private.fail('booking_not_found');
  end if;
  if not exists (
    select 1
    from public.booking_transitions as move
    where move.process_id = v_booking.process_id
      and move.from_status = v_booking.status
      and move.to_status = v_to_status
      and move.job_code = issue_job_code.purpose
  ) then
    perform private.fail(
      'transition_not_allowed', v_booking.status, v_to_status,
      (
        select coalesce(string_agg(move.to_status, ', '), 'nothing')
        from private.allowed_booking_moves(v_booking) as move
      )
    );
  end if;
  -- With a secret key it is sent.
  if private.is_service() then
    v_asker := private.parse_uuid(issue_job_code.user_id, 'invalid_user_id', false);
    if v_asker is not null and not exists (
      select 1 from public.profiles as asker where asker.id = v_asker
    ) then
      perform private.fail('invalid_user_id', 'the id of a user');
    end if;
    perform private.take_token(coalesce(v_asker, v_booking.customer_id), 'send_job_code');
  end if;
  v_side := case v_asker when v_booking.customer_id then 'customer' else 'business' end;
  perform private.require_room('job_codes', concat_ws(':', v_id, issue_job_code.purpose, v_side));
  insert into private.job_code_requests (booking_id, purpose, side)
  values (v_id, issue_job_code.purpose, v_side);
  insert into private.job_codes as issued (booking_id, purpose, salt, code_hash, expires_at)
  values (
    v_id, issue_job_code.purpose, v_salt,
    private.hash_job_code(v_id, issue_job_code.purpose, v_salt, v_code),
    private.now() + interval '1 hour'
  )
  on conflict on constraint job_codes_pkey do update set
    salt = excluded.salt,
    code_hash = excluded.code_hash,
    expires_at = excluded.expires_at,
    attempts = 0
  returning issued.expires_at into v_expires_at;
  return jsonb_build_object(
    'booking_id', v_id,
    'purpose', issue_job_code.purpose,
    'code', v_code,
    'expires_at', v_expires_at
  ) || case when private.is_service() then (
    select jsonb_build_object(
      'number', v_booking.number,
      'market_id', v_booking.market_id,
      'phone', coalesce(v_booking.contact_phone, '+' || ltrim(account.phone, '+')),
      'language', customer.language
    )
    from public.profiles as customer
    join auth.users as account on account.id = customer.id
    where customer.id = v_booking.customer_id
  ) else '{}' end;
end;
$$;
comment on function private.issue_job_code is
  'The customer''s code for the start or completion of a job: {booking_id, purpose, code,
expires_at}. It is valid for an hour and five tries; the one before it no longer is.
purpose: start or completion. With a secret key also where to send it: number, market_id, phone,
language; user_id says who wants it sent.';

select private.expose('issue_job_code', 'authenticated', 'service_role');

-- Whoever does the job types the customer's code in, and the booking moves on.
-- A wrong code must be counted, so it can't be an exception: that would roll the count back.
create function private.confirm_job_code(
  booking_id text, purpose text, job_code text, idempotency_key text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
  v_code text := regexp_replace(
    private.plain_digits(confirm_job_code.job_code), '[\s-]', '', 'g'
  );
  v_answer jsonb := private.claim_idempotency_key(
    v_me,
    confirm_job_code.idempotency_key,
    jsonb_build_array('confirm_job_code', booking_id, purpose, v_code)
  );
  v_id uuid := private.parse_uuid(confirm_job_code.booking_id, 'invalid_booking_id');
  v_to_status text := private.job_code_status(confirm_job_code.purpose);
  v_booking public.bookings := private.require_booking(v_id);
  v_issued private.job_codes;
begin
  if v_answer is not null then
    -- A refusal is repeated with its status.
    perform set_config('response.status', substring(v_answer ->> 'code' from 3), true)
    where v_answer ? 'code';
    return v_answer;
  end if;
  if (v_code ~ '^[0-9]{6}$') is not true then
    perform private.fail('invalid_job_code', 'six digits');
  end if;
  if private.require_booking_move(v_booking, v_to_status) <> 'provider' then
    perform private.fail(
      'transition_not_allowed', v_booking.status, v_to_status,
      (
        select coalesce(string_agg(move.to_status, ', '), 'nothing')
        from private.allowed_booking_moves(v_booking) as move
      )
    );
  end if;

  -- Tries take turns, so none goes uncounted.
  select * into v_issued
  from private.job_codes as issued
  where issued.booking_id = v_id and issued.purpose = confirm_job_code.purpose
  for update;
  -- These refusals have nothing to count, so they are ordinary errors and leave nothing behind.
  if v_issued.booking_id is null or v_issued.expires_at <= private.now() then
    perform private.fail('job_code_expired');
  elsif v_issued.attempts >= 5 then
    perform private.fail('job_code_locked');
  elsif v_issued.code_hash
    <> private.hash_job_code(v_id, confirm_job_code.purpose, v_issued.salt, v_code)
  then
    update private.job_codes as issued
    set attempts = issued.attempts + 1
    where issued.booking_id = v_id and issued.purpose = confirm_job_code.purpose;
    v_answer := private.refuse('wrong_job_code', (4 - v_issued.attempts)::text);
  else
    update private.job_codes as issued
    set confirmed_at = private.now(), expires_at = private.now()
    where issued.booking_id = v_id and issued.purpose = confirm_job_code.purpose;
    v_answer := private.transition_booking(
      v_id::text, v_to_status, null,
      jsonb_build_object('job_code', confirm_job_code.purpose), null
    );
  end if;
  perform private.store_idempotent_response(v_me, confirm_job_code.idempotency_key, v_answer);
  return v_answer;
end;
$$;
comment on function private.confirm_job_code is
  'For the business: checks the code that the customer shows, moves the booking to in_progress
(purpose start) or completed (purpose completion), and answers the booking.';

select private.expose('confirm_job_code', 'authenticated');

-- Bookings as the caller may see them. The bodies run with the owner's rights, since a booking
-- shows the customer's name to the provider and the provider's to the customer.

create function private.get_booking(booking_id text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select private.booking_json(
    private.require_booking(private.parse_uuid(booking_id, 'invalid_booking_id'))
  )
$$;
comment on function private.get_booking is
  'One booking, with its services and the moves that the caller may try.';

create function private.list_bookings(
  role text default 'customer',
  status jsonb default null,
  page_size jsonb default '20',
  cursor text default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
  v_role text := coalesce(list_bookings.role, 'customer');
  v_statuses text[] := private.parse_texts(list_bookings.status, 'invalid_status', 16);
  v_page_size integer := private.parse_integer(
    list_bookings.page_size, 'invalid_page_size', 1, 100, 20
  );
  v_after jsonb := private.decode_cursor(list_bookings.cursor, '{string,string}');
  v_after_starts_at timestamptz := private.parse_timestamp(
    coalesce(v_after ->> 0, '9999-12-31T00:00:00Z'), 'invalid_cursor'
  );
  v_after_id uuid := private.parse_uuid(v_after ->> 1, 'invalid_cursor', v_after is not null);
  v_answer jsonb;
begin
  if v_role not in ('customer', 'provider') then
    perform private.fail('invalid_role', 'customer or provider');
  end if;
  if exists (
    select 1
    from unnest(v_statuses) as wished (id)
    where not exists (select 1 from public.booking_statuses as known where known.id = wished.id)
  ) then
    perform private.fail('invalid_status', 'an array of states of a booking');
  end if;

  with page as (
    select booking, row_number() over (order by booking.starts_at desc, booking.id desc) as place
    from public.bookings as booking
    where (
        v_role = 'customer' and booking.customer_id = v_me
        or v_role = 'provider' and booking.status <> 'draft'
          and booking.provider_id in (select private.my_provider_ids())
      )
      and (v_statuses is null or booking.status = any (v_statuses))
      and (
        v_after is null
        or (booking.starts_at, booking.id) < (v_after_starts_at, v_after_id)
      )
    order by booking.starts_at desc, booking.id desc
    limit v_page_size + 1
  )
  select private.page(
    array_agg(private.booking_json(page.booking) order by page.place),
    array_agg(
      jsonb_build_array((page.booking).starts_at, (page.booking).id) order by page.place
    ),
    v_page_size
  )
  into v_answer
  from page;
  return v_answer;
end;
$$;
comment on function private.list_bookings is
  'The caller''s bookings, latest start first: {items, next_cursor}.
role: customer, or provider for those of the caller''s businesses. status: array of states.
page_size: 1 to 100.';

create function private.booking_history(booking_id text, after text, page_size jsonb)
returns table (
  history_id uuid,
  "position" integer,
  from_status text,
  to_status text,
  actor text,
  reason text,
  metadata jsonb,
  at timestamptz
)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_booking public.bookings := private.require_booking(
    private.parse_uuid(booking_history.booking_id, 'invalid_booking_id')
  );
  v_after_id uuid := private.parse_uuid(booking_history.after, 'invalid_after', false);
  v_page_size integer := private.parse_integer(
    booking_history.page_size, 'invalid_page_size', 1, 100, 50
  );
  v_after integer := 0;
begin
  if v_after_id is not null then
    select history.position into v_after
    from public.booking_status_history as history
    where history.id = v_after_id and history.booking_id = v_booking.id;
    if v_after is null then
      perform private.fail('invalid_after', 'the id of a move of this booking');
    end if;
  end if;
  return query
    select
      history.id, history.position, history.from_status, history.to_status, history.actor,
      history.reason, history.metadata, history.created_at
    from public.booking_status_history as history
    where history.booking_id = v_booking.id and history.position > v_after
    order by history.position
    limit v_page_size;
end;
$$;
comment on function private.booking_history is 'Body of public.booking_history.';

create function public.booking_history(
  booking_id text, after text default null, page_size jsonb default '50'
)
returns table (
  history_id uuid,
  "position" integer,
  from_status text,
  to_status text,
  actor text,
  reason text,
  metadata jsonb,
  at timestamptz
)
language sql
stable
set search_path = ''
as $$
  select
    move.history_id, move.position, move.from_status, move.to_status, move.actor, move.reason,
    move.metadata, move.at
  from private.booking_history(booking_id, after, page_size) as move
$$;
comment on function public.booking_history is
  'Moves of a booking in order, a page of them: after is the history_id last seen, so the last one
of a page leads to the next; an empty page is the end. page_size: 1 to 100.';

select private.expose('get_booking', 'authenticated', 'service_role');
select private.expose('list_bookings', 'authenticated');
grant execute on function private.booking_history, public.booking_history
  to authenticated, service_role;

-- Moves that happen by themselves: bookings whose timer is due.
create function private.run_booking_timers(batch_size integer default 500)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  -- Whoever moves a booking has its provider locked. Bookings of businesses with a move under way
  -- are left to the next run: locks that are not waited for can't deadlock. All are taken before
  -- the first move, since moves update providers, and a row that changed is not locked again.
  v_ids uuid[] := array(
    select booking.id
    from public.bookings as booking
    join public.providers as provider on provider.id = booking.provider_id
    where booking.timer_due_at <= private.now()
    order by booking.timer_due_at
    limit batch_size
    for no key update of provider skip locked
  );
  v_id uuid;
  v_moved integer := 0;
begin
  foreach v_id in array v_ids loop
    begin
      update public.bookings as booking
      set
        status = booking.timer_to_status,
        status_actor = 'system',
        status_actor_id = null,
        status_reason = null,
        status_metadata = '{}'
      -- It may have been moved before its provider was locked.
      where booking.id = v_id and booking.timer_due_at <= private.now();
      if found then
        v_moved := v_moved + 1;
      end if;
    exception when others then
      -- One booking that can't move must not hold up the others.
      raise warning 'timer of booking %: %', v_id, sqlerrm;
    end;
  end loop;
  return v_moved;
end;
$$;
comment on function private.run_booking_timers is
  'Job: makes the moves that are due, at most batch_size. Returns how many.';
