-- Built from sql/50_chat by `npm run generate`: edit it there.

-- Errors of chat: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  (
    'blocked_by_participant', 403, 'You can''t write here: somebody has blocked you.',
    'Contact support.'
  ),
  (
    'conversation_not_found', 404, 'There is no such conversation.',
    'Use the id of a conversation that you take part in.'
  ),
  (
    'media_not_found', 404, 'There is no such picture in this conversation.',
    'Upload it to chat-media first, as <conversation id>/<uuid>.jpg.'
  ),
  (
    'message_not_found', 404, 'There is no such message in this conversation.',
    'Use the id of a message of the conversation.'
  ),
  ('too_many_conversations', 429, 'You start too many conversations.', 'Try again in %s seconds.'),
  ('too_many_messages', 429, 'You send too many messages.', 'Try again in %s seconds.'),
  ('user_not_found', 404, 'There is no such person.', 'Use the id of a user that you may see.')
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

insert into private.errors (reason, status, message, hint, is_of_storage)
values
  (
    'too_many_files', 403, 'You add too many files to conversations. Try again later.',
    'Try again in %s seconds.', true
  ),
  (
    'too_many_chat_files', 403, 'You add at most %s files a day to a conversation.',
    'Try again tomorrow.', true
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{before, body, client_id, conversation_id, is_archived, is_blocked, is_muted, is_pinned,
  media, message_id}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

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

-- Participants: whoever has a row may read and write the conversation, nobody else may. Triggers
-- keep the rows in step with the members of the business and with the people of support.
create table public.conversation_participants (
  conversation_id    uuid not null references public.conversations on delete cascade,
  user_id            uuid not null references public.profiles on delete cascade,
  side               text not null check (side in ('customer', 'provider', 'support')),
  last_read_position integer not null default 0 check (last_read_position >= 0),
  unread_count       integer not null default 0 check (unread_count >= 0),
  last_message_at    timestamptz not null,
  is_muted           boolean not null default false,
  is_archived        boolean not null default false,
  is_pinned          boolean not null default false,
  created_at         timestamptz not null default private.now(),
  updated_at         timestamptz not null default private.now(),
  primary key (conversation_id, user_id)
);
comment on table public.conversation_participants is
  'Who takes part in which conversation, and what each has read of it.';
comment on column public.conversation_participants.side is
  'For whom they speak: themselves, the business, or the platform.';
comment on column public.conversation_participants.last_read_position is
  'Position of the last message read; on joining, of the last one written before.';
comment on column public.conversation_participants.unread_count is
  'Messages of others after last_read_position; kept by trigger.';
comment on column public.conversation_participants.last_message_at is
  'Of the conversation; here too, so that a list is read in order from one index.';
comment on column public.conversation_participants.is_muted is
  'Not counted in the badge, no reason to notify, and never brought back from the archive.';
comment on column public.conversation_participants.is_archived is
  'Listed apart and not counted in the badge, until a message of others brings it back.';
-- Lists of list_conversations.
create index conversation_participants_list_idx on public.conversation_participants
  (user_id, is_archived, is_pinned desc, last_message_at desc, conversation_id desc);
create index conversation_participants_unread_idx on public.conversation_participants (user_id)
  where unread_count > 0 and not is_muted and not is_archived;
create trigger _100_timestamps before insert or update on public.conversation_participants
  for each row execute function private.tg__timestamps();
alter table public.conversation_participants enable row level security;
grant select on public.conversation_participants to authenticated, service_role;
-- Everybody sees only their own row; get_conversation shows the others. Support speaks for the
-- platform: that is a role, and needs the second factor as every role does.
create policy select_self on public.conversation_participants for select to authenticated
  using (
    user_id = (select private.me())
    and (side <> 'support' or not (select private.lacks_second_factor()))
  );
-- The subquery is itself under the policy of conversation_participants, and asked once.
create policy select_participant on public.conversations for select to authenticated
  using (id = any (array(
    select mine.conversation_id from public.conversation_participants as mine
  )));

-- Members of a business come into its conversations and go out of them as they join and leave.
create function private.tg_provider_members__take_part()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- start_conversation holds the provider `for share`: a member who joins meanwhile is not missed.
  perform 1
  from public.providers as provider
  where provider.id in (old.provider_id, new.provider_id)
  order by provider.id
  for no key update;
  if tg_op <> 'INSERT' then
    delete from public.conversation_participants as participant
    using public.conversations as conversation
    where conversation.provider_id = old.provider_id
      and participant.conversation_id = conversation.id
      and participant.user_id = old.user_id
      and participant.side = 'provider';
  end if;
  if tg_op <> 'DELETE' then
    insert into public.conversation_participants
      (conversation_id, user_id, side, last_read_position, last_message_at)
    select
      conversation.id, new.user_id, 'provider', conversation.message_count,
      conversation.last_message_at
    from public.conversations as conversation
    where conversation.provider_id = new.provider_id
    on conflict do nothing;
  end if;
  return null;
end;
$$;
comment on function private.tg_provider_members__take_part is
  'Trigger _500_take_part of provider_members.';
create trigger _500_take_part
  after insert or update of provider_id, user_id or delete on public.provider_members
  for each row execute function private.tg_provider_members__take_part();

create function private.support_staff()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select distinct granted.user_id
  from public.user_roles as granted
  where granted.role in ('support', 'admin')
$$;
comment on function private.support_staff is 'People who answer for the platform.';

create function private.lock_support_staff(is_shared boolean)
returns void
language sql
volatile
set search_path = ''
as $$
  select case
    when is_shared then pg_advisory_xact_lock_shared(hashtext('private.support_staff'))
    else pg_advisory_xact_lock(hashtext('private.support_staff'))
  end
$$;
comment on function private.lock_support_staff is
  'Shared for who reads the staff into a conversation, exclusive for who changes it.';

create function private.tg_user_roles__take_part()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.lock_support_staff(false);
  if tg_op = 'DELETE' and old.user_id not in (select private.support_staff()) then
    delete from public.conversation_participants as participant
    where participant.user_id = old.user_id and participant.side = 'support';
  elsif tg_op = 'INSERT' and new.role in ('support', 'admin') then
    insert into public.conversation_participants
      (conversation_id, user_id, side, last_read_position, last_message_at)
    select
      conversation.id, new.user_id, 'support', conversation.message_count,
      conversation.last_message_at
    from public.conversations as conversation
    where conversation.kind = 'support'
    on conflict do nothing;
  end if;
  return null;
end;
$$;
comment on function private.tg_user_roles__take_part is 'Trigger _500_take_part of user_roles.';
create trigger _500_take_part after insert or delete on public.user_roles
  for each row execute function private.tg_user_roles__take_part();

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

-- Blocks among people: whoever is blocked can't write where the other takes part, as a customer or
-- as an owner or manager of the business.
create table public.user_blocks (
  blocker_id uuid not null references public.profiles on delete cascade,
  blocked_id uuid not null references public.profiles on delete cascade,
  created_at timestamptz not null default private.now(),
  primary key (blocker_id, blocked_id),
  check (blocker_id <> blocked_id)
);
comment on table public.user_blocks is 'Who does not want to be written to by whom.';
create index user_blocks_blocked_id_idx on public.user_blocks (blocked_id);
alter table public.user_blocks enable row level security;
-- No write grants: set_user_block writes.
grant select on public.user_blocks to authenticated, service_role;
-- The blocked one does not see it.
create policy select_blocker on public.user_blocks for select to authenticated
  using (blocker_id = (select private.me()));

-- Who may do what in a conversation.

create function private.is_participant(conversation_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select 1
    from public.conversation_participants as mine
    where mine.conversation_id = is_participant.conversation_id
      and mine.user_id = (select private.me())
      and (mine.side <> 'support' or not (select private.lacks_second_factor()))
  )
$$;
comment on function private.is_participant is
  'Whether the signed-in user takes part in the conversation.';

-- A customer speaks for themselves, so a block of theirs is between two people. In conversations of
-- a business its owners and managers speak for all of it, and their block is the block of the
-- business. Crews don't decide whom the business hears.
create function private.is_blocked_in(conversation_id uuid, user_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select 1
    from public.conversation_participants as mine
    join public.conversation_participants as theirs
      on theirs.conversation_id = mine.conversation_id and theirs.side <> mine.side
    join public.user_blocks as block
      on block.blocker_id = theirs.user_id and block.blocked_id = mine.user_id
    where mine.conversation_id = is_blocked_in.conversation_id
      and mine.user_id = is_blocked_in.user_id
      and 'support' not in (mine.side, theirs.side)
      and private.is_live(block.blocker_id)
      and (
        theirs.side = 'customer'
        or exists (
          select 1
          from public.conversations as conversation
          join public.provider_members as member
            on member.provider_id = conversation.provider_id
          where conversation.id = mine.conversation_id
            and member.user_id = theirs.user_id
            and member.role in ('owner', 'manager')
        )
      )
  )
$$;
comment on function private.is_blocked_in is
  'Whether the customer, or an owner or manager of the business, has blocked the user.';

create function private.can_write(conversation_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.is_participant(can_write.conversation_id)
    and not private.is_blocked_in(can_write.conversation_id, (select private.me()))
$$;
comment on function private.can_write is
  'Whether the signed-in user takes part in the conversation and nobody has blocked them.';

-- Fails with PT401 not_signed_in, PT403 user_blocked and (to support) second_factor_required, PT404
-- conversation_not_found: also for conversations of other people.
create function private.require_conversation(conversation_id text)
returns public.conversations
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
  v_id uuid := private.parse_uuid(
    require_conversation.conversation_id, 'invalid_conversation_id'
  );
  v_conversation public.conversations;
begin
  select conversation.* into v_conversation
  from public.conversations as conversation
  join public.conversation_participants as mine
    on mine.conversation_id = conversation.id and mine.user_id = v_me
  where conversation.id = v_id;
  if v_conversation.id is null then
    perform private.fail('conversation_not_found');
  elsif v_conversation.kind = 'support' and v_conversation.customer_id is distinct from v_me then
    perform private.require_second_factor();
  end if;
  return v_conversation;
end;
$$;
comment on function private.require_conversation is
  'The conversation, if the caller takes part in it.';

-- Topics. What arrives on `conversation:<id>` comes from the database alone: no client can write
-- there, so nobody can fake a message. Typing and presence, which clients send, have the topic
-- `conversation:<id>:activity`; what is said there is only ever a participant's own claim.
create function private.conversation_of_topic(topic text)
returns uuid
language sql
immutable
set search_path = ''
as $$
  select private.uuid_in(topic, '^conversation:<id>(?::activity)?$')
$$;
comment on function private.conversation_of_topic is 'Null for any other topic.';

create function private.can_join_conversation_topic(topic text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.is_participant(private.conversation_of_topic(topic))
$$;
comment on function private.can_join_conversation_topic is
  'Whether the user may listen to this topic of a conversation.';

create function private.can_write_conversation_topic(topic text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select topic like '%:activity' and private.can_write(private.conversation_of_topic(topic))
$$;
comment on function private.can_write_conversation_topic is
  'Whether the user may send on this topic of a conversation.';

grant execute on function private.can_join_conversation_topic, private.can_write_conversation_topic
  to authenticated, service_role;

create policy select_conversation_participant on realtime.messages for select to authenticated
  using (
    extension in ('broadcast', 'presence')
    and (select private.can_join_conversation_topic((select realtime.topic())))
  );
create policy insert_conversation_participant on realtime.messages for insert to authenticated
  with check (
    extension in ('broadcast', 'presence')
    and (select private.can_write_conversation_topic((select realtime.topic())))
  );
-- Each user has a topic of their own, for badges. Nobody writes to it but triggers.
create policy select_self on realtime.messages for select to authenticated
  using (
    extension = 'broadcast'
    and (select realtime.topic()) = 'user:' || (select private.me())
  );

-- What follows from a message and from its being read: counters and broadcasts. Each costs the same
-- in a conversation of ten messages and of a hundred thousand.

create function private.tg_messages__deliver()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.conversation_participants as participant
  set
    unread_count = participant.unread_count
      + (participant.user_id is distinct from new.sender_id)::integer,
    last_message_at = greatest(participant.last_message_at, new.created_at),
    -- A new message brings a conversation back from the archive, unless it is muted.
    is_archived = participant.is_archived
      and (participant.is_muted or participant.user_id is not distinct from new.sender_id)
  where participant.conversation_id = new.conversation_id;
  -- A doorbell: a client that misses it catches up with list_messages.
  perform realtime.send(
    private.message_json(new, null),
    'message_created',
    'conversation:' || new.conversation_id,
    true
  );
  return null;
end;
$$;
comment on function private.tg_messages__deliver is 'Trigger _500_deliver of messages.';
create trigger _500_deliver after insert on public.messages
  for each row execute function private.tg_messages__deliver();

create function private.tg_conversation_participants__tell_read()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform realtime.send(
    jsonb_build_object(
      'conversation_id', new.conversation_id,
      -- Customers see the team of support, not the person.
      'user_id', case when new.side <> 'support' then new.user_id end,
      'side', new.side,
      'last_read_position', new.last_read_position,
      'at', new.updated_at
    ),
    'conversation_read',
    'conversation:' || new.conversation_id,
    true
  );
  return null;
end;
$$;
comment on function private.tg_conversation_participants__tell_read is
  'Trigger _500_tell_read of conversation_participants.';
create trigger _500_tell_read
  after update of last_read_position on public.conversation_participants
  for each row when (new.last_read_position > old.last_read_position)
  execute function private.tg_conversation_participants__tell_read();

create function private.badges(user_id uuid, with_support boolean)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'unread_messages', coalesce(sum(participant.unread_count), 0),
    'unread_conversations', count(*)
  )
  from public.conversation_participants as participant
  where participant.user_id = badges.user_id
    and participant.unread_count > 0
    and not participant.is_muted
    and not participant.is_archived
    and (with_support or participant.side <> 'support')
$$;
comment on function private.badges is
  'What the user has not read, of conversations that are neither muted nor archived.';

-- The counts are what this transaction sees: one that ends at the same moment is not in them, so
-- clients read get_badges again when it has become quiet.
create function private.tg_conversation_participants__tell_badges()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    perform realtime.send(
      private.badges(changed.user_id, true), 'badge_changed', 'user:' || changed.user_id, true
    )
    from (
      select distinct after.user_id
      from new_rows as after
      join old_rows as before using (conversation_id, user_id)
      where after.unread_count * (not after.is_muted and not after.is_archived)::integer
        <> before.unread_count * (not before.is_muted and not before.is_archived)::integer
    ) as changed;
  else
    perform realtime.send(
      private.badges(gone.user_id, true), 'badge_changed', 'user:' || gone.user_id, true
    )
    from (
      select distinct before.user_id
      from old_rows as before
      where before.unread_count > 0 and not before.is_muted and not before.is_archived
    ) as gone;
  end if;
  return null;
end;
$$;
comment on function private.tg_conversation_participants__tell_badges is
  'Triggers _600_tell_badges and _610_tell_badges of conversation_participants.';
create trigger _600_tell_badges after update on public.conversation_participants
  referencing old table as old_rows new table as new_rows
  for each statement execute function private.tg_conversation_participants__tell_badges();
create trigger _610_tell_badges after delete on public.conversation_participants
  referencing old table as old_rows
  for each statement execute function private.tg_conversation_participants__tell_badges();

-- A booking that moves says so in its conversation, if it has one.
create function private.tg_booking_status_history__tell()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- The person who moved it knows already.
  insert into public.messages (conversation_id, kind, sender_id, booking_id, event)
  select
    conversation.id,
    'system',
    new.actor_id,
    new.booking_id,
    jsonb_build_object(
      'type', 'booking_status_changed',
      'history_id', new.id,
      'from_status', new.from_status,
      'to_status', new.to_status,
      'actor', new.actor,
      'reason', new.reason
    )
  from public.conversations as conversation
  where conversation.booking_id = new.booking_id;
  return null;
end;
$$;
comment on function private.tg_booking_status_history__tell is
  'Trigger _500_tell of booking_status_history.';
create trigger _500_tell after insert on public.booking_status_history
  for each row execute function private.tg_booking_status_history__tell();

-- Pictures of conversations: a private bucket whose folders are named after conversations. The
-- participants read and add; nobody changes or removes, since messages refer to what is there.
-- (The bucket takes HEIC, but the trigger refuses it and says what to do.)
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values (
  'chat-media', 'chat-media', false, 10485760,
  '{image/jpeg,image/png,image/webp,image/gif,image/heic,image/heif}'
)
on conflict (id) do update set
  public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

create function private.conversation_of_media(path text)
returns uuid
language sql
immutable
set search_path = ''
as $$
  select private.uuid_in(
    path, '^<id>/[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\.[A-Za-z]+$'
  )
$$;
comment on function private.conversation_of_media is
  'Of `<conversation id>/<uuid>.<ending>`; null for any other path.';

create function private.can_add_chat_media(path text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.can_write(private.conversation_of_media(path))
$$;
comment on function private.can_add_chat_media is
  'Whether the user may write in the conversation of this object of chat-media.';

grant execute on function private.can_add_chat_media to authenticated, service_role;

-- The subquery is itself under the policy of conversation_participants. Who lists the bucket is
-- shown a few files of many, so nothing is asked for each.
create policy select_chat_participant on storage.objects for select to authenticated
  using (
    bucket_id = 'chat-media'
    and split_part(name, '/', 1) = any (array(
      select mine.conversation_id::text from public.conversation_participants as mine
    ))
  );
create policy insert_chat_participant on storage.objects for insert to authenticated
  with check (
    bucket_id = 'chat-media'
    and private.is_upload()
    and private.can_add_chat_media(name)
  );

insert into private.limits (name, maximum, reason, counted)
values (
  'daily_chat_media', 100, 'too_many_chat_files',
  'select count(*)
   from storage.objects as object
   where object.bucket_id = ''chat-media''
     and object.name like split_part($1, '':'', 1) || ''/%''
     and object.owner_id = split_part($1, '':'', 2)
     and object.created_at > private.now() - interval ''1 day'''
)
on conflict (name) do nothing;

-- For each person, over all conversations together.
insert into private.rate_limits (action, capacity, window_seconds, reason)
values ('add_chat_media', 300, 86400, 'too_many_files')
on conflict (action) do nothing;

create function private.tg_objects__guard_chat_media()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_conversation_id uuid := private.conversation_of_media(new.name);
begin
  perform private.require_picture(new.name, new.metadata);
  -- Files of the platform itself have no owner.
  if new.owner_id is null then
    return null;
  end if;
  if not private.is_live(new.owner_id::uuid)
    or private.is_blocked_in(v_conversation_id, new.owner_id::uuid)
    or not exists (
      select 1
      from public.conversation_participants as participant
      where participant.conversation_id = v_conversation_id
        and participant.user_id = new.owner_id::uuid
    )
  then
    perform private.fail('upload_not_allowed');
  end if;
  perform private.require_room('daily_chat_media', v_conversation_id || ':' || new.owner_id, 0);
  perform private.take_token(new.owner_id::uuid, 'add_chat_media');
  return null;
end;
$$;
comment on function private.tg_objects__guard_chat_media is
  'Trigger _500_guard_chat_media of storage.objects.';

create trigger _500_guard_chat_media after insert on storage.objects
  for each row when (new.bucket_id = 'chat-media')
  execute function private.tg_objects__guard_chat_media();
create trigger _500_keep_chat_media
  after update of bucket_id, name, version, metadata on storage.objects
  for each row when (
    'chat-media' in (old.bucket_id, new.bucket_id)
    and (new.bucket_id, new.name, new.version, new.metadata)
      is distinct from (old.bucket_id, old.name, old.version, old.metadata)
  )
  execute function private.tg_objects__refuse_change();

-- Fails with PT400 invalid_media, PT404 media_not_found: also for objects of other conversations.
create function private.parse_chat_media(media jsonb, conversation_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_media jsonb := private.parse_object(parse_chat_media.media, 'invalid_media', 1000);
  v_path text := v_media ->> 'path';
  v_object jsonb;
begin
  if jsonb_typeof(v_media -> 'path') is distinct from 'string' then
    perform private.fail('invalid_media', 'an object {path, width, height}');
  end if;
  if private.conversation_of_media(v_path) = parse_chat_media.conversation_id then
    select object.metadata into v_object
    from storage.objects as object
    where object.bucket_id = 'chat-media' and object.name = v_path;
  end if;
  if v_object is null then
    perform private.fail('media_not_found');
  end if;
  return jsonb_strip_nulls(jsonb_build_object(
    'path', v_path,
    'mime_type', v_object ->> 'mimetype',
    'size_bytes', v_object -> 'size',
    'width', private.parse_integer(v_media -> 'width', 'invalid_media', 1, 100000),
    'height', private.parse_integer(v_media -> 'height', 'invalid_media', 1, 100000)
  ));
end;
$$;
comment on function private.parse_chat_media is
  'What a message keeps of a picture; type and size are the storage''s word, not the sender''s.';

-- A conversation as one of its participants sees it.
create function private.conversation_json(conversation public.conversations, viewer_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'id', (conversation).id,
    'kind', (conversation).kind,
    'provider', (
      select jsonb_build_object('id', provider.id, 'slug', provider.slug, 'names', provider.names)
      from public.providers as provider
      where provider.id = (conversation).provider_id
    ),
    'customer', (
      select jsonb_build_object('id', customer.id, 'display_name', customer.display_name)
      from public.profiles as customer
      where customer.id = (conversation).customer_id
    ),
    'booking', (
      select jsonb_build_object(
        'id', booking.id, 'number', booking.number, 'status', booking.status
      )
      from public.bookings as booking
      where booking.id = (conversation).booking_id
    ),
    -- Colleagues see who works for support, customers don't.
    'participants', (
      select jsonb_agg(
        jsonb_build_object(
          'user_id', participant.user_id,
          'display_name', person.display_name,
          'photo_path', person.photo_path,
          'side', participant.side,
          'last_read_position', participant.last_read_position
        )
        order by participant.side, participant.user_id
      )
      from public.conversation_participants as participant
      join public.profiles as person on person.id = participant.user_id
      where participant.conversation_id = (conversation).id
        and (participant.side <> 'support' or mine.side = 'support')
    ),
    'message_count', (conversation).message_count,
    'last_message', (
      select private.message_json(message, mine.side)
      from public.messages as message
      where message.conversation_id = (conversation).id
        and message.position = (conversation).message_count
    ),
    'last_message_at', (conversation).last_message_at,
    'side', mine.side,
    'unread_count', mine.unread_count,
    'last_read_position', mine.last_read_position,
    'last_read_message_id', (
      select message.id
      from public.messages as message
      where message.conversation_id = (conversation).id
        and message.position = mine.last_read_position
    ),
    'is_muted', mine.is_muted,
    'is_archived', mine.is_archived,
    'is_pinned', mine.is_pinned,
    'created_at', (conversation).created_at
  )
  from public.conversation_participants as mine
  where mine.conversation_id = (conversation).id and mine.user_id = viewer_id
$$;
comment on function private.conversation_json is
  'The conversation as RPCs answer it to the viewer; null if they take no part in it.';

-- A conversation begins. Constraints make it happen once: whoever starts it again gets it back.
insert into private.rate_limits (action, capacity, window_seconds, reason)
values ('start_conversation', 20, 3600, 'too_many_conversations')
on conflict (action) do nothing;

-- Fails with PT404 provider_not_found, PT409 own_business.
create function private.new_direct_conversation(customer_id uuid, provider_id text)
returns public.conversations
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_provider_id uuid := private.parse_uuid(
    new_direct_conversation.provider_id, 'invalid_provider_id'
  );
  v_provider public.providers;
  v_conversation public.conversations;
begin
  select * into v_provider
  from public.providers as provider
  where provider.id = v_provider_id
  for share;
  if v_provider.id is null or v_provider.status <> 'active' then
    perform private.fail('provider_not_found');
  end if;
  perform private.require_no_member(v_provider.id, customer_id);
  insert into public.conversations (kind, customer_id, provider_id)
  values ('direct', new_direct_conversation.customer_id, v_provider_id)
  on conflict do nothing
  returning * into v_conversation;
  return v_conversation;
end;
$$;
comment on function private.new_direct_conversation is
  'A customer turns to a business; null if they talk already. Businesses can''t turn to people '
  'whose booking they do not have.';

-- Fails with PT404 booking_not_found: also for those who see the booking but have no part in it.
create function private.new_booking_conversation(booking_id text)
returns public.conversations
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_booking public.bookings := private.require_booking(
    private.parse_uuid(new_booking_conversation.booking_id, 'invalid_booking_id')
  );
  v_conversation public.conversations;
begin
  if v_booking.status = 'draft'
    or not private.my_booking_actors(v_booking) && '{customer,provider,crew}'
  then
    perform private.fail('booking_not_found');
  end if;
  perform 1
  from public.providers as provider
  where provider.id = v_booking.provider_id
  for share;
  insert into public.conversations (kind, customer_id, provider_id, booking_id)
  values ('booking', v_booking.customer_id, v_booking.provider_id, v_booking.id)
  on conflict do nothing
  returning * into v_conversation;
  return v_conversation;
end;
$$;
comment on function private.new_booking_conversation is
  'Either side of a booking begins to talk about it; null if they talk already.';

create function private.new_support_conversation(customer_id uuid)
returns public.conversations
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_conversation public.conversations;
begin
  perform private.lock_support_staff(true);
  insert into public.conversations (kind, customer_id)
  values ('support', new_support_conversation.customer_id)
  on conflict do nothing
  returning * into v_conversation;
  return v_conversation;
end;
$$;
comment on function private.new_support_conversation is
  'Somebody turns to support; null if they talk already.';

create function private.start_conversation(
  kind text, provider_id text default null, booking_id text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
  v_conversation public.conversations;
begin
  if (start_conversation.kind in ('direct', 'booking', 'support')) is not true then
    perform private.fail('invalid_kind', 'direct, booking or support');
  end if;
  if (start_conversation.provider_id is null) = (start_conversation.kind = 'direct') then
    perform private.fail('invalid_provider_id', 'given for direct, and absent otherwise');
  end if;
  if (start_conversation.booking_id is null) = (start_conversation.kind = 'booking') then
    perform private.fail('invalid_booking_id', 'given for booking, and absent otherwise');
  end if;
  v_conversation := case start_conversation.kind
    when 'direct' then private.new_direct_conversation(v_me, start_conversation.provider_id)
    when 'booking' then private.new_booking_conversation(start_conversation.booking_id)
    else private.new_support_conversation(v_me)
  end;
  if v_conversation.id is null then
    select * into strict v_conversation
    from public.conversations as conversation
    where conversation.kind = start_conversation.kind
      and case start_conversation.kind
        when 'direct' then conversation.customer_id = v_me
          and conversation.provider_id = start_conversation.provider_id::uuid
        when 'booking' then conversation.booking_id = start_conversation.booking_id::uuid
        else conversation.customer_id = v_me
      end;
    return private.conversation_json(v_conversation, v_me);
  end if;

  perform private.take_token(v_me, 'start_conversation');
  -- The customer's row comes first, so a customer who works for the business too stays a customer.
  insert into public.conversation_participants (conversation_id, user_id, side, last_message_at)
  select distinct on (person.user_id)
    v_conversation.id, person.user_id, person.side, v_conversation.last_message_at
  from (
    select v_conversation.customer_id, 'customer'
    union all
    select member.user_id, 'provider'
    from public.provider_members as member
    where member.provider_id = v_conversation.provider_id
    union all
    select staff.user_id, 'support'
    from private.support_staff() as staff (user_id)
    where v_conversation.kind = 'support'
  ) as person (user_id, side)
  order by person.user_id, person.side;
  return private.conversation_json(v_conversation, v_me);
end;
$$;
comment on function private.start_conversation is
  'Begins a conversation, or answers the one that there is.
kind: direct (a customer with the business provider_id), booking (both sides of booking_id) or
support.';

select private.expose('start_conversation', 'authenticated');

-- A participant writes. The client's own id makes it safe to repeat.
insert into private.rate_limits (action, capacity, window_seconds, reason)
values ('send_message', 30, 10, 'too_many_messages')
on conflict (action) do nothing;

-- Fails with PT400 invalid_…, PT404 media_not_found and booking_not_found.
create function private.message_content(
  conversation public.conversations,
  kind text,
  body text,
  media jsonb,
  location jsonb,
  booking_id text
)
returns public.messages
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_message public.messages;
  v_booking public.bookings;
begin
  if (message_content.kind in ('text', 'image', 'location', 'booking')) is not true then
    perform private.fail('invalid_kind', 'text, image, location or booking');
  end if;
  if (coalesce(jsonb_typeof(media), 'null') = 'null') = (kind = 'image') then
    perform private.fail('invalid_media', 'given for an image, and absent otherwise');
  end if;
  if (coalesce(jsonb_typeof(location), 'null') = 'null') = (kind = 'location') then
    perform private.fail('invalid_location', 'given for a location, and absent otherwise');
  end if;
  if (message_content.booking_id is null) = (kind = 'booking') then
    perform private.fail('invalid_booking_id', 'given for a booking, and absent otherwise');
  end if;

  v_message.kind := kind;
  v_message.body := private.parse_text(body, 'invalid_body', 4000, kind = 'text');
  case kind
    when 'image' then
      v_message.media := private.parse_chat_media(media, (conversation).id);
    when 'location' then
      v_message.location := private.parse_point(location, 'invalid_location');
      if coalesce(jsonb_typeof(location -> 'address'), 'null') not in ('string', 'null') then
        perform private.fail('invalid_location', 'an object whose address is a text');
      end if;
      v_message.address := private.parse_text(
        location ->> 'address', 'invalid_location', 500, false
      );
    when 'booking' then
      v_booking := private.require_booking(
        private.parse_uuid(message_content.booking_id, 'invalid_booking_id')
      );
      -- Between a customer and a business, only a booking of these two.
      if (conversation).kind <> 'support'
        and (v_booking.customer_id, v_booking.provider_id)
          is distinct from ((conversation).customer_id, (conversation).provider_id)
      then
        perform private.fail('booking_not_found');
      end if;
      v_message.booking_id := v_booking.id;
    else null;
  end case;
  return v_message;
end;
$$;
comment on function private.message_content is
  'What a message says, checked; the rest of the row is null.';

create function private.parse_point(value jsonb, reason text)
returns extensions.geography
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_lat numeric;
  v_lng numeric;
begin
  if jsonb_typeof(parse_point.value) = 'object' then
    v_lat := private.parse_number(parse_point.value -> 'lat', reason, -90, 90);
    v_lng := private.parse_number(parse_point.value -> 'lng', reason, -180, 180);
  end if;
  if v_lat is null or v_lng is null then
    perform private.fail(reason, 'an object with lat and lng');
  end if;
  return private.point(v_lat::float8, v_lng::float8);
end;
$$;
comment on function private.parse_point is 'The point of {lat, lng}, WGS 84.';

create function private.sent_message(sender_id uuid, conversation_id uuid, client_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select private.message_json(message, message.sender_side)
  from public.messages as message
  where message.sender_id = sent_message.sender_id
    and message.conversation_id = sent_message.conversation_id
    and message.client_id = sent_message.client_id
$$;
comment on function private.sent_message is
  'The message that the sender has sent under this id, if any.';

create function private.send_message(
  conversation_id text,
  client_id text,
  kind text default 'text',
  body text default null,
  media jsonb default null,
  location jsonb default null,
  booking_id text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
  v_conversation public.conversations := private.require_conversation(
    send_message.conversation_id
  );
  v_client_id uuid := private.parse_uuid(send_message.client_id, 'invalid_client_id');
  v_answer jsonb := private.sent_message(v_me, v_conversation.id, v_client_id);
  v_content public.messages;
  v_message public.messages;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  v_content := private.message_content(
    v_conversation, send_message.kind, send_message.body, send_message.media,
    send_message.location, send_message.booking_id
  );
  if private.is_blocked_in(v_conversation.id, v_me) then
    perform private.fail('blocked_by_participant');
  end if;
  perform private.take_token(v_me, 'send_message');

  -- Of two calls with one client id the second waits here, and then finds the first one's message.
  -- The insert must not meet it: the position that it had taken would be missing.
  perform 1
  from public.conversations as conversation
  where conversation.id = v_conversation.id
  for no key update;
  v_answer := private.sent_message(v_me, v_conversation.id, v_client_id);
  if v_answer is not null then
    return v_answer;
  end if;
  insert into public.messages
    (conversation_id, sender_id, client_id, kind, body, media, location, address, booking_id)
  values (
    v_conversation.id, v_me, v_client_id, v_content.kind, v_content.body, v_content.media,
    v_content.location, v_content.address, v_content.booking_id
  )
  returning * into v_message;
  return private.message_json(v_message, v_message.sender_side);
end;
$$;
comment on function private.send_message is
  'Writes a message, and answers it.
client_id: a UUID of the client''s own; the same one again answers the first message.
kind: text (body), image (media: {path, width?, height?} of an object in the bucket chat-media),
location (location: {lat, lng, address?}), booking (booking_id). body: the text, or a caption.';

select private.expose('send_message', 'authenticated');

-- What a participant keeps for themselves: how far they have read, and where the conversation
-- stands in their list.

create function private.mark_read(conversation_id text, message_id text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
  v_conversation public.conversations := private.require_conversation(mark_read.conversation_id);
  v_message_id uuid := private.parse_uuid(mark_read.message_id, 'invalid_message_id');
  v_position integer;
  v_mine public.conversation_participants;
begin
  select message.position into v_position
  from public.messages as message
  where message.id = v_message_id and message.conversation_id = v_conversation.id;
  if v_position is null then
    perform private.fail('message_not_found');
  end if;
  -- Counting needs the lock first: a message that comes meanwhile waits, and then adds itself.
  select * into v_mine
  from public.conversation_participants as mine
  where mine.conversation_id = v_conversation.id and mine.user_id = v_me
  for no key update;
  if v_position > v_mine.last_read_position then
    update public.conversation_participants as mine
    set
      last_read_position = v_position,
      unread_count = (
        select count(*)
        from public.messages as message
        where message.conversation_id = v_conversation.id
          and message.position > v_position
          and message.sender_id is distinct from v_me
      )
    where mine.conversation_id = v_conversation.id and mine.user_id = v_me
    returning mine.* into v_mine;
  end if;
  return jsonb_build_object(
    'conversation_id', v_conversation.id,
    'last_read_position', v_mine.last_read_position,
    'unread_count', v_mine.unread_count
  );
end;
$$;
comment on function private.mark_read is
  'The caller has read everything up to this message; never goes back.
Answers {conversation_id, last_read_position, unread_count}.';

create function private.set_conversation_flags(
  conversation_id text,
  is_muted jsonb default null,
  is_archived jsonb default null,
  is_pinned jsonb default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
  v_conversation public.conversations := private.require_conversation(
    set_conversation_flags.conversation_id
  );
  v_is_muted boolean := private.parse_boolean(
    set_conversation_flags.is_muted, 'invalid_is_muted', null
  );
  v_is_archived boolean := private.parse_boolean(
    set_conversation_flags.is_archived, 'invalid_is_archived', null
  );
  v_is_pinned boolean := private.parse_boolean(
    set_conversation_flags.is_pinned, 'invalid_is_pinned', null
  );
begin
  if exists (
    select 1
    from public.conversation_participants as mine
    where mine.conversation_id = v_conversation.id
      and mine.user_id = v_me
      and (
        mine.is_muted <> v_is_muted
        or mine.is_archived <> v_is_archived
        or mine.is_pinned <> v_is_pinned
      )
  ) then
    perform private.take_token(v_me, 'change_settings');
    update public.conversation_participants as mine
    set
      is_muted = coalesce(v_is_muted, mine.is_muted),
      is_archived = coalesce(v_is_archived, mine.is_archived),
      is_pinned = coalesce(v_is_pinned, mine.is_pinned)
    where mine.conversation_id = v_conversation.id and mine.user_id = v_me;
  end if;
  return private.conversation_json(v_conversation, v_me);
end;
$$;
comment on function private.set_conversation_flags is
  'Mutes, archives or pins a conversation for the caller alone, and answers it; null leaves a flag.
A message of somebody else brings an archived conversation back, unless it is muted.';

select private.expose('set_conversation_flags', 'authenticated');
select private.expose('mark_read', 'authenticated');

-- A participant stops another from writing to them, or lets them write again.

create function private.set_user_block(user_id text, is_blocked jsonb default 'true')
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.lock_me();
  v_user_id uuid := private.parse_uuid(set_user_block.user_id, 'invalid_user_id');
  v_is_blocked boolean := private.parse_boolean(
    set_user_block.is_blocked, 'invalid_is_blocked', true
  );
begin
  -- Only people whom the caller has met in a conversation: nobody learns here who else exists. Only
  -- support meets the people of support.
  if v_user_id = v_me or not exists (
    select 1
    from public.conversation_participants as mine
    join public.conversation_participants as theirs using (conversation_id)
    where mine.user_id = v_me
      and theirs.user_id = v_user_id
      and (theirs.side <> 'support' or mine.side = 'support')
    union all
    select 1
    from public.user_blocks as known
    where known.blocker_id = v_me and known.blocked_id = v_user_id
  ) then
    perform private.fail('user_not_found');
  end if;
  -- Crew members leave this to those who manage the business.
  if v_is_blocked and (
    select bool_and(
      mine.side = 'provider' and theirs.side = 'customer'
        and conversation.provider_id not in (select private.my_managed_provider_ids())
    )
    from public.conversation_participants as mine
    join public.conversation_participants as theirs using (conversation_id)
    join public.conversations as conversation on conversation.id = mine.conversation_id
    where mine.user_id = v_me and theirs.user_id = v_user_id
  ) then
    perform private.fail('role_not_allowed');
  end if;
  if v_is_blocked <> exists (
    select 1
    from public.user_blocks as known
    where known.blocker_id = v_me and known.blocked_id = v_user_id
  ) then
    perform private.take_token(v_me, 'change_settings');
  end if;
  if v_is_blocked then
    insert into public.user_blocks (blocker_id, blocked_id)
    values (v_me, v_user_id)
    on conflict do nothing;
  else
    delete from public.user_blocks as block
    where block.blocker_id = v_me and block.blocked_id = v_user_id;
  end if;
  return jsonb_build_object('user_id', v_user_id, 'is_blocked', v_is_blocked);
end;
$$;
comment on function private.set_user_block is
  'Blocks another participant of the caller''s conversations, or ends that. A customer who blocks a
person of a business hears no more of that person; the others of the business can still write. An
owner or manager who blocks a customer does so for the business, as long as they are one: the
customer can write in none of its conversations. Crews can''t. Support is exempt.';

select private.expose('set_user_block', 'authenticated');

-- Conversations and messages as the caller may see them.

create function private.get_conversation(conversation_id text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select private.conversation_json(
    private.require_conversation(conversation_id), (select private.me())
  )
$$;
comment on function private.get_conversation is
  'One conversation, with its participants, its last message and what the caller has not read.';

create function private.list_conversations(
  kind text default null,
  is_archived jsonb default 'false',
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
  v_is_archived boolean := private.parse_boolean(
    list_conversations.is_archived, 'invalid_is_archived', false
  );
  v_page_size integer := private.parse_integer(
    list_conversations.page_size, 'invalid_page_size', 1, 100, 20
  );
  v_after jsonb := private.decode_cursor(
    list_conversations.cursor, '{boolean,string,string}'
  );
  v_after_at timestamptz := private.parse_timestamp(
    coalesce(v_after ->> 1, '9999-12-31T00:00:00Z'), 'invalid_cursor'
  );
  v_after_id uuid := private.parse_uuid(v_after ->> 2, 'invalid_cursor', v_after is not null);
  v_answer jsonb;
begin
  if list_conversations.kind not in ('direct', 'booking', 'support') then
    perform private.fail('invalid_kind', 'direct, booking or support');
  end if;

  with page as (
    select
      conversation,
      mine.is_pinned,
      mine.last_message_at,
      row_number() over (
        order by mine.is_pinned desc, mine.last_message_at desc, mine.conversation_id desc
      ) as place
    from public.conversation_participants as mine
    join public.conversations as conversation on conversation.id = mine.conversation_id
    where mine.user_id = v_me
      and mine.is_archived = v_is_archived
      and (mine.side <> 'support' or not (select private.lacks_second_factor()))
      and (list_conversations.kind is null or conversation.kind = list_conversations.kind)
      and (
        v_after is null
        or (mine.is_pinned, mine.last_message_at, mine.conversation_id)
          < ((v_after -> 0)::boolean, v_after_at, v_after_id)
      )
    order by mine.is_pinned desc, mine.last_message_at desc, mine.conversation_id desc
    limit v_page_size + 1
  )
  select private.page(
    array_agg(private.conversation_json(page.conversation, v_me) order by page.place),
    array_agg(
      jsonb_build_array(page.is_pinned, page.last_message_at, (page.conversation).id)
      order by page.place
    ),
    v_page_size
  )
  into v_answer
  from page;
  return v_answer;
end;
$$;
comment on function private.list_conversations is
  'The caller''s conversations, pinned ones first, then by last message: {items, next_cursor}.
kind: direct, booking or support; all by default. page_size: 1 to 100.';

create function private.list_messages(
  conversation_id text,
  before jsonb default null,
  after jsonb default null,
  page_size jsonb default '50'
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_conversation public.conversations := private.require_conversation(
    list_messages.conversation_id
  );
  v_before integer := private.parse_integer(
    list_messages.before, 'invalid_before', 0, 2147483647
  );
  v_after integer := private.parse_integer(list_messages.after, 'invalid_after', 0, 2147483647);
  v_page_size integer := private.parse_integer(
    list_messages.page_size, 'invalid_page_size', 1, 100, 50
  );
  v_side text := (
    select mine.side
    from public.conversation_participants as mine
    where mine.conversation_id = v_conversation.id and mine.user_id = (select private.me())
  );
begin
  if num_nonnulls(v_before, v_after) = 2 then
    perform private.fail('invalid_before', 'absent where after is given');
  end if;
  -- Positions have no gaps, so a page is a range of them.
  v_after := coalesce(
    v_after, least(v_before, v_conversation.message_count + 1) - 1 - v_page_size
  );
  return jsonb_build_object(
    'items', (
      select coalesce(
        jsonb_agg(private.message_json(message, v_side) order by message.position), '[]'
      )
      from public.messages as message
      where message.conversation_id = v_conversation.id
        and message.position > v_after
        and message.position <= v_after::bigint + v_page_size
        and (v_before is null or message.position < v_before)
    ),
    'message_count', v_conversation.message_count
  );
end;
$$;
comment on function private.list_messages is
  'One page of messages in order: {items, message_count}. The last ones, those before a position,
or those after one. Positions run from 1 to message_count without gaps. page_size: 1 to 100.';

create function private.get_badges()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select private.badges(
    (select private.require_me()), not (select private.lacks_second_factor())
  )
$$;
comment on function private.get_badges is
  'What the caller has not read: {unread_messages, unread_conversations}, as
list_conversations shows it; what is muted or archived is not counted.';

select private.expose('get_badges', 'authenticated');
select private.expose('list_messages', 'authenticated');
select private.expose('list_conversations', 'authenticated');
select private.expose('get_conversation', 'authenticated');
