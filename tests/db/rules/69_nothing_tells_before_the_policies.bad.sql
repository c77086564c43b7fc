create table public.bad (id uuid primary key, name text);
grant insert (id, name) on public.bad to authenticated;
create function private.tg_bad__look()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  return new;
end;
$$;
create trigger _050_look before insert on public.bad
  for each row execute function private.tg_bad__look();
