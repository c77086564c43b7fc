-- Profiles: one row per auth user, made by trigger with the user.
-- Users read and edit their own; status belongs to admins, through service_role.
create table public.profiles (
  id                uuid primary key references auth.users on delete cascade,
  market_id         text references public.markets on delete restrict,
  display_name      text check (private.is_text(display_name, 100)),
  photo_path        text check (private.is_text(photo_path, 500)),
  language          text not null default 'en' check (language ~ '^[a-z]{2,3}$'),
  time_zone         text not null default 'UTC',
  status            text not null default 'active'
    check (status in ('active', 'blocked', 'banned')),
  status_reason     text check (private.is_text(status_reason, 1000)),
  status_changed_at timestamptz,
  created_at        timestamptz not null default private.now(),
  updated_at        timestamptz not null default private.now()
);
comment on table public.profiles is 'One row per user; created with the auth user.';
comment on column public.profiles.market_id is 'Home market; null until known.';
comment on column public.profiles.photo_path is 'Path of the photo in Storage.';
comment on column public.profiles.language is
  'Language to address the user in, ISO 639; of a tag such as hi-IN the trigger keeps hi.';
comment on column public.profiles.time_zone is 'IANA name.';
comment on column public.profiles.status is
  'A user who is not active can do nothing from the next request on, whatever the token says.';
create index profiles_market_id_idx on public.profiles (market_id);

-- Raises PT400 with the column that is wrong, before a check constraint would.
create function private.tg_profiles__validate()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  new.display_name := private.parse_text(new.display_name, 'invalid_display_name', 100, false);
  new.photo_path := private.parse_text(new.photo_path, 'invalid_photo_path', 500, false);
  new.language := private.parse_language(new.language, 'invalid_language');
  if private.is_time_zone(new.time_zone) is not true then
    perform private.fail('invalid_time_zone', 'an IANA time zone, as Asia/Kolkata');
  end if;
  -- A market that the caller may see; one that has closed since stays.
  if new.market_id is not null
    and (tg_op = 'INSERT' or new.market_id is distinct from old.market_id)
    and not exists (select 1 from public.markets as market where market.id = new.market_id)
  then
    perform private.fail('invalid_market_id', 'the id of a market');
  end if;
  if tg_op = 'UPDATE' and new.status <> old.status then
    new.status_changed_at := private.now();
  end if;
  return new;
end;
$$;
comment on function private.tg_profiles__validate is 'Trigger _050_validate of profiles.';

create trigger _050_validate before insert or update on public.profiles
  for each row execute function private.tg_profiles__validate();
create trigger _100_timestamps before insert or update on public.profiles
  for each row execute function private.tg__timestamps();
alter table public.profiles enable row level security;
grant select, update (display_name, photo_path, language, time_zone, market_id)
  on public.profiles to authenticated;
-- No insert or delete grant: rows come and go with the auth user.
grant select, update on public.profiles to service_role;
