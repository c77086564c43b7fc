-- No API role may create objects in a schema.
select format('%s: create to %s', n.nspname, g.grantee::regrole) as violation
from pg_catalog.pg_namespace n
cross join aclexplode(n.nspacl) g
where n.nspname in ('public', 'private', 'partitions', 'analytics', 'extensions')
  and g.privilege_type = 'CREATE'
  and g.grantee in (0, 'anon'::regrole, 'authenticated'::regrole, 'service_role'::regrole);
