-- Conversations of a customer with a business (direct), about a booking, and with the platform's
-- support. Read by their participants, nobody else; written by RPCs and triggers.
create table public.conversations (
  id              uuid primary key default private.uuid_v7(),
  kind            text not null check (kind in ('direct', 'booking', 'support')),
  customer_id     uuid references public.profiles on delete set null,
  provider_id     uuid references public.providers on delete cascade,
  booking_id      uuid unique,
  message_count   integer not null default 0 check (message_count >= 0),
  last_message_at timestamptz not null default private.now(),
  created_at      timestamptz not null default private.now(),
  updated_at      timestamptz not null default private.now(),
  foreign key (booking_id, provider_id) references public.bookings (id, provider_id)
    on delete cascade,
  check ((provider_id is not null) = (kind in ('direct', 'booking'))),
  check ((booking_id is not null) = (kind = 'booking'))
);
comment on table public.conversations is
  'Who talks: a customer with a business, in general or about one booking, or with support.';
comment on column public.conversations.customer_id is
  'Who asks; null when the account is gone.';
comment on column public.conversations.message_count is
  'Also the position of the last message, since positions have no gaps.';
comment on column public.conversations.last_message_at is
  'When the last message was written; the start, while there is none.';
-- One direct conversation per customer and business, one with support per person.
create unique index conversations_direct_key on public.conversations (customer_id, provider_id)
  where kind = 'direct';
create unique index conversations_support_key on public.conversations (customer_id)
  where kind = 'support';
create index conversations_customer_id_idx on public.conversations (customer_id);
create index conversations_provider_id_idx on public.conversations (provider_id);
create index conversations_booking_id_provider_id_idx
  on public.conversations (booking_id, provider_id);
create trigger _100_timestamps before insert or update on public.conversations
  for each row execute function private.tg__timestamps();
alter table public.conversations enable row level security;
grant select on public.conversations to authenticated, service_role;
