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
