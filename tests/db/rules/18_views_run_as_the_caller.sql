-- A view of `public` obeys the row-level security of who reads it.
select format('%s', c.oid::regclass) as violation
from pg_catalog.pg_class c
where c.relnamespace = 'public'::regnamespace
  and (
    c.relkind = 'm'
    or (c.relkind = 'v' and 'security_invoker=true' <> all (coalesce(c.reloptions, '{}')))
  );
