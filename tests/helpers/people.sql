-- Helpers of the pgTAP files, made inside the transaction of each file and rolled back with it.
create schema tests;
grant usage on schema tests to anon, authenticated, service_role;

-- The id that belongs to a name, the same in every file.
create function tests.id(name text)
returns uuid
language sql
immutable
as $$
  select overlay(md5(name) placing '4' from 13 for 1)::uuid
$$;

-- Makes an auth user, so also a profile.
create function tests.user(name text, metadata jsonb default '{"market": "localpro"}')
returns uuid
language sql
as $$
  insert into auth.users (id, aud, role, email, raw_user_meta_data)
  values (
    tests.id(name), 'authenticated', 'authenticated', lower(name) || '@example.test',
    metadata || jsonb_build_object('display_name', name)
  )
  returning id
$$;

create function tests.act_as(name text, aal text default 'aal1')
returns void
language sql
as $$
  select
    set_config(
      'request.jwt.claims',
      jsonb_build_object(
        'sub', tests.id(name), 'role', 'authenticated', 'aud', 'authenticated', 'aal', aal,
        'is_anonymous', false
      )::text,
      true
    ),
    set_config('role', 'authenticated', true)
$$;

create function tests.act_as_anon()
returns void
language sql
as $$
  select
    set_config('request.jwt.claims', '{"role": "anon"}', true),
    set_config('role', 'anon', true)
$$;

create function tests.act_as_service()
returns void
language sql
as $$
  select
    set_config('request.jwt.claims', '{"role": "service_role"}', true),
    set_config('role', 'service_role', true)
$$;

-- Back to the role of the migrations.
create function tests.act_as_postgres()
returns void
language sql
as $$
  select set_config('request.jwt.claims', '', true), set_config('role', 'none', true)
$$;

-- How a statement ends: `ok`, or SQLSTATE and reason, as `PT409 slot_taken`.
create function tests.outcome(statement text)
returns text
language plpgsql
as $$
declare
  v_detail text;
begin
  execute statement;
  return 'ok';
exception when others then
  get stacked diagnostics v_detail = pg_exception_detail;
  return rtrim(sqlstate || ' ' || case when sqlstate like 'PT%' then v_detail else '' end);
end;
$$;

-- How many rows a statement returns; the statement may write with `returning`.
create function tests.rows_of(statement text)
returns bigint
language plpgsql
as $$
declare
  v_count bigint;
begin
  execute statement;
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

grant execute on all functions in schema tests to anon, authenticated, service_role;
