-- Every RPC says what it does and how it fails.
select p.oid::regprocedure::text as violation
from pg_catalog.pg_proc p
where p.pronamespace = 'public'::regnamespace
  and obj_description(p.oid, 'pg_proc') is null;
