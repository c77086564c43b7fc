-- Built from sql/34_team by `npm run generate`: edit it there.

-- Errors of team: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  (
    'already_member', 409, 'This person is a member already.',
    'Change the role of the member instead.'
  ),
  ('invitation_closed', 409, 'This invitation is no longer open.', 'Ask for a new one.'),
  (
    'invitation_not_found', 404, 'There is no such invitation.',
    'Use an id that list_invitations returned.'
  ),
  ('last_owner', 409, 'A business keeps at least one owner.', 'Make somebody else an owner first.'),
  (
    'member_not_found', 404, 'There is no such member.',
    'Use the user_id of a row of provider_members.'
  ),
  ('role_not_allowed', 403, 'Your role in the business does not allow this.', 'Ask an owner.'),
  (
    'too_many_invitations', 429, 'A business invites at most %s people a day.',
    'Try again tomorrow.'
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{email, invitation_id, phone}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

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

-- Which members of a business are there. Now: members track themselves as present on the topic
-- `provider:<id>`, which anybody who may see the business may watch. When last: a row per member,
-- written at most twice a minute.
create table public.member_presence (
  provider_id  uuid not null,
  user_id      uuid not null,
  last_seen_at timestamptz not null default private.now(),
  primary key (provider_id, user_id),
  foreign key (provider_id, user_id)
    references public.provider_members (provider_id, user_id) on delete cascade
);
comment on table public.member_presence is
  'When members of a business last used the app; apart from provider_members, since it changes
all the time.';
comment on column public.member_presence.last_seen_at is 'To half a minute.';
create index member_presence_last_seen_at_idx
  on public.member_presence (provider_id, last_seen_at desc);
alter table public.member_presence enable row level security;
-- No write grants: touch_presence writes.
grant select on public.member_presence to authenticated;
create policy select_member_or_admin on public.member_presence for select to authenticated
  using (
    provider_id in (select private.my_provider_ids()) or (select private.has_role('admin'))
  );

create function private.touch_presence()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
begin
  insert into public.member_presence as seen (provider_id, user_id)
  select member.provider_id, member.user_id
  from public.provider_members as member
  where member.user_id = v_me
  order by member.provider_id
  on conflict (provider_id, user_id) do update set last_seen_at = private.now()
  -- The limit: somebody who calls all the time only reads an index and writes nothing.
  where seen.last_seen_at < private.now() - interval '30 seconds';
  return (
    select jsonb_build_object('last_seen_at', max(seen.last_seen_at))
    from public.member_presence as seen
    where seen.user_id = v_me
  );
end;
$$;
comment on function private.touch_presence is
  'Says that the caller is there, to all businesses that they are a member of: {last_seen_at}, null
for a member of none. Kept to half a minute; calling more often costs next to nothing.';
create index member_presence_user_id_idx on public.member_presence (user_id);

create function private.provider_last_seen(provider_id text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_id uuid := private.parse_uuid(provider_last_seen.provider_id, 'invalid_provider_id');
begin
  perform private.require_me();
  if not private.can_watch_provider(v_id) then
    perform private.fail('provider_not_found');
  end if;
  return jsonb_build_object(
    'provider_id', v_id,
    'last_seen_at', (
      select max(seen.last_seen_at)
      from public.member_presence as seen
      where seen.provider_id = v_id and private.is_live(seen.user_id)
    )
  );
end;
$$;
comment on function private.provider_last_seen is
  'When anybody of the business last was there, not who: {provider_id, last_seen_at}.';

create function private.can_watch_provider(provider_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select (select private.me()) is not null and exists (
    select 1
    from public.providers as provider
    where provider.id = can_watch_provider.provider_id
      and (
        provider.status = 'active'
        or provider.id in (select private.my_provider_ids())
        or (select private.has_role('admin'))
      )
  )
$$;
comment on function private.can_watch_provider is
  'Whether the user may know whether the business is there.';

create function private.provider_of_topic(topic text)
returns uuid
language sql
immutable
set search_path = ''
as $$
  select private.uuid_in(topic, '^provider:<id>$')
$$;
comment on function private.provider_of_topic is 'Of `provider:<id>`; null for any other.';

create function private.can_join_provider_topic(topic text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.can_watch_provider(private.provider_of_topic(topic))
$$;
comment on function private.can_join_provider_topic is
  'Whether the user may watch who is present on this topic of a business.';

create function private.can_appear_on_topic(topic text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.provider_of_topic(topic) in (select private.my_provider_ids())
$$;
comment on function private.can_appear_on_topic is
  'Whether the user may be present on this topic: as a member of the business.';

select private.expose('provider_last_seen', 'authenticated');
select private.expose('touch_presence', 'authenticated');
grant execute on function private.can_join_provider_topic, private.can_appear_on_topic
  to authenticated, service_role;

-- To join a private topic one needs the right to read broadcasts, though nobody sends any here.
create policy select_provider_watcher on realtime.messages for select to authenticated
  using (
    extension in ('broadcast', 'presence')
    and (select private.can_join_provider_topic((select realtime.topic())))
  );
create policy insert_provider_member on realtime.messages for insert to authenticated
  with check (
    extension = 'presence'
    and (select private.can_appear_on_topic((select realtime.topic())))
  );
