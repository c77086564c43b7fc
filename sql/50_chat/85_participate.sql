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
