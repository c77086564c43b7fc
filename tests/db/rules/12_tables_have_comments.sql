-- Every table and view of `public` says what it holds.
select format('%s', c.oid::regclass) as violation
from pg_catalog.pg_class c
where c.relnamespace = 'public'::regnamespace
  and c.relkind in ('r', 'p', 'v', 'm')
  and obj_description(c.oid, 'pg_class') is null;
