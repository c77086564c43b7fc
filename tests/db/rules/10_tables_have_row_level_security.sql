-- Every table of `public` has row-level security.
select format('%s', c.oid::regclass) as violation
from pg_catalog.pg_class c
where c.relnamespace = 'public'::regnamespace
  and c.relkind in ('r', 'p')
  and not c.relrowsecurity;
