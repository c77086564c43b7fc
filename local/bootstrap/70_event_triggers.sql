-- What supautils and hosted's event triggers do for `postgres`, with plain event triggers.

-- On hosted `postgres` may write policies on the platform's tables and drop triggers from them,
-- although it owns none of them (supautils.policy_grants, supautils.drop_trigger_grants). Plain
-- Postgres asks for ownership. So `postgres` is made a member of the owners when such a command
-- starts and loses the membership when it ends; a command that fails rolls the membership back.
-- Outside these commands it can't alter, drop or own anything of the platform.
create or replace function extensions.lend_platform_ownership() returns event_trigger
language plpgsql security definer set search_path = '' as $$
begin
  grant supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin
    to postgres with inherit true, set false;
end
$$;

create or replace function extensions.return_platform_ownership() returns event_trigger
language plpgsql security definer set search_path = '' as $$
begin
  revoke supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin from postgres;
end
$$;

-- Tells the Data API of a changed schema, as PostgREST documents it.
create or replace function extensions.pgrst_ddl_watch() returns event_trigger
language plpgsql set search_path = '' as $$
begin
  if exists (
    select from pg_event_trigger_ddl_commands() c
    where c.schema_name is distinct from 'pg_temp'
      and c.command_tag in (
        'CREATE SCHEMA', 'ALTER SCHEMA', 'CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO',
        'ALTER TABLE', 'CREATE FOREIGN TABLE', 'ALTER FOREIGN TABLE', 'CREATE VIEW', 'ALTER VIEW',
        'CREATE MATERIALIZED VIEW', 'ALTER MATERIALIZED VIEW', 'CREATE FUNCTION',
        'ALTER FUNCTION', 'CREATE TRIGGER', 'CREATE TYPE', 'ALTER TYPE', 'CREATE RULE', 'COMMENT'
      )
  ) then
    notify pgrst, 'reload schema';
  end if;
end
$$;

create or replace function extensions.pgrst_drop_watch() returns event_trigger
language plpgsql set search_path = '' as $$
begin
  if exists (
    select from pg_event_trigger_dropped_objects() o
    where not o.is_temporary
      and o.object_type in (
        'schema', 'table', 'foreign table', 'view', 'materialized view', 'function', 'trigger',
        'type', 'rule'
      )
  ) then
    notify pgrst, 'reload schema';
  end if;
end
$$;

drop event trigger if exists lend_platform_ownership;
create event trigger lend_platform_ownership on ddl_command_start
  when tag in ('CREATE POLICY', 'ALTER POLICY', 'DROP POLICY', 'DROP TRIGGER')
  execute function extensions.lend_platform_ownership();

drop event trigger if exists return_platform_ownership;
create event trigger return_platform_ownership on ddl_command_end
  when tag in ('CREATE POLICY', 'ALTER POLICY', 'DROP POLICY', 'DROP TRIGGER')
  execute function extensions.return_platform_ownership();

drop event trigger if exists pgrst_ddl_watch;
create event trigger pgrst_ddl_watch on ddl_command_end
  execute function extensions.pgrst_ddl_watch();

drop event trigger if exists pgrst_drop_watch;
create event trigger pgrst_drop_watch on sql_drop
  execute function extensions.pgrst_drop_watch();
