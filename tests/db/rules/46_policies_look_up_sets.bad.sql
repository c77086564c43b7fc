create table public.bad (id uuid primary key, user_id uuid);
alter table public.bad enable row level security;
create policy select_known on public.bad for select to authenticated
  using (exists (select 1 from public.profiles as profile where profile.id = bad.user_id));
