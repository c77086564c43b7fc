-- A business lives by its owners. Accounts that are blocked, banned or deleted count as nobody: an
-- active business that no living account owns is `ownerless`, which hides it and takes no bookings
-- until an owner is back. Triggers hold this, whoever writes.
--
-- Order of locks, everywhere: accounts, then providers, each in the order of their ids, then
-- members, then turns. So a change of members and the end of an account can't wait for each other.

create function private.has_live_owner(provider_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select 1
    from public.provider_members as member
    where member.provider_id = has_live_owner.provider_id
      and member.role = 'owner'
      and private.is_live(member.user_id)
  )
$$;
comment on function private.has_live_owner is 'Whether somebody who may act owns it.';
grant execute on function private.has_live_owner to service_role;

-- Of the caller's rights: clients can't write the status.
create function private.tg_providers__settle()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if not private.has_live_owner(new.id) then
    new.status := 'ownerless';
  end if;
  return new;
end;
$$;
comment on function private.tg_providers__settle is 'Trigger _060_settle of providers.';
create trigger _060_settle before insert or update of status on public.providers
  for each row when (new.status = 'active')
  execute function private.tg_providers__settle();

create function private.settle_providers(provider_ids uuid[])
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_count integer;
begin
  -- All of them: one that is activated meanwhile looks pending or suspended until it is locked.
  perform 1
  from public.providers as provider
  where provider.id = any (provider_ids)
  order by provider.id
  for no key update;
  -- A statement of its own, so that it sees what was committed while this one waited.
  update public.providers as provider
  set status = 'active'
  where provider.id = any (provider_ids)
    and provider.status in ('active', 'ownerless')
    and (provider.status = 'active') <> private.has_live_owner(provider.id);
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.settle_providers is
  'Makes those active that have a living owner, and ownerless those that have none.';

create function private.tg_provider_members__settle()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.settle_providers(array[old.provider_id, new.provider_id]);
  return null;
end;
$$;
comment on function private.tg_provider_members__settle is
  'Trigger _400_settle of provider_members.';
create trigger _400_settle
  after insert or update of provider_id, user_id, role or delete on public.provider_members
  for each row execute function private.tg_provider_members__settle();

create function private.tg__settle_owned()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.settle_providers(array(
    select member.provider_id
    from public.provider_members as member
    where member.user_id = new.id and member.role = 'owner'
  ));
  return null;
end;
$$;
comment on function private.tg__settle_owned is
  'Triggers _510_settle_owned of profiles and auth.users, when an account dies or comes back.';
create trigger _510_settle_owned after update of status on public.profiles
  for each row when (old.status <> new.status)
  execute function private.tg__settle_owned();
create trigger _510_settle_owned after update of banned_until, deleted_at on auth.users
  for each row
  when ((old.banned_until, old.deleted_at) is distinct from (new.banned_until, new.deleted_at))
  execute function private.tg__settle_owned();

-- The row of auth.users is locked by now; its profile, which others refer to, is not yet.
create function private.tg_auth_users__lock_providers()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform 1
  from public.providers as provider
  where provider.id in (
    select member.provider_id
    from public.provider_members as member
    where member.user_id = old.id
  )
  order by provider.id
  for no key update;
  return old;
end;
$$;
comment on function private.tg_auth_users__lock_providers is
  'Trigger _050_lock_providers of auth.users: before the memberships go with the account.';
create trigger _050_lock_providers before delete on auth.users
  for each row execute function private.tg_auth_users__lock_providers();

create index providers_ownerless_idx on public.providers (id) where status = 'ownerless';

create function private.settle_ownerless()
returns integer
language sql
volatile
security definer
set search_path = ''
as $$
  select private.settle_providers(array(
    select provider.id
    from public.providers as provider
    where provider.status = 'ownerless' and private.has_live_owner(provider.id)
  ))
$$;
comment on function private.settle_ownerless is
  'Job: a ban of Auth ends by the clock, and writes nothing. Returns how many came back.';

-- A share of the account's row, so that it neither dies nor comes back meanwhile.
create function private.tg_provider_members__require_live()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform 1 from auth.users as account where account.id = new.user_id for share;
  if not private.is_live(new.user_id) then
    perform private.fail('member_inactive');
  end if;
  return new;
end;
$$;
comment on function private.tg_provider_members__require_live is
  'Trigger _050_require_live of provider_members: the dead get no role.';
create trigger _050_require_live before insert or update of user_id, role
  on public.provider_members
  for each row execute function private.tg_provider_members__require_live();

-- Whichever way somebody becomes an owner or a member, it counts.
insert into private.limits (name, maximum, reason, counted)
values (
  'provider_members', 100, 'too_many_members',
  'select count(*) from public.provider_members as member where member.provider_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _600_limit_members after insert on public.provider_members
  referencing new table as added
  for each statement execute function private.tg__limit('provider_members', 'provider_id');

insert into private.limits (name, maximum, reason, counted)
values (
  'memberships', 50, 'too_many_memberships',
  'select count(*) from public.provider_members as member where member.user_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _610_limit_memberships after insert on public.provider_members
  referencing new table as added
  for each statement execute function private.tg__limit('memberships', 'user_id');

insert into private.limits (name, maximum, reason, counted)
values (
  'owned_providers', 10, 'too_many_providers',
  'select count(*)
   from public.provider_members as member
   where member.user_id = $1::uuid and member.role = ''owner'''
)
on conflict (name) do nothing;
create trigger _620_limit_owned after insert or update of user_id, role on public.provider_members
  for each row when (new.role = 'owner')
  execute function private.tg__limit('owned_providers', 'user_id');
