-- Trigger functions are `private.tg_<table>__<task>`, or `private.tg__<task>` when shared.
select p.oid::regprocedure::text as violation
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where n.nspname in ('public', 'private', 'analytics')
  and p.prorettype = 'trigger'::regtype
  and (n.nspname <> 'private' or p.proname !~ '^tg_[a-z_]*_[a-z_]+$');
