-- What a participant keeps for themselves: how far they have read, and where the conversation
-- stands in their list.

-- Fails with PT401, PT403; PT400 invalid_conversation_id, invalid_message_id; PT404
-- conversation_not_found, message_not_found.
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
    raise sqlstate 'PT404' using
      message = 'There is no such message in this conversation.',
      detail = 'message_not_found',
      hint = 'Use the id of a message of the conversation.';
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
comment on function private.mark_read(text, text) is 'Body of public.mark_read.';

create function public.mark_read(conversation_id text, message_id text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.mark_read(conversation_id, message_id)
$$;
comment on function public.mark_read(text, text) is
  'The caller has read everything up to this message; never goes back.
Answers {conversation_id, last_read_position, unread_count}.
Errors: 400 invalid_…; 404 conversation_not_found, message_not_found.';

-- Fails with PT401, PT403; PT400 invalid_…; PT404 conversation_not_found; PT429 too_many_changes.
create function private.set_conversation_flags(
  conversation_id text, is_muted jsonb, is_archived jsonb, is_pinned jsonb
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
comment on function private.set_conversation_flags(text, jsonb, jsonb, jsonb) is
  'Body of public.set_conversation_flags.';

create function public.set_conversation_flags(
  conversation_id text,
  is_muted jsonb default null,
  is_archived jsonb default null,
  is_pinned jsonb default null
)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.set_conversation_flags(conversation_id, is_muted, is_archived, is_pinned)
$$;
comment on function public.set_conversation_flags(text, jsonb, jsonb, jsonb) is
  'Mutes, archives or pins a conversation for the caller alone, and answers it; null leaves a flag.
A message of somebody else brings an archived conversation back, unless it is muted.
Errors: 400 invalid_…; 404 conversation_not_found; 429 too_many_changes.';

grant execute on function
  private.mark_read(text, text),
  public.mark_read(text, text),
  private.set_conversation_flags(text, jsonb, jsonb, jsonb),
  public.set_conversation_flags(text, jsonb, jsonb, jsonb)
to authenticated;
