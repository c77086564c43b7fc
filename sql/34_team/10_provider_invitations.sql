-- Invitations to act for a provider, by phone or e-mail. Whoever has that phone or address,
-- confirmed by Auth, sees the invitation and accepts or declines it.
create table public.provider_invitations (
  id           uuid primary key default private.uuid_v7(),
  provider_id  uuid not null references public.providers on delete cascade,
  role         text not null check (role in ('owner', 'manager', 'crew_lead', 'crew_member')),
  phone        text check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  email        text check (email = lower(email) and private.is_text(email, 255)),
  status       text not null default 'pending'
    check (status in ('pending', 'accepted', 'declined', 'revoked')),
  expires_at   timestamptz not null default private.now() + interval '14 days',
  invited_by   uuid references public.profiles on delete set null,
  responded_by uuid references public.profiles on delete set null,
  responded_at timestamptz,
  created_at   timestamptz not null default private.now(),
  updated_at   timestamptz not null default private.now(),
  check (num_nonnulls(phone, email) = 1)
);
comment on table public.provider_invitations is
  'Invitations to act for a provider; read by its owners and managers and by the invited.';
comment on column public.provider_invitations.phone is 'E.164, with plus.';
comment on column public.provider_invitations.status is
  'One that is pending after expires_at can no longer be accepted.';
create unique index provider_invitations_pending_key
  on public.provider_invitations (provider_id, coalesce(phone, email)) where status = 'pending';
create index provider_invitations_provider_id_created_at_idx
  on public.provider_invitations (provider_id, created_at);
create index provider_invitations_created_at_idx on public.provider_invitations (created_at);
create index provider_invitations_phone_idx on public.provider_invitations (phone);
create index provider_invitations_email_idx on public.provider_invitations (email);
create index provider_invitations_invited_by_idx on public.provider_invitations (invited_by);
create index provider_invitations_responded_by_idx on public.provider_invitations (responded_by);
create trigger _100_timestamps before insert or update on public.provider_invitations
  for each row execute function private.tg__timestamps();
alter table public.provider_invitations enable row level security;

insert into private.limits (name, maximum, reason, counted)
values (
  'daily_invitations', 50, 'too_many_invitations',
  'select count(*)
   from public.provider_invitations as invitation
   where invitation.provider_id = $1::uuid
     and invitation.created_at > private.now() - interval ''1 day'''
)
on conflict (name) do nothing;

create function private.my_contacts()
returns setof text
language sql
stable
security definer
set search_path = ''
as $$
  select contact.value
  from auth.users as account
  cross join lateral (
    -- Auth keeps phones without the plus.
    values
      (private.normalize_phone('+' || account.phone), account.phone_confirmed_at),
      (lower(account.email), account.email_confirmed_at)
  ) as contact (value, confirmed_at)
  where account.id = (select private.me()) and contact.confirmed_at is not null
$$;
comment on function private.my_contacts is
  'Phone and e-mail of the signed-in user, those that are confirmed.';
grant execute on function private.my_contacts to authenticated, service_role;

grant select on public.provider_invitations to authenticated, service_role;
create policy select_manager_or_invited on public.provider_invitations
  for select to authenticated
  using (
    provider_id in (select private.my_managed_provider_ids())
    or phone in (select private.my_contacts())
    or email in (select private.my_contacts())
  );

create function private.invitation_json(invitation public.provider_invitations)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'id', (invitation).id,
    'provider_id', (invitation).provider_id,
    'provider_names', provider.names,
    'role', (invitation).role,
    'phone', (invitation).phone,
    'email', (invitation).email,
    'status', case
      when (invitation).status = 'pending' and (invitation).expires_at <= private.now()
        then 'expired'
      else (invitation).status
    end,
    'expires_at', (invitation).expires_at,
    'created_at', (invitation).created_at
  )
  from public.providers as provider
  where provider.id = (invitation).provider_id
$$;
comment on function private.invitation_json is 'An invitation as clients see it.';

-- Fails with PT404 provider_not_found.
create function private.lock_managed_provider(provider_id text, user_id uuid default null)
returns public.provider_members
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
  v_id uuid := private.parse_uuid(lock_managed_provider.provider_id, 'invalid_provider_id');
  v_member public.provider_members;
begin
  -- Accounts first, as everywhere.
  perform 1
  from auth.users as account
  where account.id in (
    select member.user_id
    from public.provider_members as member
    where member.provider_id = v_id
      and member.user_id in (v_me, lock_managed_provider.user_id)
      and v_id in (select private.my_provider_ids())
  )
  order by account.id
  for share;
  -- Changes of the members of one provider take turns; strangers lock nothing.
  perform 1
  from public.providers as provider
  where provider.id = v_id and provider.id in (select private.my_provider_ids())
  for no key update;
  perform private.require_me();
  select * into v_member
  from public.provider_members as member
  where member.provider_id = v_id and member.user_id = v_me;
  if v_member.user_id is null then
    perform private.fail('provider_not_found');
  end if;
  return v_member;
end;
$$;
comment on function private.lock_managed_provider is
  'The caller''s membership, with the provider locked, and the accounts of the caller and of the
other member whose power is to change.';

create function private.outranks(actor_role text, role text)
returns boolean
language sql
immutable
set search_path = ''
as $$
  -- Owners decide about everybody, managers about crews.
  select outranks.actor_role = 'owner'
    or outranks.actor_role = 'manager' and outranks.role in ('crew_lead', 'crew_member')
$$;
comment on function private.outranks is
  'Whether a member of the first role decides about the second.';

-- Fails with PT403 role_not_allowed.
create function private.require_rank(actor_role text, role text)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
  if private.outranks(require_rank.actor_role, require_rank.role) is not true then
    perform private.fail('role_not_allowed');
  end if;
end;
$$;
comment on function private.require_rank is
  'Refuses to decide about a role that is not below the actor''s.';

create function private.parse_member_role(role text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  if coalesce(parse_member_role.role, '') not in ('owner', 'manager', 'crew_lead', 'crew_member')
  then
    perform private.fail('invalid_role', 'owner, manager, crew_lead or crew_member');
  end if;
  return parse_member_role.role;
end;
$$;
comment on function private.parse_member_role is 'A role of provider_members.';

create function private.invite_member(
  provider_id text, role text, phone text default null, email text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_actor public.provider_members := private.lock_managed_provider(invite_member.provider_id);
  v_role text := private.parse_member_role(invite_member.role);
  v_phone text := private.parse_phone(
    invite_member.phone, 'invalid_phone', private.provider_country(v_actor.provider_id)
  );
  v_email text := lower(private.parse_text(invite_member.email, 'invalid_email', 255, false));
  v_replaced_role text;
  v_invitation public.provider_invitations;
begin
  perform private.require_rank(v_actor.role, v_role);
  if num_nonnulls(v_phone, v_email) <> 1 then
    perform private.fail('invalid_phone', 'given, or else email');
  end if;
  if v_email !~ '^[^@\s]+@[^@\s]+\.[^@\s]+$' then
    perform private.fail('invalid_email', 'an e-mail address');
  end if;
  if exists (
    select 1
    from public.provider_members as member
    join auth.users as account on account.id = member.user_id
    where member.provider_id = v_actor.provider_id
      and (
        private.normalize_phone('+' || account.phone) = v_phone
          and account.phone_confirmed_at is not null
        or lower(account.email) = v_email and account.email_confirmed_at is not null
      )
  ) then
    perform private.fail('already_member');
  end if;
  perform private.require_room('daily_invitations', v_actor.provider_id::text);
  -- A new invitation takes the place of one that is still open, if the actor may take that back.
  update public.provider_invitations as invitation
  set status = 'revoked', responded_by = v_actor.user_id, responded_at = private.now()
  where invitation.provider_id = v_actor.provider_id
    and coalesce(invitation.phone, invitation.email) = coalesce(v_phone, v_email)
    and invitation.status = 'pending'
  returning case when invitation.expires_at > private.now() then invitation.role end
  into v_replaced_role;
  if v_replaced_role is not null then
    perform private.require_rank(v_actor.role, v_replaced_role);
  end if;
  insert into public.provider_invitations as invitation (
    provider_id, role, phone, email, invited_by
  )
  values (v_actor.provider_id, v_role, v_phone, v_email, v_actor.user_id)
  returning invitation.* into v_invitation;
  return private.invitation_json(v_invitation);
end;
$$;
comment on function private.invite_member is
  'Invites whoever has this phone or e-mail to act for the business; a new invitation replaces an
open one. Owners invite to any role, managers to crews. Expires after 14 days.
phone: with its calling code or as the market''s country writes it.';

select private.expose('invite_member', 'authenticated');
