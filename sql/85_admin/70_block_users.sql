-- Blocking people. private.me() asks for the status at every request, so a block works from the
-- next one on, however long the token lives. The ban that Auth knows follows the status by trigger.
alter table public.profiles add column status_until timestamptz;
comment on column public.profiles.status_until is
  'When a block ends by itself, within a minute; null: when an admin ends it.';
create index profiles_status_until_idx on public.profiles (status_until)
  where status_until is not null;

-- Auth knows no ban without an end: one for good ends in a hundred years.
create function private.tg_profiles__ban()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if new.status <> 'active' then
    update auth.users as account
    set banned_until = coalesce(new.status_until, private.now() + interval '100 years')
    where account.id = new.id;
  else
    -- A ban that is over needs no change.
    update auth.users as account
    set banned_until = null
    where account.id = new.id and account.banned_until > private.now();
  end if;
  return null;
end;
$$;
comment on function private.tg_profiles__ban is
  'Trigger _500_ban of profiles: Auth gives no new token to whoever is not active.';
create trigger _500_ban after update of status, status_until on public.profiles
  for each row execute function private.tg_profiles__ban();

create function private.is_banned(profile public.profiles)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select 1
    from auth.users as account
    where account.id = (profile).id and account.banned_until > private.now()
  )
$$;
comment on function private.is_banned is 'Whether Auth gives no new token.';

create function private.user_state(profile public.profiles)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', profile.id,
    'status', profile.status,
    'status_reason', profile.status_reason,
    'status_until', profile.status_until
  )
$$;
comment on function private.user_state is 'What admins decide about a user.';

-- Fails with PT401, PT403 user_blocked and not_allowed, PT404 user_not_found, PT409
-- cannot_block_self.
create function private.set_user_status(
  action text, user_id uuid, status text, reason text, until timestamptz
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid;
  v_before public.profiles;
  v_after public.profiles;
begin
  -- Before the lock, so that only admins can make admins wait.
  perform private.require_admin();
  -- Admins act one after the other, and the second is checked again after waiting. So two can't
  -- block each other, and one admin is always left.
  perform pg_advisory_xact_lock(hashtextextended('admins', 0));
  v_me := private.require_admin();
  if user_id = v_me then
    perform private.fail('cannot_block_self');
  end if;
  -- The account first: whoever deletes it locks in this order too.
  perform 1 from auth.users as account where account.id = user_id for no key update;
  select * into v_before
  from public.profiles as profile
  where profile.id = set_user_status.user_id
  for no key update;
  if v_before.id is null then
    perform private.fail('user_not_found');
  end if;
  -- Said twice is done once: a client that did not hear the answer may repeat the call.
  if (v_before.status, v_before.status_until) is not distinct from (status, until)
    and (status = 'active' or v_before.status_reason = reason)
    -- Somebody who was banned only in Auth is still banned.
    and private.is_banned(v_before) = (status <> 'active')
  then
    return private.user_state(v_before);
  end if;
  update public.profiles as profile
  set
    status = set_user_status.status,
    status_reason = case when set_user_status.status <> 'active' then reason end,
    status_until = set_user_status.until
  where profile.id = v_before.id
  returning profile.* into v_after;
  perform private.log_admin_action(
    action, 'user', v_before.id::text, private.user_state(v_before), private.user_state(v_after),
    reason
  );
  return private.user_state(v_after);
end;
$$;
comment on function private.set_user_status is
  'Makes the change and logs it, unless it is made already.';

create function private.block_user(user_id text, reason text, until text default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_id uuid := private.parse_uuid(block_user.user_id, 'invalid_user_id');
  v_reason text := private.parse_text(block_user.reason, 'invalid_reason', 1000);
  v_until timestamptz;
begin
  if until is not null then
    v_until := private.parse_timestamp(until, 'invalid_until');
    if (v_until > private.now() and v_until < private.now() + interval '10 years') is not true then
      perform private.fail('invalid_until', 'a time to come, within ten years');
    end if;
  end if;
  return private.set_user_status('block_user', v_id, 'blocked', v_reason, v_until);
end;
$$;
comment on function private.block_user is
  'For admins: the user can do nothing from the next request on, and gets no new token.
until: ISO 8601, none for good.';

create function private.unblock_user(user_id text, reason text)
returns jsonb
language sql
volatile
security definer
set search_path = ''
as $$
  select private.set_user_status(
    'unblock_user',
    private.parse_uuid(user_id, 'invalid_user_id'),
    'active',
    private.parse_text(reason, 'invalid_reason', 1000),
    null
  )
$$;
comment on function private.unblock_user is
  'For admins: ends a block, and a ban that was set in Auth.';

select private.expose('unblock_user', 'authenticated');
select private.expose('block_user', 'authenticated');

create function private.lift_due_blocks()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_count integer;
begin
  -- All accounts, then all businesses, so that nobody waits for this in turn.
  perform 1
  from auth.users as account
  where account.id in (
    select profile.id from public.profiles as profile where profile.status_until <= private.now()
  )
  order by account.id
  for no key update;
  perform 1
  from public.providers as provider
  where provider.id in (
    select member.provider_id
    from public.provider_members as member
    join public.profiles as profile on profile.id = member.user_id
    where profile.status_until <= private.now() and member.role = 'owner'
  )
  order by provider.id
  for no key update;
  update public.profiles
  set status = 'active', status_reason = null, status_until = null
  where status_until <= private.now();
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.lift_due_blocks is
  'Job: ends blocks whose time is over. Returns how many.';
