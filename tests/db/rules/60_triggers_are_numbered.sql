-- Triggers fire in name order, so their names begin with a number: `_100_timestamps`.
select format('%s: %s', t.tgrelid::regclass, t.tgname) as violation
from pg_catalog.pg_trigger t
join pg_catalog.pg_class c on c.oid = t.tgrelid
where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  and not t.tgisinternal
  and t.tgparentid = 0
  and t.tgname !~ '^_[0-9]{3}_[a-z_]+$';
