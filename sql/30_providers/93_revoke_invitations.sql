-- What a member offered is worth no more than the member: who is removed, or sinks to a role that
-- may not invite so high, leaves no invitation behind to come back by.
create function private.tg_provider_members__revoke_invitations()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.provider_invitations as invitation
  set status = 'revoked', responded_at = now()
  where invitation.provider_id = old.provider_id
    and invitation.status = 'pending'
    and case tg_op
      -- Who goes with the whole account is null by now.
      when 'DELETE' then coalesce(invitation.invited_by, old.user_id) = old.user_id
      else invitation.invited_by = old.user_id
        and not private.outranks(new.role, invitation.role)
    end;
  return null;
end;
$$;
comment on function private.tg_provider_members__revoke_invitations() is
  'Trigger _510_revoke_invitations of provider_members; _500_take_part locks the provider first.';
create trigger _510_revoke_invitations after update of role or delete on public.provider_members
  for each row execute function private.tg_provider_members__revoke_invitations();
