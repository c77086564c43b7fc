-- Every foreign key chooses: restrict, cascade, set null or set default.
select format('%s: %s', k.conrelid::regclass, k.conname) as violation
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
where k.contype = 'f'
  and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  and k.confdeltype = 'a';
