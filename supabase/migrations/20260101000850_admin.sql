-- Built from sql/85_admin by `npm run generate`: edit it there.

-- Errors of admin: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  ('cannot_block_self', 409, 'You can''t block yourself.', 'Ask another admin.'),
  (
    'configuration_changed', 409, 'Somebody else has changed this value.',
    'It is at version %s now.'
  ),
  (
    'configuration_not_found', 404, 'There is no such value or version.',
    'See list_configuration and list_configuration_versions.'
  ),
  (
    'decision_not_allowed', 409, 'This decision is not possible now.',
    'The business is %s and %s.'
  ),
  ('not_allowed', 403, 'Only admins may do this.', 'Ask an admin.'),
  (
    'provider_changed', 409, 'The business has changed since you saw it.',
    'Look at it again, and send its new fingerprint.'
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{action, admin_id, category, expected_version, is_public, key, resource_id, resource_type,
  until, version}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- The log of what admins do: one row per action, written in the action's own transaction, so that
-- one is never there without the other. Nobody changes or removes a row, not even the product's own
-- code. Deleted accounts stay named, so there are no foreign keys.
create table public.admin_actions (
  id            uuid primary key default private.uuid_v7(),
  admin_id      uuid not null,
  action        text not null check (action ~ '^[a-z_]+$'),
  resource_type text not null check (resource_type ~ '^[a-z_]+$'),
  resource_id   text not null,
  before        jsonb,
  after         jsonb,
  reason        text check (private.is_text(reason, 1000)),
  ip            inet,
  forwarded_for text check (length(forwarded_for) <= 500),
  user_agent    text check (length(user_agent) <= 500),
  created_at    timestamptz not null default private.now()
);
comment on table public.admin_actions is 'What admins did. Never changed.';
comment on column public.admin_actions.admin_id is 'The user who did it; kept after the account.';
comment on column public.admin_actions.action is 'Name of the RPC.';
comment on column public.admin_actions.resource_type is 'provider, user or configuration.';
comment on column public.admin_actions.resource_id is
  'Id of the provider or user; key of the configuration, as market/key where a market has its own.';
comment on column public.admin_actions.before is 'What the action changed, as it was; null if new.';
comment on column public.admin_actions.after is 'The same, as it is since.';
comment on column public.admin_actions.ip is 'As private.client_ip() knows it.';
comment on column public.admin_actions.forwarded_for is
  'The last 500 characters of the header: proxies append what they see, callers can only prepend.';
comment on column public.admin_actions.user_agent is 'As the client says; at most 500 characters.';
-- Filters of list_admin_actions; ids ascend with time.
create index admin_actions_admin_id_id_idx on public.admin_actions (admin_id, id desc);
create index admin_actions_resource_id_idx
  on public.admin_actions (resource_type, resource_id, id desc);
create index admin_actions_action_id_idx on public.admin_actions (action, id desc);

create function private.tg__append_only()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  raise insufficient_privilege using message = format('Rows of %s never change.', tg_table_name);
end;
$$;
comment on function private.tg__append_only is 'Trigger _050_append_only of logs.';

create trigger _050_append_only before update or delete or truncate on public.admin_actions
  for each statement execute function private.tg__append_only();
alter table public.admin_actions enable row level security;
-- No write grants, not even to service_role: only definer functions write.
grant select on public.admin_actions to authenticated;
create policy select_admin on public.admin_actions for select to authenticated
  using ((select private.has_role('admin')));

-- Raises PT401 not_signed_in, PT403 user_blocked, second_factor_required and not_allowed.
create function private.require_admin()
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
begin
  if not private.has_role('admin') then
    -- Only admins are told: it helps nobody else.
    if exists (
      select from public.user_roles as granted
      where granted.user_id = v_me and granted.role = 'admin'
    ) then
      perform private.require_second_factor();
    end if;
    perform private.fail('not_allowed');
  end if;
  return v_me;
end;
$$;
comment on function private.require_admin is 'The signed-in user, who is an admin.';

-- Raises PT400 with the reason.
create function private.parse_word(
  value text, reason text, max_length integer, is_required boolean default true
)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_word text := private.parse_text(parse_word.value, reason, max_length, is_required);
begin
  if v_word !~ '^[a-z][a-z0-9_]*$' then
    perform private.fail(reason, 'a word of small letters, digits and underscores');
  end if;
  return v_word;
end;
$$;
comment on function private.parse_word is 'A name as code gives it, as commission_rate.';

create function private.log_admin_action(
  action text, resource_type text, resource_id text, before jsonb, after jsonb, reason text
)
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  insert into public.admin_actions (
    admin_id, action, resource_type, resource_id, before, after, reason, ip, forwarded_for,
    user_agent
  )
  values (
    auth.uid(), action, resource_type, resource_id, before, after, reason,
    private.client_ip(),
    -- The end is what proxies wrote; the beginning may be as long as the caller likes.
    right(private.request_header('x-forwarded-for'), 500),
    left(private.request_header('user-agent'), 500)
  )
$$;
comment on function private.log_admin_action is
  'Writes one row of the log about the signed-in admin.';

-- The log as admins page through it.

create function private.list_admin_actions(
  admin_id text default null,
  action text default null,
  resource_type text default null,
  resource_id text default null,
  page_size jsonb default '20',
  cursor text default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_page_size integer := private.parse_integer(
    list_admin_actions.page_size, 'invalid_page_size', 1, 100, 20
  );
  v_before uuid := private.parse_uuid(
    private.decode_cursor(list_admin_actions.cursor, '{string}') ->> 0, 'invalid_cursor', false
  );
  v_admin_id uuid := private.parse_uuid(list_admin_actions.admin_id, 'invalid_admin_id', false);
  v_action text := private.parse_text(list_admin_actions.action, 'invalid_action', 100, false);
  v_resource_type text := private.parse_text(
    list_admin_actions.resource_type, 'invalid_resource_type', 100, false
  );
  v_resource_id text := private.parse_text(
    list_admin_actions.resource_id, 'invalid_resource_id', 200, false
  );
  v_answer jsonb;
begin
  perform private.require_admin();
  with page as (
    select logged.*, row_number() over (order by logged.id desc) as place
    from public.admin_actions as logged
    where (v_before is null or logged.id < v_before)
      and (v_admin_id is null or logged.admin_id = v_admin_id)
      and (v_action is null or logged.action = v_action)
      and (v_resource_type is null or logged.resource_type = v_resource_type)
      and (v_resource_id is null or logged.resource_id = v_resource_id)
    order by logged.id desc
    limit v_page_size + 1
  )
  select private.page(
    array_agg(to_jsonb(page) - 'place' order by page.place),
    array_agg(jsonb_build_array(page.id) order by page.place),
    v_page_size
  )
  into v_answer
  from page;
  return v_answer;
end;
$$;
comment on function private.list_admin_actions is
  'For admins: the log, latest first: {items, next_cursor}.
resource_type: provider, user or configuration. page_size: 1 to 100.';

select private.expose('list_admin_actions', 'authenticated');

-- Configuration: values that admins adjust while the platform runs, for all markets or for one.
-- Each change is a new version, also one that goes back. Every version stays.
create table public.configuration (
  id          uuid primary key default private.uuid_v7(),
  key         text not null check (key ~ '^[a-z][a-z0-9_]{0,99}$'),
  market_id   text references public.markets on delete restrict,
  version     integer not null default 1 check (version > 0),
  value       jsonb not null,
  category    text not null check (category ~ '^[a-z][a-z0-9_]{0,49}$'),
  description text check (private.is_text(description, 1000)),
  is_public   boolean not null default false,
  is_active   boolean not null default true,
  created_at  timestamptz not null default private.now(),
  updated_at  timestamptz not null default private.now(),
  unique nulls not distinct (key, market_id)
);
comment on table public.configuration is 'Values that admins adjust, as they are now.';
comment on column public.configuration.market_id is
  'Whose value it is; null for every market that has none of its own.';
comment on column public.configuration.version is 'Counts the changes from 1 without gaps.';
comment on column public.configuration.category is 'To list by: payment, subscription.';
comment on column public.configuration.is_public is 'Whether clients may read it.';
comment on column public.configuration.is_active is
  'A value that is not active counts as not there.';
create index configuration_market_id_idx on public.configuration (market_id);
create index configuration_category_idx on public.configuration (category);
create trigger _100_timestamps before insert or update on public.configuration
  for each row execute function private.tg__timestamps();
alter table public.configuration enable row level security;
-- No write grants, not even to service_role: set_configuration writes, and logs who did.
grant select on public.configuration to anon, authenticated, service_role;
create policy select_public on public.configuration for select to anon
  using (is_public and is_active);
create policy select_public_or_admin on public.configuration for select to authenticated
  using ((is_public and is_active) or (select private.has_role('admin')));

create table public.configuration_versions (
  id               uuid primary key default private.uuid_v7(),
  configuration_id uuid not null references public.configuration on delete restrict,
  version          integer not null,
  value            jsonb not null,
  is_public        boolean not null,
  is_active        boolean not null,
  changed_by       uuid,
  created_at       timestamptz not null default private.now(),
  unique (configuration_id, version)
);
comment on table public.configuration_versions is
  'Every version of every value, the current one included. Never changed.';
comment on column public.configuration_versions.changed_by is
  'The admin; null for a migration. Kept after the account.';

create function private.tg_configuration__write_version()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into public.configuration_versions (
    configuration_id, version, value, is_public, is_active, changed_by
  )
  values (new.id, new.version, new.value, new.is_public, new.is_active, auth.uid());
  return null;
end;
$$;
comment on function private.tg_configuration__write_version is
  'Trigger _500_write_version of configuration.';
create trigger _500_write_version after insert or update on public.configuration
  for each row execute function private.tg_configuration__write_version();
create trigger _050_append_only
  before update or delete or truncate on public.configuration_versions
  for each statement execute function private.tg__append_only();
alter table public.configuration_versions enable row level security;
-- No write grants: the trigger writes.
grant select on public.configuration_versions to authenticated, service_role;
create policy select_admin on public.configuration_versions for select to authenticated
  using ((select private.has_role('admin')));

-- How functions of the database read a setting. None does yet: payments will, for example the
-- commission rate.
create function private.configuration_value(key text, market_id text default null)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select current.value
  from public.configuration as current
  where current.key = configuration_value.key
    and current.is_active
    and (current.market_id is null or current.market_id = configuration_value.market_id)
  order by current.market_id nulls last
  limit 1
$$;
comment on function private.configuration_value is
  'The market''s own value, else the one for all; null if there is none.';

-- How admins read, change and take back configuration.

create function private.configuration_json(setting public.configuration)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select to_jsonb(setting) - 'id'
$$;
comment on function private.configuration_json is 'The value as RPCs answer it.';

-- Raises PT409 configuration_changed.
create function private.write_configuration(
  action text, setting public.configuration, expected_version integer, reason text
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_before public.configuration;
  v_like public.configuration;
  v_after public.configuration;
begin
  -- Changes of one value take turns, the first one of a new value too.
  perform pg_advisory_xact_lock(
    hashtextextended(jsonb_build_array('configuration', setting.key, setting.market_id)::text, 0)
  );
  select * into v_before
  from public.configuration as current
  where current.key = setting.key
    and current.market_id is not distinct from setting.market_id;
  if expected_version <> coalesce(v_before.version, 0) then
    perform private.fail('configuration_changed', coalesce(v_before.version, 0)::text);
  end if;
  -- A market's own value begins like that of all.
  select * into v_like
  from public.configuration as current
  where current.key = setting.key
    and (current.market_id is null or current.market_id = setting.market_id)
  order by current.market_id nulls last
  limit 1;
  insert into public.configuration as current (
    key, market_id, value, category, description, is_public, is_active
  )
  values (
    setting.key, setting.market_id, setting.value,
    coalesce(setting.category, v_like.category, 'general'),
    coalesce(setting.description, v_like.description),
    coalesce(setting.is_public, v_like.is_public, false),
    coalesce(setting.is_active, v_like.is_active, true)
  )
  on conflict (key, market_id) do update set
    version = current.version + 1,
    value = excluded.value,
    category = excluded.category,
    description = excluded.description,
    is_public = excluded.is_public,
    is_active = excluded.is_active
  returning current.* into v_after;
  perform private.log_admin_action(
    write_configuration.action, 'configuration',
    concat_ws('/', v_after.market_id, v_after.key),
    case when v_before.id is not null then private.configuration_json(v_before) end,
    private.configuration_json(v_after),
    write_configuration.reason
  );
  return private.configuration_json(v_after);
end;
$$;
comment on function private.write_configuration is
  'Makes the next version and logs it; null fields stay as they were, or as those of all markets.';

create function private.set_configuration(
  key text,
  value jsonb,
  reason text,
  market text default null,
  category text default null,
  description text default null,
  is_public jsonb default null,
  is_active jsonb default null,
  expected_version jsonb default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_setting public.configuration;
  v_reason text := private.parse_text(set_configuration.reason, 'invalid_reason', 1000);
begin
  perform private.require_admin();
  v_setting.key := private.parse_word(set_configuration.key, 'invalid_key', 100);
  if set_configuration.value is null or octet_length(set_configuration.value::text) > 100000 then
    perform private.fail('invalid_value', 'JSON of at most 100000 bytes');
  end if;
  v_setting.value := set_configuration.value;
  if market is not null then
    v_setting.market_id := (private.require_market(market)).id;
  end if;
  v_setting.category := private.parse_word(
    set_configuration.category, 'invalid_category', 50, false
  );
  v_setting.description := private.parse_text(
    set_configuration.description, 'invalid_description', 1000, false
  );
  v_setting.is_public := private.parse_boolean(
    set_configuration.is_public, 'invalid_is_public', null
  );
  v_setting.is_active := private.parse_boolean(
    set_configuration.is_active, 'invalid_is_active', null
  );
  return private.write_configuration(
    'set_configuration',
    v_setting,
    private.parse_integer(
      set_configuration.expected_version, 'invalid_expected_version', 0, 2147483647
    )::integer,
    v_reason
  );
end;
$$;
comment on function private.set_configuration is
  'For admins: makes a new version of a value, and answers it.
market: none for all markets. What is not given stays as it was. expected_version: refused if the
value has another one by now, 0 for a new value.';

select private.expose('set_configuration', 'authenticated');

-- Reading values and their versions, and going back to one.

create function private.list_configuration(
  market text default null,
  category text default null,
  page_size jsonb default '20',
  cursor text default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_market text := private.parse_word(list_configuration.market, 'invalid_market_id', 31, false);
  v_category text := private.parse_word(
    list_configuration.category, 'invalid_category', 50, false
  );
  v_page_size integer := private.parse_integer(
    list_configuration.page_size, 'invalid_page_size', 1, 100, 20
  );
  v_after jsonb := private.decode_cursor(list_configuration.cursor, '{string,string}');
  v_after_id uuid := private.parse_uuid(v_after ->> 1, 'invalid_cursor', v_after is not null);
  v_answer jsonb;
begin
  perform private.require_admin();
  with page as (
    select setting, row_number() over (order by setting.key, setting.id) as place
    from public.configuration as setting
    where (v_market is null or setting.market_id = v_market)
      and (v_category is null or setting.category = v_category)
      and (v_after is null or (setting.key, setting.id) > (v_after ->> 0, v_after_id))
    order by setting.key, setting.id
    limit v_page_size + 1
  )
  select private.page(
    array_agg(private.configuration_json(page.setting) order by page.place),
    array_agg(jsonb_build_array((page.setting).key, (page.setting).id) order by page.place),
    v_page_size
  )
  into v_answer
  from page;
  return v_answer;
end;
$$;
comment on function private.list_configuration is
  'For admins: values by key, private and inactive ones too: {items, next_cursor}.
market: only what that market has of its own. page_size: 1 to 100.';

-- Fails with PT401, PT403 user_blocked and not_allowed, PT400 invalid_…, PT404
-- configuration_not_found.
create function private.require_configuration(key text, market text)
returns public.configuration
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_key text := private.parse_word(require_configuration.key, 'invalid_key', 100);
  v_market text := private.parse_word(
    require_configuration.market, 'invalid_market_id', 31, false
  );
  v_setting public.configuration;
begin
  perform private.require_admin();
  select * into v_setting
  from public.configuration as setting
  where setting.key = v_key and setting.market_id is not distinct from v_market;
  if v_setting.id is null then
    perform private.fail('configuration_not_found');
  end if;
  return v_setting;
end;
$$;
comment on function private.require_configuration is 'The value, for admins.';

create function private.list_configuration_versions(
  key text,
  market text default null,
  page_size jsonb default '20',
  cursor text default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_setting public.configuration := private.require_configuration(
    list_configuration_versions.key, list_configuration_versions.market
  );
  v_page_size integer := private.parse_integer(
    list_configuration_versions.page_size, 'invalid_page_size', 1, 100, 20
  );
  v_before integer := private.parse_integer(
    private.decode_cursor(list_configuration_versions.cursor, '{number}') -> 0,
    'invalid_cursor', 1, 2147483647
  );
  v_answer jsonb;
begin
  with page as (
    select written, row_number() over (order by written.version desc) as place
    from public.configuration_versions as written
    where written.configuration_id = v_setting.id
      and (v_before is null or written.version < v_before)
    order by written.version desc
    limit v_page_size + 1
  )
  select private.page(
    array_agg(to_jsonb(page.written) - '{id,configuration_id}'::text[] order by page.place),
    array_agg(jsonb_build_array((page.written).version) order by page.place),
    v_page_size
  )
  into v_answer
  from page;
  return v_answer;
end;
$$;
comment on function private.list_configuration_versions is
  'For admins: versions of a value, latest first: {items, next_cursor}. page_size: 1 to 100.';

create function private.roll_back_configuration(
  key text, version jsonb, reason text, market text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_reason text := private.parse_text(roll_back_configuration.reason, 'invalid_reason', 1000);
  v_version integer := private.parse_integer(
    roll_back_configuration.version, 'invalid_version', 1, 2147483647, 0
  );
  v_setting public.configuration := private.require_configuration(
    roll_back_configuration.key, roll_back_configuration.market
  );
begin
  select written.value, written.is_public, written.is_active
  into v_setting.value, v_setting.is_public, v_setting.is_active
  from public.configuration_versions as written
  where written.configuration_id = v_setting.id and written.version = v_version;
  if not found then
    perform private.fail('configuration_not_found');
  end if;
  return private.write_configuration('roll_back_configuration', v_setting, null, v_reason);
end;
$$;
comment on function private.roll_back_configuration is
  'For admins: makes a new version that is as the given one was, and answers it.';

select private.expose('roll_back_configuration', 'authenticated');
select private.expose('list_configuration_versions', 'authenticated');
select private.expose('list_configuration', 'authenticated');

-- What admins decide about businesses, as data: from which states, and what becomes of them.
create table private.provider_decisions (
  action             text primary key check (action ~ '^[a-z_]+$'),
  from_statuses      text[] not null,
  from_verifications text[] not null,
  to_status          text,
  to_verification    text,
  requires_reason    boolean not null,
  created_at         timestamptz not null default private.now(),
  updated_at         timestamptz not null default private.now()
);
comment on table private.provider_decisions is 'Decisions of admins about providers.';
comment on column private.provider_decisions.from_statuses is
  'providers.status from which it is possible.';
comment on column private.provider_decisions.from_verifications is
  'providers.verification_status from which it is possible.';
comment on column private.provider_decisions.to_status is 'Null: it stays.';
comment on column private.provider_decisions.to_verification is 'Null: it stays.';
create trigger _100_timestamps before insert or update on private.provider_decisions
  for each row execute function private.tg__timestamps();

-- A business that is rejected is a draft again: its owner corrects it and submits it again.
insert into private.provider_decisions (
  action, from_statuses, from_verifications, to_status, to_verification, requires_reason
)
values
  (
    'review_provider', '{pending,active,ownerless}', '{pending,rejected,expired}', null,
    'under_review', false
  ),
  (
    'verify_provider', '{pending,active,ownerless}', '{pending,under_review,rejected,expired}',
    'active', 'verified', false
  ),
  (
    'reject_provider', '{pending}', '{pending,under_review,verified,rejected,expired}', 'draft',
    'rejected', true
  ),
  (
    'suspend_provider', '{active,ownerless}', '{pending,under_review,verified,rejected,expired}',
    'suspended', null, true
  ),
  (
    'reinstate_provider', '{suspended}', '{pending,under_review,verified,rejected,expired}',
    'active', null, true
  )
on conflict (action) do update set
  from_statuses = excluded.from_statuses,
  from_verifications = excluded.from_verifications,
  to_status = excluded.to_status,
  to_verification = excluded.to_verification,
  requires_reason = excluded.requires_reason;

create function private.provider_state(provider public.providers)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', provider.id,
    'status', provider.status,
    'verification_status', provider.verification_status
  )
$$;
comment on function private.provider_state is 'What admins decide about a provider.';

-- Fails with PT401, PT403 user_blocked and not_allowed, PT400 invalid_provider_id and
-- invalid_reason, PT404 provider_not_found, PT409 own_business, decision_not_allowed and
-- provider_changed.
create function private.decide_provider(
  action text, provider_id text, reason text, fingerprint text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_decision private.provider_decisions;
  v_id uuid := private.parse_uuid(decide_provider.provider_id, 'invalid_provider_id');
  v_reason text;
  v_before public.providers;
  v_after public.providers;
begin
  perform private.require_admin();
  select * into strict v_decision
  from private.provider_decisions as known
  where known.action = decide_provider.action;
  v_reason := private.parse_text(
    decide_provider.reason, 'invalid_reason', 1000, v_decision.requires_reason
  );
  select * into v_before
  from public.providers as provider
  where provider.id = v_id
  for no key update;
  if v_before.id is null then
    perform private.fail('provider_not_found');
  end if;
  perform private.require_no_member(v_id, private.me());
  if v_before.status <> all (v_decision.from_statuses)
    or v_before.verification_status <> all (v_decision.from_verifications)
  then
    perform private.fail('decision_not_allowed', v_before.status, v_before.verification_status);
  end if;
  if decide_provider.fingerprint <> private.fingerprint(v_before) then
    perform private.fail('provider_changed');
  end if;
  update public.providers as provider
  set
    status = coalesce(v_decision.to_status, provider.status),
    verification_status = coalesce(v_decision.to_verification, provider.verification_status)
  where provider.id = v_id
  returning provider.* into v_after;
  perform private.log_admin_action(
    v_decision.action, 'provider', v_id::text, private.provider_state(v_before),
    private.provider_state(v_after), v_reason
  );
  return private.provider_state(v_after);
end;
$$;
comment on function private.decide_provider is
  'Body of public.review_provider, verify_provider, reject_provider, suspend_provider and
reinstate_provider.';

create function public.review_provider(provider_id text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.decide_provider('review_provider', provider_id, null)
$$;
comment on function public.review_provider is
  'For admins: takes a business into review, so that others see that somebody does.';

create function public.verify_provider(
  provider_id text, notes text default null, fingerprint text default null
)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.decide_provider('verify_provider', provider_id, notes, fingerprint)
$$;
comment on function public.verify_provider is
  'For admins: the business is what it says, and active; ownerless as long as no account of an owner
may act. notes: what was checked. fingerprint: as the queue gave it, so that what was looked at is
what is verified.';

create function public.reject_provider(provider_id text, reason text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.decide_provider('reject_provider', provider_id, reason)
$$;
comment on function public.reject_provider is
  'For admins: sends a submitted business back to its owner as a draft.';

create function public.suspend_provider(provider_id text, reason text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.decide_provider('suspend_provider', provider_id, reason)
$$;
comment on function public.suspend_provider is
  'For admins: an active business, or one that is so but for an owner, is hidden and takes no
bookings. Those it has stay.';

create function public.reinstate_provider(provider_id text, reason text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.decide_provider('reinstate_provider', provider_id, reason)
$$;
comment on function public.reinstate_provider is
  'For admins: a suspended business is active again; ownerless as long as no account of an owner
may act.';

grant execute on function
  private.decide_provider, public.review_provider, public.verify_provider, public.reject_provider,
  public.suspend_provider, public.reinstate_provider
to authenticated;

-- Businesses that wait for an admin's word.
create index providers_verification_queue_idx on public.providers (id)
  where status in ('pending', 'ownerless')
    or (status = 'active' and verification_status in ('pending', 'under_review', 'expired'));

create function private.list_verification_queue(
  market text default null, page_size jsonb default '20', cursor text default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_market text := private.parse_word(
    list_verification_queue.market, 'invalid_market_id', 31, false
  );
  v_page_size integer := private.parse_integer(
    list_verification_queue.page_size, 'invalid_page_size', 1, 100, 20
  );
  v_after uuid := private.parse_uuid(
    private.decode_cursor(list_verification_queue.cursor, '{string}') ->> 0,
    'invalid_cursor', false
  );
  v_answer jsonb;
begin
  perform private.require_admin();
  with page as (
    select
      provider.*, private.fingerprint(provider) as fingerprint,
      row_number() over (order by provider.id) as place
    from public.providers as provider
    where (
        provider.status in ('pending', 'ownerless')
        or (
          provider.status = 'active'
          and provider.verification_status in ('pending', 'under_review', 'expired')
        )
      )
      and (v_market is null or provider.market_id = v_market)
      and (v_after is null or provider.id > v_after)
    order by provider.id
    limit v_page_size + 1
  )
  select private.page(
    array_agg(
      jsonb_build_object(
        'id', page.id,
        'market_id', page.market_id,
        'slug', page.slug,
        'kind', page.kind,
        'names', page.names,
        'status', page.status,
        'verification_status', page.verification_status,
        'city', page.city,
        'address', page.address,
        'fingerprint', page.fingerprint,
        'created_at', page.created_at,
        'updated_at', page.updated_at
      )
      order by page.place
    ),
    array_agg(jsonb_build_array(page.id) order by page.place),
    v_page_size
  )
  into v_answer
  from page;
  return v_answer;
end;
$$;
comment on function private.list_verification_queue is
  'For admins: submitted businesses, active ones that are not verified, and ownerless ones, the
oldest first: {items, next_cursor}. fingerprint: of what is to be checked, for verify_provider.
page_size: 1 to 100.';

select private.expose('list_verification_queue', 'authenticated');

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

-- One user's whole story, for the admin who decides about them. To look is an action like others,
-- so it is logged.

create function private.admin_user_story(user_id text, reason text default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_id uuid := private.parse_uuid(admin_user_story.user_id, 'invalid_user_id');
  v_reason text := private.parse_text(admin_user_story.reason, 'invalid_reason', 1000, false);
  v_story jsonb;
begin
  perform private.require_admin();
  select jsonb_build_object(
    'profile', to_jsonb(profile),
    'account', jsonb_build_object(
      'email', account.email,
      'phone', account.phone,
      'created_at', account.created_at,
      'last_sign_in_at', account.last_sign_in_at,
      'banned_until', account.banned_until
    ),
    'roles', (
      select coalesce(jsonb_agg(granted.role order by granted.role), '[]')
      from public.user_roles as granted
      where granted.user_id = v_id
    ),
    'memberships', (
      select coalesce(
        jsonb_agg(
          private.provider_state(provider)
            || jsonb_build_object('names', provider.names, 'role', member.role)
          order by provider.id
        ),
        '[]'
      )
      from public.provider_members as member
      join public.providers as provider on provider.id = member.provider_id
      where member.user_id = v_id
    ),
    'bookings', (
      select jsonb_build_object(
        'as_customer', coalesce(
          jsonb_object_agg(counted.status, counted.bookings)
            filter (where counted.side = 'customer'),
          '{}'
        ),
        'of_businesses', coalesce(
          jsonb_object_agg(counted.status, counted.bookings)
            filter (where counted.side = 'provider'),
          '{}'
        )
      )
      from (
        select side.name as side, booking.status, count(*) as bookings
        from (values ('customer'), ('provider')) as side (name)
        join public.bookings as booking
          on side.name = 'customer' and booking.customer_id = v_id
          or side.name = 'provider' and booking.provider_id in (
            select member.provider_id
            from public.provider_members as member
            where member.user_id = v_id
          )
        group by side.name, booking.status
      ) as counted
    ),
    'last_moves', (
      select coalesce(jsonb_agg(to_jsonb(move) order by move.at desc), '[]')
      from (
        select
          booking.number, history.booking_id, history.to_status, history.actor, history.reason,
          history.created_at as at
        from public.booking_status_history as history
        join public.bookings as booking on booking.id = history.booking_id
        where history.actor_id = v_id
        order by history.created_at desc
        limit 50
      ) as move
    ),
    'admin_actions', (
      select coalesce(jsonb_agg(to_jsonb(logged) order by logged.id desc), '[]')
      from (
        select logged.*
        from public.admin_actions as logged
        where logged.resource_type = 'user' and logged.resource_id = v_id::text
        order by logged.id desc
        limit 50
      ) as logged
    )
  )
  into v_story
  from public.profiles as profile
  join auth.users as account on account.id = profile.id
  where profile.id = v_id;
  if v_story is null then
    perform private.fail('user_not_found');
  end if;
  perform private.log_admin_action(
    'admin_user_story', 'user', v_id::text, null, null, v_reason
  );
  return v_story;
end;
$$;
comment on function private.admin_user_story is
  'For admins: profile, account, roles, businesses, bookings by status, last 50 moves, and last 50
actions of admins about the user. The log keeps who looked, and why if reason says so.';

select private.expose('admin_user_story', 'authenticated');
