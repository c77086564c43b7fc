-- `public` is the API. Nothing in the other schemas is exposed by the Data API.
create schema private;
comment on schema private is
  'Access helpers, trigger functions, all security definer code, and tables no client may read.';

create schema partitions;
comment on schema partitions is 'Children of partitioned tables.';

create schema analytics;
comment on schema analytics is 'Materialized views, read through admin functions.';

-- Policies and invoker functions call helpers in `private`; each helper is granted one by one.
grant usage on schema private to anon, authenticated, service_role;
