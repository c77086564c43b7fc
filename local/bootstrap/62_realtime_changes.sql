-- What the local Realtime server needs for `postgres_changes`, in place of logical replication.
-- A table costs something only while somebody subscribes to it: then a trigger copies its changes.

-- Changes of watched tables on their way to the server, which deletes what it takes.
create unlogged table if not exists realtime.changes (
  id bigint generated always as identity primary key,
  transaction_id xid8 not null default pg_current_xact_id(),
  entity oid not null,
  type text not null,
  record jsonb,
  old_record jsonb,
  changed_at timestamptz not null default clock_timestamp()
);
create index if not exists changes_transaction_id_idx on realtime.changes (transaction_id);

-- The same text from every row of a transaction: Postgres sends it once, at the commit.
create or replace function realtime.tg__capture() returns trigger
language plpgsql security definer set search_path = '' set timezone = 'UTC' as $$
begin
  insert into realtime.changes (entity, type, record, old_record)
  values (
    tg_relid,
    tg_op,
    case when tg_op <> 'DELETE' then to_jsonb(new) end,
    case when tg_op <> 'INSERT' then to_jsonb(old) end
  );
  perform pg_notify('realtime_changes', pg_current_xact_id()::text);
  return null;
end
$$;

-- One condition over a record `r` for the filters of a subscription, each
-- {column, op, value, negate}; their values are cast as Postgres casts them to the column's type.
-- `columns` is the definition list that makes a record of the filtered columns out of jsonb.
-- Fails with 22023 for a column that does not exist or that the role may not read.
create or replace function realtime.filter_condition(
  entity regclass,
  filters jsonb,
  role_name text,
  out columns text,
  out condition text
)
language plpgsql stable set search_path = pg_catalog as $$
declare
  v_filter record;
  v_type text;
  v_test text;
  v_tests text[] := array[]::text[];
  v_columns text[] := array[]::text[];
begin
  for v_filter in
    select * from jsonb_to_recordset(filters)
      as f("column" text, op text, value text, negate boolean)
  loop
    select format_type(a.atttypid, a.atttypmod) into v_type
    from pg_attribute a
    where a.attrelid = entity and a.attname = v_filter."column" and a.attnum > 0
      and has_column_privilege(role_name, entity, a.attnum, 'select');
    if v_type is null then
      raise invalid_parameter_value
        using message = format('invalid column for filter %s', v_filter."column");
    end if;
    v_test := case v_filter.op
      when 'eq' then format('r.%I = %L::%s', v_filter."column", v_filter.value, v_type)
      when 'neq' then format('r.%I <> %L::%s', v_filter."column", v_filter.value, v_type)
      when 'lt' then format('r.%I < %L::%s', v_filter."column", v_filter.value, v_type)
      when 'lte' then format('r.%I <= %L::%s', v_filter."column", v_filter.value, v_type)
      when 'gt' then format('r.%I > %L::%s', v_filter."column", v_filter.value, v_type)
      when 'gte' then format('r.%I >= %L::%s', v_filter."column", v_filter.value, v_type)
      when 'in' then format('r.%I = any (%L::%s[])', v_filter."column", v_filter.value, v_type)
      when 'like' then format('r.%I like %L', v_filter."column", v_filter.value)
      when 'ilike' then format('r.%I ilike %L', v_filter."column", v_filter.value)
      when 'match' then format('r.%I ~ %L', v_filter."column", v_filter.value)
      when 'imatch' then format('r.%I ~* %L', v_filter."column", v_filter.value)
      when 'isdistinct' then
        format('r.%I is distinct from %L::%s', v_filter."column", v_filter.value, v_type)
      when 'is' then
        case
          when v_filter.value in ('null', 'true', 'false', 'unknown')
            then format('r.%I is %s', v_filter."column", v_filter.value)
        end
    end;
    if v_test is null then
      raise invalid_parameter_value
        using message = format('invalid filter %s.%s', v_filter.op, v_filter.value);
    end if;
    v_tests := v_tests || case when v_filter.negate then format('not (%s)', v_test) else v_test end;
    if not format('%I %s', v_filter."column", v_type) = any (v_columns) then
      v_columns := v_columns || format('%I %s', v_filter."column", v_type);
    end if;
  end loop;
  columns := array_to_string(v_columns, ', ');
  condition := array_to_string(v_tests, ' and ');
end
$$;

-- The published tables that a subscription names ('*' for all), watched from now on.
-- Fails with 22023, or with Postgres' own error, for filters and columns that can't work.
create or replace function realtime.subscribe(
  schema_name text,
  table_name text,
  filters jsonb,
  selected text[],
  role_name text
) returns setof oid
language plpgsql volatile
set search_path = pg_catalog, extensions set event_triggers = off set lock_timeout = '2s' as $$
declare
  v_entity regclass;
  v_text text;
  v_filter record;
begin
  for v_text in
    select f.value ->> 'value' from jsonb_array_elements(filters) f
    where f.value ->> 'op' in ('match', 'imatch')
  loop
    perform '' ~ v_text; -- A pattern that is none is refused now, not at every change.
  end loop;
  for v_entity in
    select format('%I.%I', p.schemaname, p.tablename)::regclass
    from pg_publication_tables p
    where p.pubname = 'supabase_realtime'
      and schema_name in ('*', p.schemaname) and table_name in ('*', p.tablename)
    order by 1
  loop
    select s into v_text from unnest(selected) s
    where not exists (
      select from pg_attribute a
      where a.attrelid = v_entity and a.attname = s and a.attnum > 0
        and has_column_privilege(role_name, v_entity, a.attnum, 'select')
    );
    if found then
      raise invalid_parameter_value using message = format('invalid column for select %s', v_text);
    end if;
    if filters <> '[]' then
      v_filter := realtime.filter_condition(v_entity, filters, role_name);
      perform set_config('role', role_name, true);
      execute format(
        'select %s from jsonb_to_record(''{}'') as r(%s)', v_filter.condition, v_filter.columns
      );
      perform set_config('role', 'none', true);
    end if;
    if not exists (
      select from pg_trigger t where t.tgrelid = v_entity and t.tgname = 'zz_realtime_capture'
    ) then
      execute format(
        'create trigger zz_realtime_capture after insert or update or delete on %s
          for each row execute function realtime.tg__capture()',
        v_entity
      );
    end if;
    return next v_entity;
  end loop;
end
$$;

-- Watches these tables and no others.
create or replace function realtime.watch_only(entities oid[]) returns void
language plpgsql volatile
set search_path = pg_catalog set event_triggers = off set lock_timeout = '2s' as $$
declare
  v_entity regclass;
begin
  for v_entity in
    select t.tgrelid from pg_trigger t
    where t.tgname = 'zz_realtime_capture' and t.tgparentid = 0 and t.tgrelid <> all (entities)
  loop
    execute format('drop trigger zz_realtime_capture on %s', v_entity);
  end loop;
end
$$;

-- Only the server, as supabase_admin, calls or reads any of this.
revoke all on realtime.changes from postgres, dashboard_user;
revoke all on function
  realtime.tg__capture(),
  realtime.filter_condition(regclass, jsonb, text),
  realtime.subscribe(text, text, jsonb, text[], text),
  realtime.watch_only(oid[])
from public, postgres, dashboard_user;
