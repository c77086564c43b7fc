-- Who is calling. A block or ban works from the next request on, however long the token lives,
-- because every policy and RPC asks here and does not ask the token. The helpers are plpgsql, since
-- they run in every request and plpgsql keeps their plans.

create function private.is_live(user_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return exists (
    select 1
    from public.profiles as profile
    join auth.users as account on account.id = profile.id
    where profile.id = is_live.user_id
      and profile.status = 'active'
      and account.deleted_at is null
      and (account.banned_until is null or account.banned_until <= private.now())
  );
end;
$$;
comment on function private.is_live is
  'Whether the account may act; one that is blocked, banned or deleted counts as nobody.';

create function private.me()
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return case when private.is_live(auth.uid()) then auth.uid() end;
end;
$$;
comment on function private.me is
  'The signed-in user; null when nobody is signed in or the user is blocked, banned or deleted.';

-- People who have enrolled a second factor want it to be needed. Somebody who has only the first
-- one may be a thief. The claim aal is aal2 once a session has passed it.
create function private.lacks_second_factor()
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return coalesce(auth.jwt() ->> 'aal', 'aal1') < 'aal2' and exists (
    select 1
    from auth.mfa_factors as factor
    where factor.user_id = (select auth.uid()) and factor.status = 'verified'
  );
end;
$$;
comment on function private.lacks_second_factor is
  'Whether the signed-in user has a second factor and signed in without it.';

create function private.has_role(role text)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return exists (
    select 1
    from public.user_roles as granted
    where granted.user_id = (select private.me()) and granted.role = has_role.role
  ) and not private.lacks_second_factor();
end;
$$;
comment on function private.has_role is
  'Whether the signed-in user holds the role, and has used the second factor if there is one.';

create function private.is_service()
returns boolean
language sql
stable
set search_path = ''
as $$
  select (select auth.role()) is not distinct from 'service_role'
$$;
comment on function private.is_service is 'Whether the call came with a secret key.';

-- Raises PT401 not_signed_in and PT403 user_blocked.
create function private.require_me()
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.me();
begin
  if v_me is null and auth.uid() is null then
    perform private.fail('not_signed_in');
  elsif v_me is null then
    perform private.fail('user_blocked');
  end if;
  return v_me;
end;
$$;
comment on function private.require_me is 'The signed-in user, who is not blocked.';

-- Raises as require_me, before and after it has waited.
create function private.lock_me()
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
begin
  perform 1 from auth.users as account where account.id = v_me for share;
  return private.require_me();
end;
$$;
comment on function private.lock_me is
  'The signed-in user, who stays one until the transaction ends.';
grant execute on function private.lock_me to authenticated, service_role;

-- Once for each statement, before it locks a row. The end of an account locks in the same order:
-- the account, then its rows.
-- Callers whose account has ended already are left to the policies.
create function private.tg__lock_me()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if private.me() is not null then
    perform private.lock_me();
  end if;
  return null;
end;
$$;
comment on function private.tg__lock_me is
  'Triggers _010_lock_me, where users write what belongs to them: it either goes with their account
or is not written.';

-- Raises PT403 second_factor_required.
create function private.require_second_factor()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if private.lacks_second_factor() then
    perform private.fail('second_factor_required');
  end if;
end;
$$;
comment on function private.require_second_factor is
  'Refuses who has a second factor and signed in without it.';

grant execute on function
  private.me, private.lacks_second_factor, private.has_role, private.is_service
to anon, authenticated, service_role;
grant execute on function private.require_me, private.require_second_factor
  to authenticated, service_role;

create policy select_self_or_admin on public.profiles for select to authenticated
  using (id = (select private.me()) or (select private.has_role('admin')));
create policy update_self on public.profiles for update to authenticated
  using (id = (select private.me()))
  with check (id = (select private.me()));

create trigger _010_lock_me
  before update of display_name, photo_path, language, time_zone, market_id on public.profiles
  for each statement execute function private.tg__lock_me();

create policy select_self_or_admin on public.user_roles for select to authenticated
  using (user_id = (select private.me()) or (select private.has_role('admin')));
