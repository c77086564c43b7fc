-- The API roles read and write rows; truncate bypasses row-level security altogether.
select format('%s: %s to %s', c.oid::regclass, g.privilege_type, g.grantee::regrole) as violation
from pg_catalog.pg_class c
cross join aclexplode(c.relacl) g
where c.relnamespace in (
    'public'::regnamespace, 'private'::regnamespace, 'partitions'::regnamespace,
    'analytics'::regnamespace
  )
  and c.relkind in ('r', 'p', 'v', 'm')
  and g.privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
  and g.grantee in ('anon'::regrole, 'authenticated'::regrole, 'service_role'::regrole);
