-- History of sign-ins, from the sessions of Auth. Sessions go when they end; these rows stay for a
-- year. An error here never stops the sign-in: a user without a profile leaves no row.
create table public.sign_ins (
  -- The session's.
  id         uuid primary key,
  user_id    uuid not null references public.profiles on delete cascade,
  method     text,
  ip         inet,
  user_agent text,
  created_at timestamptz not null default private.now(),
  updated_at timestamptz not null default private.now()
);
comment on table public.sign_ins is 'Who signed in when and from where; a user reads their own.';
comment on column public.sign_ins.id is 'The session, as in the claim session_id.';
comment on column public.sign_ins.method is 'As Auth names it: otp, password, oauth, anonymous.';
comment on column public.sign_ins.ip is
  'As Auth saw it, which believes the first hop of x-forwarded-for: a hint, no evidence.';
create index sign_ins_user_id_created_at_idx on public.sign_ins (user_id, created_at desc);
create index sign_ins_created_at_idx on public.sign_ins (created_at);
create trigger _100_timestamps before insert or update on public.sign_ins
  for each row execute function private.tg__timestamps();
alter table public.sign_ins enable row level security;
grant select on public.sign_ins to authenticated, service_role;
create policy select_self_or_admin on public.sign_ins for select to authenticated
  using (user_id = (select private.me()) or (select private.has_role('admin')));

create function private.tg_auth_sessions__record_sign_in()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into public.sign_ins (id, user_id, ip, user_agent)
  select new.id, profile.id, new.ip, left(new.user_agent, 500)
  from public.profiles as profile
  where profile.id = new.user_id
  on conflict (id) do nothing;
  return null;
end;
$$;
comment on function private.tg_auth_sessions__record_sign_in is 'Trigger of auth.sessions.';

create trigger _500_record_sign_in after insert on auth.sessions
  for each row execute function private.tg_auth_sessions__record_sign_in();

-- Auth says how a session began right after it has made it.
create function private.tg_auth_mfa_amr_claims__record_method()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.sign_ins as sign_in
  set method = left(new.authentication_method, 50)
  where sign_in.id = new.session_id and sign_in.method is null;
  return null;
end;
$$;
comment on function private.tg_auth_mfa_amr_claims__record_method is
  'Trigger of auth.mfa_amr_claims.';

create trigger _500_record_method after insert on auth.mfa_amr_claims
  for each row execute function private.tg_auth_mfa_amr_claims__record_method();

create function private.delete_old_sign_ins()
returns integer
language sql
volatile
security definer
set search_path = ''
as $$
  with deleted as (
    delete from public.sign_ins where created_at < private.now() - interval '1 year' returning 1
  )
  select count(*)::integer from deleted
$$;
comment on function private.delete_old_sign_ins is
  'Job: forgets sign-ins after a year. Returns how many.';
