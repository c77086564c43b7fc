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
