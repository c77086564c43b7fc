-- How captured changes of tables reach the subscribers who may see them.

-- Takes the changes of one transaction, or of all, at most `max_changes` of them. The old record is
-- cut to the table's replica identity, which is all that logical replication would have of it.
create or replace function realtime.take_changes(taken xid8, max_changes integer)
returns table (
  entity oid,
  schema_name text,
  table_name text,
  type text,
  record jsonb,
  old_record jsonb,
  identity_columns text[],
  is_rls_enabled boolean,
  changed_at timestamptz
)
language sql volatile set search_path = pg_catalog as $$
  with next as (
    select id from realtime.changes
    where taken is null or transaction_id = taken
    order by id limit max_changes
  ), gone as (
    delete from realtime.changes c using next where c.id = next.id returning c.*
  )
  select
    g.entity, n.nspname, c.relname, g.type, g.record,
    (
      select coalesce(jsonb_object_agg(o.key, o.value), '{}')
      from jsonb_each(g.old_record) o
      where o.key = any (i.names)
    ),
    i.names, c.relrowsecurity, g.changed_at
  from gone g
  join pg_class c on c.oid = g.entity
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (
    select coalesce(array_agg(a.attname::text), '{}') as names
    from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and case c.relreplident
      when 'f' then true
      when 'n' then false
      else exists (
        select from pg_index x
        where x.indrelid = c.oid and a.attnum = any (x.indkey)
          and case c.relreplident when 'd' then x.indisprimary else x.indisreplident end
      )
    end
  ) i
  order by g.id
$$;

-- Who may hear of a change. `identities` are [{role, claims, filters: [[…], …]}, …]; the answer
-- has one row for each, in order: the columns the role may read, whether the row is visible to it
-- under its policies, and which of its filters the record passes.
create or replace function realtime.audience(
  entity regclass,
  record jsonb,
  is_delete boolean,
  is_rls_enabled boolean,
  identities jsonb
) returns table (columns jsonb, error text, is_visible boolean, passes boolean[])
language plpgsql volatile set search_path = pg_catalog, extensions as $$
declare
  v_identity jsonb;
  v_filter jsonb;
  v_condition record;
  v_passes boolean;
  v_key text;
  v_key_columns smallint;
begin
  select string_agg(format('t.%I = %L', a.attname, record ->> a.attname), ' and '), count(*)
  into v_key, v_key_columns
  from pg_index x
  join pg_attribute a on a.attrelid = x.indrelid and a.attnum = any (x.indkey)
  where x.indrelid = entity and x.indisprimary;

  for v_identity in select value from jsonb_array_elements(identities) loop
    error := null;
    is_visible := false;
    passes := '{}';
    select jsonb_agg(
      jsonb_build_object('name', a.attname, 'type', y.typname, 'isKey', x.indexrelid is not null)
      order by a.attnum
    ) into columns
    from pg_attribute a
    join pg_type y on y.oid = a.atttypid
    left join pg_index x
      on x.indrelid = a.attrelid and x.indisprimary and a.attnum = any (x.indkey)
    where a.attrelid = entity and a.attnum > 0 and not a.attisdropped
      and has_column_privilege(v_identity ->> 'role', entity, a.attnum, 'select');

    if not is_delete and v_key is null then
      error := 'Error 400: Bad Request, no primary key';
    elsif not is_delete and v_key_columns > (
      select count(*) from jsonb_array_elements(columns) c where (c.value ->> 'isKey')::boolean
    ) then
      error := 'Error 401: Unauthorized';
    else
      begin
        perform
          set_config('request.jwt.claims', v_identity ->> 'claims', true),
          set_config('request.jwt.claim.sub', coalesce(v_identity #>> '{claims,sub}', ''), true),
          set_config('request.jwt.claim.role', v_identity ->> 'role', true);
        is_visible := is_delete or not is_rls_enabled;
        if not is_visible then
          perform
            set_config('search_path', 'public, extensions, realtime', true),
            set_config('role', v_identity ->> 'role', true);
          execute format('select exists (select from %s t where %s)', entity, v_key)
            into is_visible;
          perform
            set_config('role', 'none', true),
            set_config('search_path', 'pg_catalog, extensions', true);
        end if;
        if is_visible then
          for v_filter in select value from jsonb_array_elements(v_identity -> 'filters') loop
            v_passes := true;
            if v_filter <> '[]' then
              v_condition := realtime.filter_condition(entity, v_filter, v_identity ->> 'role');
              perform set_config('role', v_identity ->> 'role', true);
              execute format(
                'select coalesce(%s, false) from jsonb_to_record($1) as r(%s)',
                v_condition.condition, v_condition.columns
              ) into v_passes using record;
              perform set_config('role', 'none', true);
            end if;
            passes := passes || v_passes;
          end loop;
        end if;
      exception when others then
        -- A policy or filter that fails shows nothing. Role and settings are as they were.
        is_visible := false;
      end;
    end if;
    return next;
  end loop;
end
$$;

-- Only the server, as supabase_admin, calls these.
revoke all on function
  realtime.take_changes(xid8, integer),
  realtime.audience(regclass, jsonb, boolean, boolean, jsonb)
from public, postgres, dashboard_user;
