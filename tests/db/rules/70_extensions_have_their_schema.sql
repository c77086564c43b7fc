-- Extensions live in `extensions`; plpgsql and pg_cron have a place of their own.
select e.extname::text as violation
from pg_catalog.pg_extension e
where e.extnamespace <> 'extensions'::regnamespace
  and e.extname not in ('plpgsql', 'pg_cron', 'pg_graphql', 'supabase_vault', 'pg_net');
