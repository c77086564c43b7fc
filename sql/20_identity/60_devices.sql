-- Devices of users, for push messages. A push token belongs to one device: whoever signs in on it
-- takes it over, so that messages of the former user don't show there.
create table public.devices (
  id           uuid primary key default private.uuid_v7(),
  user_id      uuid not null references public.profiles on delete cascade,
  platform     text not null check (platform in ('ios', 'android', 'web')),
  push_token   text not null unique check (private.is_text(push_token, 2000)),
  name         text check (private.is_text(name, 100)),
  app_version  text check (private.is_text(app_version, 50)),
  last_seen_at timestamptz not null default private.now(),
  created_at   timestamptz not null default private.now(),
  updated_at   timestamptz not null default private.now()
);
comment on table public.devices is 'Devices that receive push messages; at most 20 of a user.';
comment on column public.devices.push_token is
  'Of the push service; on the web, the subscription as JSON.';
comment on column public.devices.name is 'As "Redmi Note 12".';
create index devices_user_id_last_seen_at_idx on public.devices (user_id, last_seen_at);
create trigger _100_timestamps before insert or update on public.devices
  for each row execute function private.tg__timestamps();
alter table public.devices enable row level security;
grant select, delete on public.devices to authenticated;
-- The push function forgets tokens that their service no longer knows.
grant select, delete on public.devices to service_role;
create policy select_self on public.devices for select to authenticated
  using (user_id = (select private.me()));
create policy delete_self on public.devices for delete to authenticated
  using (user_id = (select private.me()));

create function private.register_device(
  platform text, push_token text, name text default null, app_version text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.lock_me();
  v_token text := private.parse_text(register_device.push_token, 'invalid_push_token', 2000);
  v_name text := private.parse_text(register_device.name, 'invalid_name', 100, false);
  v_version text := private.parse_text(
    register_device.app_version, 'invalid_app_version', 50, false
  );
  v_device public.devices;
begin
  if coalesce(register_device.platform, '') not in ('ios', 'android', 'web') then
    perform private.fail('invalid_platform', 'ios, android or web');
  end if;
  select * into v_device
  from public.devices as known
  where known.push_token = v_token
    and known.user_id = v_me
    and (known.platform, known.name, known.app_version)
      is not distinct from (register_device.platform, v_name, v_version)
    and known.last_seen_at > private.now() - interval '1 minute';
  if found then
    return to_jsonb(v_device) - 'user_id';
  end if;
  perform private.take_token(v_me, 'change_settings');
  -- Two calls at once would not see each other's device, and both keep twenty.
  perform private.take_turn('devices', v_me::text);
  insert into public.devices as device (user_id, platform, push_token, name, app_version)
  values (v_me, register_device.platform, v_token, v_name, v_version)
  on conflict on constraint devices_push_token_key do update set
    user_id = excluded.user_id,
    platform = excluded.platform,
    name = excluded.name,
    app_version = excluded.app_version,
    last_seen_at = excluded.last_seen_at
  returning device.* into v_device;
  -- The longest unseen make room.
  delete from public.devices as device
  where device.id in (
    select old.id
    from public.devices as old
    where old.user_id = v_me and old.id <> v_device.id
    order by old.last_seen_at desc, old.id desc
    offset 19
  );
  return to_jsonb(v_device) - 'user_id';
end;
$$;
comment on function private.register_device is
  'Has push messages of the caller sent to this device, or says that it was seen again; a token of
another user becomes the caller''s. platform: ios, android or web. Returns the device.';

select private.expose('register_device', 'authenticated');
