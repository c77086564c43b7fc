-- Each grant names its role. (Postgres itself grants execute on functions to everybody.)
select format('%s', p.oid::regprocedure) as violation
from pg_catalog.pg_proc p
where p.pronamespace in (
    'public'::regnamespace, 'private'::regnamespace, 'analytics'::regnamespace
  )
  and (
    p.proacl is null
    or exists (select from aclexplode(p.proacl) g where g.grantee = 0)
  )
union all
select format('%s', c.oid::regclass)
from pg_catalog.pg_class c
cross join aclexplode(c.relacl) g
where c.relnamespace in (
    'public'::regnamespace, 'private'::regnamespace, 'partitions'::regnamespace,
    'analytics'::regnamespace
  )
  and g.grantee = 0;
