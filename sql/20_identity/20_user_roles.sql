-- Roles on the platform beyond customer, which everybody is. Membership of a provider is in
-- provider_members. Only service_role grants and revokes.
create table public.user_roles (
  user_id    uuid not null references public.profiles on delete cascade,
  role       text not null
    check (role in ('admin', 'moderator', 'support', 'finance', 'corporate')),
  granted_by uuid references public.profiles on delete set null,
  created_at timestamptz not null default private.now(),
  updated_at timestamptz not null default private.now(),
  primary key (user_id, role)
);
comment on table public.user_roles is 'Roles on the platform; everybody is a customer without one.';
create index user_roles_granted_by_idx on public.user_roles (granted_by);
create trigger _100_timestamps before insert or update on public.user_roles
  for each row execute function private.tg__timestamps();
alter table public.user_roles enable row level security;
grant select on public.user_roles to authenticated;
grant select, insert, delete on public.user_roles to service_role;
