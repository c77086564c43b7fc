-- Blocks among people: whoever is blocked can't write where the other takes part, as a customer or
-- as an owner or manager of the business.
create table public.user_blocks (
  blocker_id uuid not null references public.profiles on delete cascade,
  blocked_id uuid not null references public.profiles on delete cascade,
  created_at timestamptz not null default private.now(),
  primary key (blocker_id, blocked_id),
  check (blocker_id <> blocked_id)
);
comment on table public.user_blocks is 'Who does not want to be written to by whom.';
create index user_blocks_blocked_id_idx on public.user_blocks (blocked_id);
alter table public.user_blocks enable row level security;
-- No write grants: set_user_block writes.
grant select on public.user_blocks to authenticated, service_role;
-- The blocked one does not see it.
create policy select_blocker on public.user_blocks for select to authenticated
  using (blocker_id = (select private.me()));
