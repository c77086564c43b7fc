-- Members of a provider: the users who act for it. A solo technician is a provider with one member.
create table public.provider_members (
  provider_id uuid not null references public.providers on delete cascade,
  user_id     uuid not null references public.profiles on delete cascade,
  role        text not null check (role in ('owner', 'manager', 'crew_lead', 'crew_member')),
  created_at  timestamptz not null default private.now(),
  updated_at  timestamptz not null default private.now(),
  primary key (provider_id, user_id)
);
comment on table public.provider_members is 'Users who act for a provider.';
comment on column public.provider_members.role is
  'owner and manager edit the business; owner, manager and crew_lead decide about bookings; '
  'crew_member reports progress of jobs.';
create index provider_members_user_id_idx on public.provider_members (user_id);
create trigger _100_timestamps before insert or update on public.provider_members
  for each row execute function private.tg__timestamps();
alter table public.provider_members enable row level security;
-- No write grants to clients: joining takes an invitation.
grant select on public.provider_members to authenticated;
grant select, insert, update, delete on public.provider_members to service_role;
