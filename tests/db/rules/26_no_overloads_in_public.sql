-- An RPC has one signature: the Data API and generated clients can't tell overloads apart.
select p.proname::text as violation
from pg_catalog.pg_proc p
where p.pronamespace = 'public'::regnamespace
group by p.proname
having count(*) > 1;
