-- What runs with the rights of its owner is out of the clients' reach.
select p.oid::regprocedure::text as violation
from pg_catalog.pg_proc p
where p.pronamespace = 'public'::regnamespace
  and p.prosecdef;
