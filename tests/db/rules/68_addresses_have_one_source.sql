-- Callers write any header; private.client_ip() knows whom to believe. The log keeps the whole
-- header beside it.
select format('%s reads %s', p.oid::regprocedure, found[1]) as violation
from pg_catalog.pg_proc p
cross join lateral regexp_matches(
  p.prosrc, '(x-forwarded-for|x-real-ip|cf-connecting-ip|true-client-ip|inet_client_addr)', 'gi'
) as found
where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
  and p.proname not in ('client_ip', 'log_admin_action');
