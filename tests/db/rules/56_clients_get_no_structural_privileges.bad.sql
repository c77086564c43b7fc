create table public.bad (id uuid primary key);
grant all on public.bad to service_role;
