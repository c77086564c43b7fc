create table public.bad (id uuid primary key, name text);
grant insert (id, name) on public.bad to authenticated;
