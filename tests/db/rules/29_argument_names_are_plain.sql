-- Arguments of RPCs are named as clients write them, without a prefix.
select p.oid::regprocedure::text as violation
from pg_catalog.pg_proc p
where p.pronamespace = 'public'::regnamespace
  and (
    (p.pronargs > 0 and p.proargnames is null)
    or exists (select from unnest(p.proargnames) as a (name) where a.name ~ '^(_|p_|v_|in_)|^$')
  );
