-- Every function has an empty search_path: no caller can slip another object under a name.
select p.oid::regprocedure::text as violation
from pg_catalog.pg_proc p
where p.pronamespace in (
    'public'::regnamespace, 'private'::regnamespace, 'analytics'::regnamespace
  )
  and 'search_path=""' <> all (coalesce(p.proconfig, '{}'));
