-- `public` is the API. Nothing in the other schemas is exposed by the Data API.
create schema private;
comment on schema private is
  'Access helpers, trigger functions, all security definer code, and tables no client may read.';

-- Empty so far. Tables that grow with time get their children here: messages, notifications, logs.
create schema partitions;
comment on schema partitions is 'Children of partitioned tables.';

-- Empty so far: the views come with the reports for admins.
create schema analytics;
comment on schema analytics is 'Materialized views, read through admin functions.';

-- Policies and invoker functions call helpers in `private`; each helper is granted one by one.
grant usage on schema private to anon, authenticated, service_role;
