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
