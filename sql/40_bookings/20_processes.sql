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
  guard           text check (guard in ('near_start', 'after_start', 'within_dispute_window')),
  job_code        text check (job_code in ('start', 'completion')),
  timer_minutes   integer check (timer_minutes > 0),
  timer_from      text check (timer_from in ('status_changed_at', 'ends_at')),
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  primary key (process_id, from_status, to_status, actor),
  check ((timer_minutes is null) = (timer_from is null)),
  check (timer_minutes is null or actor = 'system'),
  check (not is_crew_allowed or actor = 'provider')
);
comment on table public.booking_transitions is 'Moves of a process; every other move is refused.';
comment on column public.booking_transitions.actor is
  'Who makes the move. system: the platform itself, by secret key or timer.';
comment on column public.booking_transitions.is_crew_allowed is
  'Whether members with the role crew_member may make the provider''s move too.';
comment on column public.booking_transitions.guard is
  'near_start: not earlier than a day before starts_at. after_start: starts_at has passed.
within_dispute_window: at most seven days after the state was entered.';
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
  process_id, from_status, to_status, actor, is_crew_allowed, requires_reason, guard,
  timer_minutes, timer_from
)
select process.id, move.*
from public.booking_processes as process
cross join (
  values
    ('awaiting_payment', 'confirmed', 'system', false, false, null, null::integer, null),
    ('awaiting_payment', 'cancelled', 'customer', false, false, null, null, null),
    ('awaiting_payment', 'cancelled', 'provider', false, true, null, null, null),
    ('awaiting_payment', 'expired', 'system', false, false, null, 30, 'status_changed_at'),
    ('confirmed', 'en_route', 'provider', true, false, 'near_start', null, null),
    ('confirmed', 'arrived', 'provider', true, false, 'near_start', null, null),
    ('confirmed', 'in_progress', 'provider', true, false, 'near_start', null, null),
    ('confirmed', 'cancelled', 'customer', false, false, null, null, null),
    ('confirmed', 'cancelled', 'provider', false, true, null, null, null),
    ('confirmed', 'cancelled', 'admin', false, true, null, null, null),
    ('confirmed', 'no_show', 'customer', false, false, 'after_start', null, null),
    ('confirmed', 'no_show', 'provider', false, false, 'after_start', null, null),
    ('confirmed', 'rescheduled', 'system', false, false, null, null, null),
    ('confirmed', 'expired', 'system', false, false, null, 4320, 'ends_at'),
    ('en_route', 'arrived', 'provider', true, false, null, null, null),
    ('en_route', 'in_progress', 'provider', true, false, null, null, null),
    ('en_route', 'cancelled', 'customer', false, true, null, null, null),
    ('en_route', 'cancelled', 'provider', false, true, null, null, null),
    ('en_route', 'cancelled', 'admin', false, true, null, null, null),
    ('en_route', 'expired', 'system', false, false, null, 4320, 'ends_at'),
    ('arrived', 'in_progress', 'provider', true, false, null, null, null),
    ('arrived', 'no_show', 'provider', false, false, 'after_start', null, null),
    ('arrived', 'cancelled', 'customer', false, true, null, null, null),
    ('arrived', 'cancelled', 'provider', false, true, null, null, null),
    ('arrived', 'cancelled', 'admin', false, true, null, null, null),
    ('arrived', 'expired', 'system', false, false, null, 4320, 'ends_at'),
    ('in_progress', 'completed', 'provider', true, false, null, null, null),
    ('in_progress', 'completed', 'system', false, false, null, 1440, 'ends_at'),
    ('in_progress', 'disputed', 'customer', false, true, null, null, null),
    ('in_progress', 'cancelled', 'admin', false, true, null, null, null),
    ('completed', 'disputed', 'customer', false, true, 'within_dispute_window', null, null),
    ('disputed', 'completed', 'admin', false, true, null, null, null),
    ('disputed', 'cancelled', 'admin', false, true, null, null, null)
) as move (
  from_status, to_status, actor, is_crew_allowed, requires_reason, guard,
  timer_minutes, timer_from
)
on conflict (process_id, from_status, to_status, actor) do update set
  is_crew_allowed = excluded.is_crew_allowed,
  requires_reason = excluded.requires_reason,
  guard = excluded.guard,
  timer_minutes = excluded.timer_minutes,
  timer_from = excluded.timer_from;

-- Both were there when the work began, and when it was done.
update public.booking_transitions
set job_code = case to_status when 'in_progress' then 'start' else 'completion' end
where actor = 'provider' and to_status in ('in_progress', 'completed');

alter table public.markets
  add foreign key (booking_process_id) references public.booking_processes on delete restrict;
