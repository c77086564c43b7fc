-- Built from sql/00_setup by `npm run generate`: edit it there.

-- Every extension lives in the schema `extensions`, as on hosted Supabase.
create schema if not exists extensions;
create extension if not exists postgis with schema extensions;
create extension if not exists pg_trgm with schema extensions;
create extension if not exists btree_gist with schema extensions;
create extension if not exists unaccent with schema extensions;

-- `public` is the API. Nothing in the other schemas is exposed by the Data API.
create schema private;
comment on schema private is
  'Access helpers, trigger functions, all security definer code, and tables no client may read.';

-- Empty so far. Tables that grow with time get their children here: messages, notifications, logs.
create schema partitions;
comment on schema partitions is 'Children of partitioned tables.';

-- Empty so far: the views come with the reports for admins.
create schema analytics;
comment on schema analytics is 'Materialized views, read through admin functions.';

-- Policies and invoker functions call helpers in `private`; each helper is granted one by one.
grant usage on schema private to anon, authenticated, service_role;

-- Nothing is granted by default: each object states its own grants, service_role included.
-- The built-in grant of execute to public can only be revoked globally, not per schema.
alter default privileges for role postgres
  revoke execute on functions from public;
alter default privileges for role postgres in schema public
  revoke all on tables from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  revoke all on sequences from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  revoke execute on functions from anon, authenticated, service_role;
