-- What becomes of an invitation: accepted or declined by the invited, revoked by the business.

-- Fails with PT401 not_signed_in, PT403 user_blocked and role_not_allowed,
-- PT400 invalid_invitation_id, PT404 invitation_not_found, PT409 invitation_closed,
-- too_many_providers, too_many_memberships and too_many_members.
create function private.answer_invitation(invitation_id text, status text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.lock_me();
  v_id uuid := private.parse_uuid(answer_invitation.invitation_id, 'invalid_invitation_id');
  v_invitation public.provider_invitations;
begin
  -- The provider first, as everywhere; strangers lock nothing.
  perform 1
  from public.providers as provider
  where provider.id = (
    select wanted.provider_id
    from public.provider_invitations as wanted
    where wanted.id = v_id
      and (
        wanted.provider_id in (select private.my_managed_provider_ids())
        or coalesce(wanted.phone, wanted.email) in (select private.my_contacts())
      )
  )
  for no key update;
  select * into v_invitation
  from public.provider_invitations as wanted
  where wanted.id = v_id
    and case answer_invitation.status
      when 'revoked' then wanted.provider_id in (select private.my_managed_provider_ids())
      else coalesce(wanted.phone, wanted.email) in (select private.my_contacts())
    end
  for update;
  if v_invitation.id is null then
    perform private.fail('invitation_not_found');
  end if;
  if answer_invitation.status = 'revoked' then
    perform private.require_rank(
      (
        select member.role
        from public.provider_members as member
        where member.provider_id = v_invitation.provider_id and member.user_id = v_me
      ),
      v_invitation.role
    );
  end if;
  if v_invitation.status <> 'pending' or v_invitation.expires_at <= private.now() then
    perform private.fail('invitation_closed');
  end if;
  if answer_invitation.status = 'accepted' then
    perform private.require_no_customer(v_invitation.provider_id, v_me);
  end if;
  update public.provider_invitations as invitation
  set status = answer_invitation.status, responded_by = v_me, responded_at = private.now()
  where invitation.id = v_id
  returning invitation.* into v_invitation;
  if answer_invitation.status = 'accepted' then
    -- Somebody who is a member already keeps the role: an invitation does not change it.
    insert into public.provider_members (provider_id, user_id, role)
    values (v_invitation.provider_id, v_me, v_invitation.role)
    on conflict on constraint provider_members_pkey do nothing;
  end if;
  return private.invitation_json(v_invitation);
end;
$$;
comment on function private.answer_invitation is
  'Body of accept_invitation, decline_invitation and revoke_invitation.';

create function public.accept_invitation(invitation_id text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.answer_invitation(invitation_id, 'accepted')
$$;
comment on function public.accept_invitation is
  'The invited joins the business. A customer of it closes their bookings there first.';

create function public.decline_invitation(invitation_id text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.answer_invitation(invitation_id, 'declined')
$$;
comment on function public.decline_invitation is 'The invited does not want to.';

create function public.revoke_invitation(invitation_id text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.answer_invitation(invitation_id, 'revoked')
$$;
comment on function public.revoke_invitation is 'The business takes it back.';

create function private.list_invitations(provider_id text default null)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_id uuid := private.parse_uuid(
    list_invitations.provider_id, 'invalid_provider_id', false
  );
begin
  perform private.require_me();
  if v_id is not null and v_id not in (select private.my_managed_provider_ids()) then
    perform private.fail('provider_not_found');
  end if;
  return jsonb_build_object('items', (
    select coalesce(
      jsonb_agg(
        private.invitation_json(listed) order by listed.created_at desc, listed.id desc
      ),
      '[]'
    )
    from (
      select *
      from public.provider_invitations as invitation
      where case
        when v_id is null then
          coalesce(invitation.phone, invitation.email) in (select private.my_contacts())
          and invitation.status = 'pending'
          and invitation.expires_at > private.now()
        else invitation.provider_id = v_id
      end
      order by invitation.created_at desc, invitation.id desc
      limit 100
    ) as listed
  ));
end;
$$;
comment on function private.list_invitations is
  'Open invitations of the caller, or with provider_id the last hundred of a business that the
caller manages: {items}, the newest first.';

grant execute on function
  private.answer_invitation, public.accept_invitation, public.decline_invitation,
  public.revoke_invitation
to authenticated;
select private.expose('list_invitations', 'authenticated');
