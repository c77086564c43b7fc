-- Booking processes as data: which moves exist, who may make them, and what happens by itself.
create table public.booking_processes (
  id                text primary key check (id ~ '^[a-z_]+$'),
  initial_status_id text not null references public.booking_statuses on delete restrict,
  description       text not null,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now()
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
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
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
  'How often one booking may make it; null where the process leads nobody back to it.';
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

-- What leads to an agreement, in the process `request`.
insert into public.booking_transitions (
  process_id, from_status, to_status, actor, requires_reason, timer_minutes, timer_from
)
values
  ('request', 'draft', 'requested', 'customer', false, null, null),
  ('request', 'draft', 'cancelled', 'customer', false, null, null),
  ('request', 'draft', 'expired', 'system', false, 1440, 'status_changed_at'),
  ('request', 'requested', 'confirmed', 'provider', false, null, null),
  ('request', 'requested', 'quoted', 'provider', false, null, null),
  ('request', 'requested', 'declined', 'provider', true, null, null),
  ('request', 'requested', 'cancelled', 'customer', false, null, null),
  ('request', 'requested', 'cancelled', 'admin', true, null, null),
  ('request', 'requested', 'awaiting_payment', 'system', false, null, null),
  ('request', 'requested', 'expired', 'system', false, 120, 'status_changed_at'),
  ('request', 'quoted', 'confirmed', 'customer', false, null, null),
  ('request', 'quoted', 'negotiating', 'customer', true, null, null),
  ('request', 'quoted', 'cancelled', 'customer', false, null, null),
  ('request', 'quoted', 'cancelled', 'admin', true, null, null),
  ('request', 'quoted', 'declined', 'provider', true, null, null),
  ('request', 'quoted', 'awaiting_payment', 'system', false, null, null),
  ('request', 'quoted', 'expired', 'system', false, 1440, 'status_changed_at'),
  ('request', 'negotiating', 'quoted', 'provider', false, null, null),
  ('request', 'negotiating', 'confirmed', 'provider', false, null, null),
  ('request', 'negotiating', 'declined', 'provider', true, null, null),
  ('request', 'negotiating', 'cancelled', 'customer', false, null, null),
  ('request', 'negotiating', 'cancelled', 'admin', true, null, null),
  ('request', 'negotiating', 'expired', 'system', false, 1440, 'status_changed_at')
on conflict (process_id, from_status, to_status, actor) do update set
  requires_reason = excluded.requires_reason,
  timer_minutes = excluded.timer_minutes,
  timer_from = excluded.timer_from;

-- From there on every process runs alike.
insert into public.booking_transitions (
  process_id, from_status, to_status, actor, is_crew_allowed, requires_reason, timer_minutes,
  timer_from
)
select process.id, move.*
from public.booking_processes as process
cross join (
  values
    ('awaiting_payment', 'confirmed', 'system', false, false, null::integer, null),
    ('awaiting_payment', 'cancelled', 'customer', false, false, null, null),
    ('awaiting_payment', 'cancelled', 'provider', false, true, null, null),
    ('awaiting_payment', 'expired', 'system', false, false, 30, 'status_changed_at'),
    ('confirmed', 'en_route', 'provider', true, false, null, null),
    ('confirmed', 'arrived', 'provider', true, false, null, null),
    ('confirmed', 'in_progress', 'provider', true, false, null, null),
    ('confirmed', 'cancelled', 'customer', false, false, null, null),
    ('confirmed', 'cancelled', 'provider', false, true, null, null),
    ('confirmed', 'cancelled', 'admin', false, true, null, null),
    ('confirmed', 'no_show', 'customer', false, false, null, null),
    ('confirmed', 'no_show', 'provider', false, false, null, null),
    ('confirmed', 'rescheduled', 'system', false, false, null, null),
    ('confirmed', 'expired', 'system', false, false, 4320, 'ends_at'),
    ('en_route', 'arrived', 'provider', true, false, null, null),
    ('en_route', 'in_progress', 'provider', true, false, null, null),
    ('en_route', 'no_show', 'customer', false, false, null, null),
    ('en_route', 'cancelled', 'customer', false, true, null, null),
    ('en_route', 'cancelled', 'provider', false, true, null, null),
    ('en_route', 'cancelled', 'admin', false, true, null, null),
    ('en_route', 'expired', 'system', false, false, 4320, 'ends_at'),
    ('arrived', 'in_progress', 'provider', true, false, null, null),
    ('arrived', 'no_show', 'customer', false, false, null, null),
    ('arrived', 'no_show', 'provider', false, false, null, null),
    ('arrived', 'cancelled', 'customer', false, true, null, null),
    ('arrived', 'cancelled', 'provider', false, true, null, null),
    ('arrived', 'cancelled', 'admin', false, true, null, null),
    ('arrived', 'expired', 'system', false, false, 4320, 'ends_at'),
    ('in_progress', 'completed', 'provider', true, false, null, null),
    ('in_progress', 'completed', 'system', false, false, 1440, 'ends_at'),
    ('in_progress', 'disputed', 'customer', false, true, null, null),
    ('in_progress', 'cancelled', 'admin', false, true, null, null),
    ('completed', 'disputed', 'customer', false, true, null, null),
    ('no_show', 'disputed', 'customer', false, true, null, null),
    ('no_show', 'disputed', 'provider', false, true, null, null),
    ('disputed', 'completed', 'admin', false, true, null, null),
    ('disputed', 'no_show', 'admin', false, true, null, null),
    ('disputed', 'cancelled', 'admin', false, true, null, null)
) as move (
  from_status, to_status, actor, is_crew_allowed, requires_reason, timer_minutes, timer_from
)
on conflict (process_id, from_status, to_status, actor) do update set
  is_crew_allowed = excluded.is_crew_allowed,
  requires_reason = excluded.requires_reason,
  timer_minutes = excluded.timer_minutes,
  timer_from = excluded.timer_from;

-- When. What is agreed is agreed before the start. A crew may have a long way; work begins an hour
-- early at most, and is done after its start at the earliest. Who is late has a quarter of an hour.
update public.booking_transitions as move
set
  opens_minutes = time.opens_minutes,
  opens_from = time.opens_from,
  closes_minutes = time.closes_minutes,
  closes_from = time.closes_from
from (
  values
    ('requested', 'customer', null::integer, null, 0, 'starts_at'),
    ('quoted', 'provider', null, null, 0, 'starts_at'),
    ('negotiating', 'customer', null, null, 0, 'starts_at'),
    ('confirmed', 'customer', null, null, 0, 'starts_at'),
    ('confirmed', 'provider', null, null, 0, 'starts_at'),
    ('cancelled', 'customer', null, null, 0, 'ends_at'),
    ('en_route', 'provider', -240, 'starts_at', null, null),
    ('arrived', 'provider', -240, 'starts_at', null, null),
    ('in_progress', 'provider', -60, 'starts_at', null, null),
    ('completed', 'provider', 0, 'starts_at', null, null),
    ('completed', 'system', 0, 'starts_at', null, null),
    ('no_show', 'customer', 15, 'starts_at', null, null),
    ('no_show', 'provider', 15, 'starts_at', null, null)
) as time (to_status, actor, opens_minutes, opens_from, closes_minutes, closes_from)
where move.to_status = time.to_status and move.actor = time.actor;

-- What is over may be disputed for a week, and by each side once: a decision is one.
update public.booking_transitions
set closes_minutes = 10080, closes_from = 'status_changed_at', max_count = 1
where from_status in ('completed', 'no_show') and to_status = 'disputed';

-- Three rounds of bargaining each way.
update public.booking_transitions
set max_count = 3
where (from_status, to_status) in (('quoted', 'negotiating'), ('negotiating', 'quoted'));

-- Who takes no bookings agrees to none either that was asked for before.
update public.booking_transitions
set requires_open = true
where from_status in ('draft', 'requested', 'quoted', 'negotiating')
  and to_status in ('requested', 'quoted', 'awaiting_payment', 'confirmed');

-- Both were there when the work began, and when it was done.
update public.booking_transitions
set job_code = case to_status when 'in_progress' then 'start' else 'completion' end
where actor = 'provider' and to_status in ('in_progress', 'completed');

alter table public.markets
  add foreign key (booking_process_id) references public.booking_processes on delete restrict;
