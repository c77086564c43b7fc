create table public.bad (id uuid primary key);
