create table public.bad (id uuid primary key, name text not null, kind text not null);
grant insert (id, name) on public.bad to authenticated;
