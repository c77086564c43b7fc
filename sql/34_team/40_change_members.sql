-- Members leave, are removed, and get other roles. A business keeps an owner who may act.

-- Fails with PT404 member_not_found, PT403 role_not_allowed, PT409 last_owner.
create function private.lock_member(actor public.provider_members, user_id uuid)
returns public.provider_members
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_member public.provider_members;
begin
  select * into v_member
  from public.provider_members as member
  where member.provider_id = (actor).provider_id and member.user_id = lock_member.user_id
  for update;
  if v_member.user_id is null then
    perform private.fail('member_not_found');
  end if;
  return v_member;
end;
$$;
comment on function private.lock_member is 'Another membership of the provider of the actor.';

create function private.require_other_owner(member public.provider_members)
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if (member).role = 'owner' and not exists (
    select 1
    from public.provider_members as other
    where other.provider_id = (member).provider_id
      and other.user_id <> (member).user_id
      and other.role = 'owner'
      and private.is_live(other.user_id)
  ) then
    perform private.fail('last_owner');
  end if;
end;
$$;
comment on function private.require_other_owner is
  'Refuses to lose the last owner; accounts that may not act are none.';

create function private.remove_member(provider_id text, user_id text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.parse_uuid(remove_member.user_id, 'invalid_user_id');
  v_actor public.provider_members := private.lock_managed_provider(remove_member.provider_id);
  v_member public.provider_members := private.lock_member(v_actor, v_user_id);
begin
  -- Everybody may leave.
  if v_member.user_id <> v_actor.user_id then
    perform private.require_rank(v_actor.role, v_member.role);
  end if;
  perform private.require_other_owner(v_member);
  delete from public.provider_members as member
  where member.provider_id = v_member.provider_id and member.user_id = v_member.user_id;
  return jsonb_build_object('provider_id', v_member.provider_id, 'user_id', v_member.user_id);
end;
$$;
comment on function private.remove_member is
  'Removes a member of the business; everybody may remove themselves. Owners remove anybody,
managers crews.';

create function private.change_member_role(provider_id text, user_id text, role text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.parse_uuid(change_member_role.user_id, 'invalid_user_id');
  v_role text := private.parse_member_role(change_member_role.role);
  v_actor public.provider_members := private.lock_managed_provider(
    change_member_role.provider_id, v_user_id
  );
  v_member public.provider_members := private.lock_member(v_actor, v_user_id);
begin
  -- Both the role that the member has and the one to come are below the actor's.
  perform private.require_rank(v_actor.role, v_member.role);
  perform private.require_rank(v_actor.role, v_role);
  if v_role <> 'owner' then
    perform private.require_other_owner(v_member);
  end if;
  update public.provider_members as member
  set role = v_role
  where member.provider_id = v_member.provider_id and member.user_id = v_member.user_id;
  return jsonb_build_object(
    'provider_id', v_member.provider_id, 'user_id', v_member.user_id, 'role', v_role
  );
end;
$$;
comment on function private.change_member_role is
  'Gives a member another role: owners any, managers among crews.';

select private.expose('change_member_role', 'authenticated');
select private.expose('remove_member', 'authenticated');
