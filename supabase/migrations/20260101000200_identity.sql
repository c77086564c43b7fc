-- Built from sql/20_identity by `npm run generate`: edit it there.

-- Errors of identity: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  ('not_signed_in', 401, 'Nobody is signed in.', 'Sign in and call again.'),
  ('phone_misspelled', 422, '%s', 'Send the number in this spelling.'),
  (
    'second_factor_required', 403, 'This needs your second factor.',
    'Enter the code of your authenticator app and call again.'
  ),
  ('too_many_addresses', 409, 'A user has at most %s addresses.', 'Delete one first.'),
  ('too_many_changes', 429, 'You make too many changes.', 'Try again in %s seconds.'),
  ('user_blocked', 403, 'This account is blocked.', 'Contact support.')
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{app_version, display_name, is_default, label, photo_path, platform, push_token, state}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

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

-- Roles on the platform beyond customer, which everybody is. Membership of a provider is in
-- provider_members. Only service_role grants and revokes.
create table public.user_roles (
  user_id    uuid not null references public.profiles on delete cascade,
  role       text not null
    check (role in ('admin', 'moderator', 'support', 'finance', 'corporate')),
  granted_by uuid references public.profiles on delete set null,
  created_at timestamptz not null default private.now(),
  updated_at timestamptz not null default private.now(),
  primary key (user_id, role)
);
comment on table public.user_roles is 'Roles on the platform; everybody is a customer without one.';
create index user_roles_granted_by_idx on public.user_roles (granted_by);
create trigger _100_timestamps before insert or update on public.user_roles
  for each row execute function private.tg__timestamps();
alter table public.user_roles enable row level security;
grant select on public.user_roles to authenticated;
grant select, insert, delete on public.user_roles to service_role;

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

-- How often one person may do something: a bucket of tokens per person and action, refilled evenly.
create table private.rate_limits (
  action         text primary key check (action ~ '^[a-z_]+$'),
  capacity       integer not null check (capacity > 0),
  window_seconds integer not null check (window_seconds > 0),
  reason         text not null references private.errors on delete restrict,
  created_at     timestamptz not null default private.now(),
  updated_at     timestamptz not null default private.now()
);
comment on table private.rate_limits is
  'Limits of what one person does; each domain adds those of its own.';
comment on column private.rate_limits.capacity is 'Calls that may come at once.';
comment on column private.rate_limits.window_seconds is 'Time in which an empty bucket fills.';
comment on column private.rate_limits.reason is 'Of the refusal, whose texts have the seconds.';
create index rate_limits_reason_idx on private.rate_limits (reason);
create trigger _100_timestamps before insert or update on private.rate_limits
  for each row execute function private.tg__timestamps();

insert into private.rate_limits (action, capacity, window_seconds, reason)
values ('change_settings', 60, 60, 'too_many_changes')
on conflict (action) do nothing;

create table private.token_buckets (
  user_id     uuid not null references public.profiles on delete cascade,
  action      text not null references private.rate_limits on delete cascade,
  tokens      double precision not null,
  refilled_at timestamptz not null,
  primary key (user_id, action)
);
comment on table private.token_buckets is 'What is left of a limit; none means all of it.';
create index token_buckets_action_idx on private.token_buckets (action);

create function private.tokens_now(bucket private.token_buckets, rate private.rate_limits)
returns double precision
language sql
volatile
set search_path = ''
as $$
  select least(
    (rate).capacity::float8,
    (bucket).tokens
      + greatest(extract(epoch from private.moment() - (bucket).refilled_at)::float8, 0)
        * (rate).capacity / (rate).window_seconds
  )
$$;
comment on function private.tokens_now is 'Tokens in the bucket at this moment.';

-- Raises PT429 with the reason of the row.
create function private.take_token(user_id uuid, action text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_limit private.rate_limits;
  v_wait integer;
begin
  select * into strict v_limit
  from private.rate_limits as limited
  where limited.action = take_token.action;
  insert into private.token_buckets as bucket (user_id, action, tokens, refilled_at)
  values (take_token.user_id, take_token.action, v_limit.capacity - 1, private.moment())
  on conflict on constraint token_buckets_pkey do update
  set tokens = private.tokens_now(bucket, v_limit) - 1, refilled_at = excluded.refilled_at
  where private.tokens_now(bucket, v_limit) >= 1;
  if found then
    return;
  end if;
  select ceil(
      (1 - private.tokens_now(bucket, v_limit)) * v_limit.window_seconds / v_limit.capacity
    )
  into v_wait
  from private.token_buckets as bucket
  where bucket.user_id = take_token.user_id and bucket.action = take_token.action;
  perform private.fail(v_limit.reason, greatest(v_wait, 1)::text);
end;
$$;
comment on function private.take_token is
  'Takes a token, or refuses and says after how many seconds there will be one. '
  'A call that fails afterwards gives it back, since its transaction is rolled back.';

-- Gives each new auth user a profile. What the user wishes in raw_user_meta_data (market, language,
-- time_zone, display_name) is untrusted: what doesn't fit becomes a default, and never stops the
-- sign-up.
create function private.tg_auth_users__create_profile()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_wish jsonb := case jsonb_typeof(new.raw_user_meta_data)
    when 'object' then new.raw_user_meta_data
    else '{}'
  end;
  v_market public.markets;
  v_name text;
  v_key text;
begin
  select * into v_market
  from public.markets as market
  where market.is_active
    and (
      market.id = v_wish ->> 'market'
      or coalesce(v_wish ->> 'market', '') = '' and new.phone like market.calling_code || '%'
        and not exists (
          -- A calling code that several markets share tells nothing.
          select 1
          from public.markets as other
          where other.id <> market.id
            and other.is_active
            and new.phone like other.calling_code || '%'
        )
    );
  foreach v_key in array array['name', 'full_name', 'display_name'] loop
    if jsonb_typeof(v_wish -> v_key) = 'string' then
      v_name := private.clean_text(
        left(regexp_replace(v_wish ->> v_key, '[\u0001-\u001f\u007f-\u009f]', ' ', 'g'), 100)
      );
    end if;
  end loop;
  insert into public.profiles (id, market_id, display_name, language, time_zone)
  values (
    new.id,
    v_market.id,
    v_name,
    coalesce(private.language_of(v_wish ->> 'language'), v_market.default_language, 'en'),
    case
      when private.is_time_zone(v_wish ->> 'time_zone') then v_wish ->> 'time_zone'
      else coalesce(v_market.time_zone, 'UTC')
    end
  )
  on conflict (id) do nothing;
  return new;
end;
$$;
comment on function private.tg_auth_users__create_profile is 'Trigger of auth.users.';

create trigger _500_create_profile after insert on auth.users
  for each row execute function private.tg_auth_users__create_profile();

-- Users that were there before this migration.
insert into public.profiles (id)
select account.id from auth.users as account
on conflict (id) do nothing;

-- Auth compares phones digit by digit, as they were typed, and codes go to the SIM: with a second
-- spelling one SIM would have a second account, and a banned person would be back. So an account
-- has its phone in the one spelling of private.normalize_phone.
--
-- New accounts are refused by the hook before_user_created and changes by the Send SMS hook
-- (function otp), in words that reach the user. The trigger stops everybody who goes round both;
-- then Auth tells the user only 500 unexpected_failure.
create function private.phone_complaint(phone text)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  -- Auth keeps phones without the plus.
  v_phone text := '+' || nullif(ltrim(phone_complaint.phone, '+'), '');
  v_right text := private.normalize_phone(v_phone);
begin
  return case
    when v_phone is null or v_right = v_phone then null
    when v_right is null then 'No phone can have the number ' || v_phone || '.'
    else 'Write this number as ' || v_right || '.'
  end;
end;
$$;
comment on function private.phone_complaint is
  'What the user should read about a phone as Auth keeps it; null when it is right or absent.';

-- `security definer`, so that Auth needs rights on this function alone.
create function private.before_user_created(event jsonb)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(
    (
      select jsonb_build_object(
        'error', jsonb_build_object('http_code', 422, 'message', complaint.message)
      )
      from private.phone_complaint(event #>> '{user,phone}') as complaint (message)
      where complaint.message is not null
    ),
    '{}'
  )
$$;
comment on function private.before_user_created is
  'Hook of Auth ([auth.hook.before_user_created] in config.toml), run for every sign-up.';
grant usage on schema private to supabase_auth_admin;
grant execute on function private.before_user_created to supabase_auth_admin;

-- Raises PT422 phone_misspelled.
create function private.tg_auth_users__check_phones()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_message text;
begin
  select complaint.message into v_message
  from (values (new.phone, old.phone), (new.phone_change, old.phone_change))
    as given (phone, before)
  cross join private.phone_complaint(given.phone) as complaint (message)
  where given.phone is distinct from given.before and complaint.message is not null
  limit 1;
  if v_message is not null then
    perform private.fail('phone_misspelled', v_message);
  end if;
  return new;
end;
$$;
comment on function private.tg_auth_users__check_phones is
  'Trigger of auth.users; accounts that were there before keep the phone they have.';

-- A soft deletion writes a hash where the phone was.
create trigger _050_check_phones before insert or update of phone, phone_change on auth.users
  for each row when (new.deleted_at is null)
  execute function private.tg_auth_users__check_phones();

-- Addresses of users: their own alone. One of them may be the default; a new default takes the
-- place of the former in the same statement.
create table public.addresses (
  id         uuid primary key default private.uuid_v7(),
  user_id    uuid not null default auth.uid() references public.profiles on delete cascade,
  label      text not null check (private.is_text(label, 50)),
  address    text not null check (private.is_text(address, 500)),
  landmark   text check (private.is_text(landmark, 200)),
  city       text check (private.is_text(city, 100)),
  district   text check (private.is_text(district, 100)),
  state      text check (private.is_text(state, 100)),
  postcode   text check (private.is_text(postcode, 20)),
  lat        double precision not null check (lat between -90 and 90),
  lng        double precision not null check (lng between -180 and 180),
  is_default boolean not null default false,
  created_at timestamptz not null default private.now(),
  updated_at timestamptz not null default private.now()
);
comment on table public.addresses is 'Where a user wants services; at most 50, read by its owner.';
comment on column public.addresses.label is 'As the user calls it: Home, Office.';
comment on column public.addresses.lat is 'WGS 84 degrees.';
comment on column public.addresses.lng is 'WGS 84 degrees.';
create index addresses_user_id_idx on public.addresses (user_id);
create unique index addresses_default_key on public.addresses (user_id) where is_default;

-- Raises PT400 with the column that is wrong.
create function private.tg_addresses__validate()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  new.label := private.parse_text(new.label, 'invalid_label', 50);
  new.address := private.parse_text(new.address, 'invalid_address', 500);
  new.landmark := private.parse_text(new.landmark, 'invalid_landmark', 200, false);
  new.city := private.parse_text(new.city, 'invalid_city', 100, false);
  new.district := private.parse_text(new.district, 'invalid_district', 100, false);
  new.state := private.parse_text(new.state, 'invalid_state', 100, false);
  new.postcode := private.parse_postcode(new.postcode, 'invalid_postcode');
  if (new.lat between -90 and 90) is not true then
    perform private.fail('invalid_lat', 'from -90 to 90');
  end if;
  if (new.lng between -180 and 180) is not true then
    perform private.fail('invalid_lng', 'from -180 to 180');
  end if;
  if new.is_default then
    -- Changes of one user take turns, so that two defaults don't meet. The policies leave the
    -- caller's own rows to the caller's rights.
    perform private.take_turn('addresses', new.user_id::text);
    update public.addresses as address
    set is_default = false
    where address.user_id = new.user_id and address.is_default and address.id <> new.id;
  end if;
  return new;
end;
$$;
comment on function private.tg_addresses__validate is 'Trigger _050_validate of addresses.';

create trigger _010_lock_me before insert or update on public.addresses
  for each statement execute function private.tg__lock_me();
create trigger _040_refuse_nulls before insert or update on public.addresses
  for each row when (new.is_default is null)
  execute function private.tg__refuse_nulls('invalid_is_default');
create trigger _050_validate before insert or update on public.addresses
  for each row execute function private.tg_addresses__validate();
create trigger _100_timestamps before insert or update on public.addresses
  for each row execute function private.tg__timestamps();
insert into private.limits (name, maximum, reason, counted)
values (
  'addresses', 50, 'too_many_addresses',
  'select count(*) from public.addresses as address where address.user_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _600_limit after insert on public.addresses
  referencing new table as added
  for each statement execute function private.tg__limit('addresses', 'user_id');
alter table public.addresses enable row level security;
grant
  select,
  insert (label, address, landmark, city, district, state, postcode, lat, lng, is_default),
  update (label, address, landmark, city, district, state, postcode, lat, lng, is_default),
  delete
on public.addresses to authenticated;
grant select on public.addresses to service_role;
create policy select_self on public.addresses for select to authenticated
  using (user_id = (select private.me()));
create policy insert_self on public.addresses for insert to authenticated
  with check (user_id = (select private.me()));
create policy update_self on public.addresses for update to authenticated
  using (user_id = (select private.me()))
  with check (user_id = (select private.me()));
create policy delete_self on public.addresses for delete to authenticated
  using (user_id = (select private.me()));

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

-- History of sign-ins, from the sessions of Auth. Sessions go when they end; these rows stay for a
-- year. An error here never stops the sign-in: a user without a profile leaves no row.
create table public.sign_ins (
  -- The session's.
  id         uuid primary key,
  user_id    uuid not null references public.profiles on delete cascade,
  method     text,
  ip         inet,
  user_agent text,
  created_at timestamptz not null default private.now(),
  updated_at timestamptz not null default private.now()
);
comment on table public.sign_ins is 'Who signed in when and from where; a user reads their own.';
comment on column public.sign_ins.id is 'The session, as in the claim session_id.';
comment on column public.sign_ins.method is 'As Auth names it: otp, password, oauth, anonymous.';
comment on column public.sign_ins.ip is
  'As Auth saw it, which believes the first hop of x-forwarded-for: a hint, no evidence.';
create index sign_ins_user_id_created_at_idx on public.sign_ins (user_id, created_at desc);
create index sign_ins_created_at_idx on public.sign_ins (created_at);
create trigger _100_timestamps before insert or update on public.sign_ins
  for each row execute function private.tg__timestamps();
alter table public.sign_ins enable row level security;
grant select on public.sign_ins to authenticated, service_role;
create policy select_self_or_admin on public.sign_ins for select to authenticated
  using (user_id = (select private.me()) or (select private.has_role('admin')));

create function private.tg_auth_sessions__record_sign_in()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into public.sign_ins (id, user_id, ip, user_agent)
  select new.id, profile.id, new.ip, left(new.user_agent, 500)
  from public.profiles as profile
  where profile.id = new.user_id
  on conflict (id) do nothing;
  return null;
end;
$$;
comment on function private.tg_auth_sessions__record_sign_in is 'Trigger of auth.sessions.';

create trigger _500_record_sign_in after insert on auth.sessions
  for each row execute function private.tg_auth_sessions__record_sign_in();

-- Auth says how a session began right after it has made it.
create function private.tg_auth_mfa_amr_claims__record_method()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.sign_ins as sign_in
  set method = left(new.authentication_method, 50)
  where sign_in.id = new.session_id and sign_in.method is null;
  return null;
end;
$$;
comment on function private.tg_auth_mfa_amr_claims__record_method is
  'Trigger of auth.mfa_amr_claims.';

create trigger _500_record_method after insert on auth.mfa_amr_claims
  for each row execute function private.tg_auth_mfa_amr_claims__record_method();

create function private.delete_old_sign_ins()
returns integer
language sql
volatile
security definer
set search_path = ''
as $$
  with deleted as (
    delete from public.sign_ins where created_at < private.now() - interval '1 year' returning 1
  )
  select count(*)::integer from deleted
$$;
comment on function private.delete_old_sign_ins is
  'Job: forgets sign-ins after a year. Returns how many.';
