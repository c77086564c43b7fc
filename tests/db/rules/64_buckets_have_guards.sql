-- Policies don't hold for what Storage writes after the bytes have come: each bucket has a trigger.
select bucket.id as violation
from storage.buckets as bucket
where not exists (
  select 1
  from pg_catalog.pg_trigger t
  where t.tgrelid = 'storage.objects'::regclass
    and pg_catalog.pg_get_triggerdef(t.oid) ~ 'AFTER INSERT'
    and strpos(pg_catalog.pg_get_triggerdef(t.oid), quote_literal(bucket.id)) > 0
);
