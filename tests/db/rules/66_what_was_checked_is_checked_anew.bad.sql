create table public.bad (id uuid primary key, name text, is_approved boolean);
grant update (name) on public.bad to authenticated;
