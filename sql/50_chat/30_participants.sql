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
