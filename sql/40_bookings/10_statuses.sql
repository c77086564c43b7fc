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
