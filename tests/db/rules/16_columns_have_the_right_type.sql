-- Moments (`*_at`) are timestamptz, money (`*_amount`) is bigint minor units, text is text.
select format('%s.%s: %s', c.oid::regclass, a.attname, a.atttypid::regtype) as violation
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  and c.relkind in ('r', 'p')
  and a.attnum > 0
  and not a.attisdropped
  and (
    (a.attname like '%\_at' and a.atttypid <> 'timestamptz'::regtype)
    or (a.attname like '%\_amount' and a.atttypid <> 'bigint'::regtype)
    or a.atttypid in (
      'timestamp'::regtype, 'timetz'::regtype, 'money'::regtype, 'json'::regtype,
      'varchar'::regtype, 'bpchar'::regtype
    )
  );
