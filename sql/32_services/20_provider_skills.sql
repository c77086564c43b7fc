-- Skills of a provider, in its own words. Everybody reads those of active providers; a provider
-- can't say of itself that one is verified.
create table public.provider_skills (
  provider_id uuid not null references public.providers on delete cascade,
  name        text not null check (private.is_text(name, 80)),
  is_verified boolean not null default false,
  created_at  timestamptz not null default private.now(),
  updated_at  timestamptz not null default private.now(),
  primary key (provider_id, name)
);
comment on table public.provider_skills is 'What a provider says it can do; found by search.';

-- Raises PT400 invalid_name.
create function private.tg_provider_skills__validate()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  new.name := private.parse_text(new.name, 'invalid_name', 80);
  return new;
end;
$$;
comment on function private.tg_provider_skills__validate is
  'Trigger _050_validate of provider_skills.';

create trigger _050_validate before insert or update on public.provider_skills
  for each row execute function private.tg_provider_skills__validate();
create trigger _100_timestamps before insert or update on public.provider_skills
  for each row execute function private.tg__timestamps();
insert into private.limits (name, maximum, reason, counted)
values (
  'provider_skills', 50, 'too_many_skills',
  'select count(*) from public.provider_skills as skill where skill.provider_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _600_limit after insert on public.provider_skills
  referencing new table as added
  for each statement execute function private.tg__limit('provider_skills', 'provider_id');
alter table public.provider_skills enable row level security;
grant select on public.provider_skills to anon;
grant select, insert (provider_id, name), delete on public.provider_skills to authenticated;
grant select, insert, update, delete on public.provider_skills to service_role;
create policy select_of_visible on public.provider_skills for select to anon, authenticated
  using (exists (select 1 from public.providers as provider where provider.id = provider_id));
create policy insert_manager on public.provider_skills for insert to authenticated
  with check (provider_id in (select private.my_managed_provider_ids()));
create policy delete_manager on public.provider_skills for delete to authenticated
  using (provider_id in (select private.my_managed_provider_ids()));
