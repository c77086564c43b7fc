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
