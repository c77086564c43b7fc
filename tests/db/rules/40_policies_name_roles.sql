-- A policy says whom it is for; without, Postgres evaluates it for everybody.
select format('%s: %s', p.polrelid::regclass, p.polname) as violation
from pg_catalog.pg_policy p
where 0 = any (p.polroles);
