-- Providers of the signed-in user. Used in policies as `in (select …)`, so that they run once.

create function private.my_provider_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select member.provider_id
  from public.provider_members as member
  where member.user_id = (select private.me())
$$;
comment on function private.my_provider_ids is 'Providers that the user is a member of.';

create function private.my_managed_provider_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select member.provider_id
  from public.provider_members as member
  where member.user_id = (select private.me()) and member.role in ('owner', 'manager')
$$;
comment on function private.my_managed_provider_ids is 'Providers that the user owns or manages.';

grant execute on function private.my_provider_ids, private.my_managed_provider_ids
  to authenticated, service_role;

-- Raises PT409 own_business.
create function private.reject_own_business()
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform private.fail('own_business');
end;
$$;
comment on function private.reject_own_business is
  'Refuses what would have one person act for both sides.';

-- Raises PT409 own_business. Somebody who joins the business meanwhile waits, and then finds the
-- booking.
create function private.require_no_member(provider_id uuid, user_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.take_turn('both_sides', concat_ws(':', provider_id, user_id));
  if exists (
    select 1
    from public.provider_members as member
    where member.provider_id = require_no_member.provider_id
      and member.user_id = require_no_member.user_id
  ) then
    perform private.reject_own_business();
  end if;
end;
$$;
comment on function private.require_no_member is 'Refuses a user who works for the business.';

create policy select_active on public.providers for select to anon
  using (status = 'active');
create policy select_active_member_or_admin on public.providers for select to authenticated
  using (
    (status = 'active' and (select private.me()) is not null)
    or id in (select private.my_provider_ids())
    or (select private.has_role('admin'))
  );
create policy update_manager on public.providers for update to authenticated
  using (id in (select private.my_managed_provider_ids()))
  with check (id in (select private.my_managed_provider_ids()));

create policy select_member_or_admin on public.provider_members for select to authenticated
  using (
    provider_id in (select private.my_provider_ids()) or (select private.has_role('admin'))
  );
