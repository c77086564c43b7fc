-- Every function has an empty search_path: no caller can slip another object under a name. The
-- clock has none, so that the planner puts now() in its place; it names that with its schema.
select p.oid::regprocedure::text as violation
from pg_catalog.pg_proc p
where p.pronamespace in (
    'public'::regnamespace, 'private'::regnamespace, 'analytics'::regnamespace
  )
  and 'search_path=""' <> all (coalesce(p.proconfig, '{}'))
  and not (
    p.oid = 'private.now()'::regprocedure and btrim(p.prosrc, E' \n') = 'select pg_catalog.now()'
  );
