-- Messages. Their positions count them from 1 without gaps, so a client knows what it missed.
create table public.messages (
  id              uuid primary key default private.uuid_v7(),
  conversation_id uuid not null references public.conversations on delete cascade,
  position        integer not null check (position > 0),
  sender_id       uuid references public.profiles on delete set null,
  sender_side     text check (sender_side in ('customer', 'provider', 'support')),
  client_id       uuid,
  kind            text not null check (kind in ('text', 'image', 'location', 'booking', 'system')),
  body            text check (private.is_text(body, 4000)),
  media           jsonb,
  location        extensions.geography (point, 4326),
  address         text check (private.is_text(address, 500)),
  booking_id      uuid references public.bookings on delete restrict,
  event           jsonb,
  created_at      timestamptz not null default private.moment(),
  unique (conversation_id, position),
  unique (sender_id, conversation_id, client_id),
  check (
    media is null
    or (
      starts_with(media ->> 'path', conversation_id::text || '/')
      and jsonb_typeof(media -> 'mime_type') = 'string'
      and jsonb_typeof(media -> 'size_bytes') = 'number'
    ) is true
  ),
  check (event is null or (jsonb_typeof(event -> 'type') = 'string') is true),
  check (
    case kind
      when 'text' then body is not null
        and num_nonnulls(media, location, address, booking_id, event) = 0
      when 'image' then media is not null
        and num_nonnulls(location, address, booking_id, event) = 0
      when 'location' then location is not null and num_nonnulls(media, booking_id, event) = 0
      when 'booking' then booking_id is not null
        and num_nonnulls(media, location, address, event) = 0
      when 'system' then event is not null
        and num_nonnulls(sender_side, client_id, body, media, location, address) = 0
    end
  )
);
comment on table public.messages is 'Messages of conversations. Never changed.';
comment on column public.messages.position is
  'Counts the messages of one conversation from 1 without gaps; set by trigger.';
comment on column public.messages.sender_id is
  'Who wrote it, or made the move that the system tells of; null for nobody, and when the account
is gone. Not for clients: RPCs show it to those who may know.';
comment on column public.messages.sender_side is
  'For whom it was written, as in conversation_participants; null for what the system says.';
comment on column public.messages.client_id is
  'The sender''s own id: the same one again is the same message.';
comment on column public.messages.body is 'The text, or the caption of what is shown.';
comment on column public.messages.media is
  'An object of the bucket chat-media: {path, mime_type, size_bytes, width?, height?}.';
comment on column public.messages.location is 'WGS 84.';
comment on column public.messages.booking_id is 'The booking that is referred to.';
comment on column public.messages.event is
  'What the system tells: {type, …}; clients put it into words.';
create index messages_booking_id_idx on public.messages (booking_id);
alter table public.messages enable row level security;
-- No write grants: send_message writes, and triggers. Customers see the team of support, not the
-- person, so clients can't read sender_id.
grant select (
  id, conversation_id, position, sender_side, client_id, kind, body, media, location, address,
  booking_id, event, created_at
) on public.messages to authenticated;
grant select on public.messages to service_role;
-- The subquery is itself under the policy of conversation_participants, and asked once.
create policy select_participant on public.messages for select to authenticated
  using (conversation_id = any (array(
    select mine.conversation_id from public.conversation_participants as mine
  )));

-- Whoever writes a message holds its conversation's row until the end, so positions are taken one
-- after the other and become visible in their order.
create function private.tg_messages__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.conversations as conversation
  set
    message_count = conversation.message_count + 1,
    last_message_at = greatest(conversation.last_message_at, new.created_at)
  where conversation.id = new.conversation_id
  returning conversation.message_count into new.position;
  new.sender_side := (
    select sender.side
    from public.conversation_participants as sender
    where sender.conversation_id = new.conversation_id
      and sender.user_id = new.sender_id
      and new.kind <> 'system'
  );
  return new;
end;
$$;
comment on function private.tg_messages__count is 'Trigger _200_count of messages.';
create trigger _200_count before insert on public.messages
  for each row execute function private.tg_messages__count();

create function private.message_json(message public.messages, viewer_side text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'id', (message).id,
    'conversation_id', (message).conversation_id,
    'position', (message).position,
    'client_id', (message).client_id,
    'kind', (message).kind,
    'sender', (
      select jsonb_build_object('id', sender.id, 'display_name', sender.display_name)
      from public.profiles as sender
      where sender.id = (message).sender_id
        and (
          (message).sender_side in ('customer', 'provider')
          or (message).sender_side = 'support' and viewer_side = 'support'
        )
    ),
    'sender_side', (message).sender_side,
    'body', (message).body,
    'media', (message).media,
    'location', case when (message).location is not null then
      jsonb_build_object(
        'lat', extensions.st_y((message).location::extensions.geometry),
        'lng', extensions.st_x((message).location::extensions.geometry),
        'address', (message).address
      )
    end,
    'booking_id', (message).booking_id,
    'event', (message).event,
    'created_at', (message).created_at
  )
$$;
comment on function private.message_json is
  'A message as RPCs answer it to somebody of this side, and topics carry it to all (null).';
