-- Hosted lets `postgres` create a list of extensions that are not trusted (supautils). A plain
-- server does not, so they are created here: `create extension if not exists` in a migration finds
-- them and does nothing.

do $$
declare
  v_name text;
begin
  foreach v_name in array array[
    'btree_gist', 'pg_trgm', 'pgcrypto', 'postgis', 'unaccent', 'uuid-ossp', 'vector'
  ] loop
    if not exists (select from pg_catalog.pg_available_extensions where name = v_name) then
      raise exception 'extension % is not installed on this server', v_name
        using hint = '`npm run postgres` starts a server that has it.';
    end if;
    execute format('create extension if not exists %I with schema extensions', v_name);
  end loop;

  -- Tools of tests and lints: native servers have them, the embedded engine may not.
  foreach v_name in array array['hypopg', 'pgtap', 'plpgsql_check'] loop
    if exists (select from pg_catalog.pg_available_extensions where name = v_name) then
      execute format('create extension if not exists %I with schema extensions', v_name);
    end if;
  end loop;

  -- pg_cron lives in one database of a server only, the one its background worker is told of.
  if exists (select from pg_catalog.pg_available_extensions where name = 'pg_cron')
    and current_setting('cron.database_name', true) = current_database()
  then
    create extension if not exists pg_cron with schema pg_catalog;
    grant usage on schema cron to postgres with grant option;
    grant all on all tables in schema cron to postgres with grant option;
    grant execute on all functions in schema cron to postgres with grant option;
    revoke all on cron.job from postgres;
    grant select on cron.job to postgres with grant option;
  end if;
end $$;

grant all on all tables in schema extensions to dashboard_user;
grant all on all sequences in schema extensions to dashboard_user;
grant all on all routines in schema extensions to dashboard_user;
grant all on all tables in schema extensions to postgres with grant option;
grant all on all sequences in schema extensions to postgres with grant option;
grant all on all routines in schema extensions to postgres with grant option;
