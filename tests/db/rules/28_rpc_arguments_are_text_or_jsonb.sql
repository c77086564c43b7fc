-- RPCs parse their arguments themselves, so that wrong input answers an error of ours.
select format('%s: %s', p.oid::regprocedure, t.oid::regtype) as violation
from pg_catalog.pg_proc p
cross join unnest(p.proargtypes) as a (type_id)
join pg_catalog.pg_type t on t.oid = a.type_id
where p.pronamespace = 'public'::regnamespace
  and t.oid not in ('text'::regtype, 'jsonb'::regtype);
