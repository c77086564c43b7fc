create table public.bad (id uuid primary key);
grant update on public.bad to authenticated;
