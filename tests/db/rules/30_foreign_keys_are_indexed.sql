-- The referencing columns lead an index: deleting a parent and joining are no table scans.
select format('%s: %s', k.conrelid::regclass, k.conname) as violation
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
where k.contype = 'f'
  and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  and not exists (
    select
    from pg_catalog.pg_index i
    where i.indrelid = k.conrelid
      and i.indpred is null
      and (i.indkey::smallint[])[0 : cardinality(k.conkey) - 1] @> k.conkey
  )
  -- A partial index over the rows that have the reference serves as well.
  and not exists (
    select
    from pg_catalog.pg_index i
    where i.indrelid = k.conrelid
      and i.indkey[0] = k.conkey[1]
      and cardinality(k.conkey) = 1
      and pg_get_expr(i.indpred, i.indrelid) ~ '^\(\w+ IS NOT NULL\)$'
  );
