-- A flag that the platform gives for what it has checked, on rows that clients write, is theirs
-- neither to set nor to keep: a trigger takes it back when what was checked changes.
select format('%s.%s', c.oid::regclass, a.attname) as violation
from pg_catalog.pg_class c
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = 'public'::regnamespace
  and c.relkind in ('r', 'p')
  and a.attname ~ '(^|_)(verified|verification|featured|approved|checked)(_|$)'
  and (
    pg_catalog.has_any_column_privilege('anon', c.oid, 'insert, update')
    or pg_catalog.has_any_column_privilege('authenticated', c.oid, 'insert, update')
  )
  and (
    pg_catalog.has_column_privilege('anon', c.oid, a.attnum, 'insert, update')
    or pg_catalog.has_column_privilege('authenticated', c.oid, a.attnum, 'insert, update')
    or not exists (
      select 1
      from pg_catalog.pg_trigger t
      where t.tgrelid = c.oid
        and t.tgfoid = 'private.tg__uncheck()'::regprocedure
        and split_part(pg_catalog.encode(t.tgargs, 'escape'), '\000', 1) = a.attname
    )
  );
