-- Where clients insert, a column without a default is theirs to give: generated types demand it.
select format('%s.%s', c.oid::regclass, a.attname) as violation
from pg_catalog.pg_class c
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = 'public'::regnamespace
  and c.relkind in ('r', 'p')
  and pg_catalog.has_any_column_privilege('authenticated', c.oid, 'insert')
  and a.attnotnull
  and not a.atthasdef
  and a.attidentity = ''
  and not pg_catalog.has_column_privilege('authenticated', c.oid, a.attnum, 'insert');
