-- An invitation is only as good as the member who sent it. It is revoked when that member is
-- removed, gets a role that may not give such an invitation, or loses the account. So nobody comes
-- back by an invitation of their own.
create function private.tg_provider_members__revoke_invitations()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.provider_invitations as invitation
  set status = 'revoked', responded_at = private.now()
  where invitation.provider_id = old.provider_id
    and invitation.status = 'pending'
    and case tg_op
      -- When the whole account is deleted, invited_by is null by now.
      when 'DELETE' then coalesce(invitation.invited_by, old.user_id) = old.user_id
      else invitation.invited_by = old.user_id
        and not private.outranks(new.role, invitation.role)
    end;
  return null;
end;
$$;
comment on function private.tg_provider_members__revoke_invitations is
  'Trigger _510_revoke_invitations of provider_members; _500_take_part locks the provider first.';
create trigger _510_revoke_invitations after update of role or delete on public.provider_members
  for each row execute function private.tg_provider_members__revoke_invitations();

create function private.tg__revoke_offers()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not private.is_live(new.id) then
    update public.provider_invitations as invitation
    set status = 'revoked', responded_at = private.now()
    where invitation.invited_by = new.id and invitation.status = 'pending';
  end if;
  return null;
end;
$$;
comment on function private.tg__revoke_offers is
  'Triggers _520_revoke_offers of profiles and auth.users.';
create trigger _520_revoke_offers after update of status on public.profiles
  for each row when (old.status <> new.status)
  execute function private.tg__revoke_offers();
create trigger _520_revoke_offers after update of banned_until, deleted_at on auth.users
  for each row
  when ((old.banned_until, old.deleted_at) is distinct from (new.banned_until, new.deleted_at))
  execute function private.tg__revoke_offers();

create function private.delete_old_invitations()
returns integer
language sql
volatile
security definer
set search_path = ''
as $$
  with deleted as (
    delete from public.provider_invitations where created_at < private.now() - interval '90 days'
    returning 1
  )
  select count(*)::integer from deleted
$$;
comment on function private.delete_old_invitations is
  'Job: forgets invitations long after they have expired. Returns how many.';
