-- Every table of the product has a primary key.
select format('%s', c.oid::regclass) as violation
from pg_catalog.pg_class c
where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  and c.relkind in ('r', 'p')
  and not exists (
    select from pg_catalog.pg_constraint k where k.conrelid = c.oid and k.contype = 'p'
  );
