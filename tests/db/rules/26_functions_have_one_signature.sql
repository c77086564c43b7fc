-- A function has one signature: the Data API and generated clients can't tell overloads apart, and
-- comments, grants and private.expose name a function without its arguments.
select p.pronamespace::regnamespace || '.' || p.proname as violation
from pg_catalog.pg_proc p
where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
group by p.pronamespace, p.proname
having count(*) > 1;
