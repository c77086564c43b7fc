-- Insert and update grants list their columns: a new column is not writable by being added.
select format('%s: %s to %s', c.oid::regclass, g.privilege_type, g.grantee::regrole) as violation
from pg_catalog.pg_class c
cross join aclexplode(c.relacl) g
where c.relnamespace = 'public'::regnamespace
  and c.relkind in ('r', 'p', 'v')
  and g.privilege_type in ('INSERT', 'UPDATE')
  and g.grantee in ('anon'::regrole, 'authenticated'::regrole);
