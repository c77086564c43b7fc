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
