create table public.bad (id uuid primary key);
create policy "Everybody may do everything" on public.bad to authenticated using (true);
