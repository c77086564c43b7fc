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
