-- Triggers answer before policies do. On tables that clients write, those that run before have the
-- caller's rights, so that they can tell nothing that the caller may not see.
select format('%s.%s', c.oid::regclass, t.tgname) as violation
from pg_catalog.pg_trigger t
join pg_catalog.pg_class c on c.oid = t.tgrelid
join pg_catalog.pg_proc p on p.oid = t.tgfoid
where not t.tgisinternal
  and p.prosecdef
  -- Before, for insert or update.
  and t.tgtype & 2 > 0
  and t.tgtype & 20 > 0
  and (
    pg_catalog.has_any_column_privilege('anon', c.oid, 'insert, update')
    or pg_catalog.has_any_column_privilege('authenticated', c.oid, 'insert, update')
  );
