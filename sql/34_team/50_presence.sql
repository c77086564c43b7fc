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
