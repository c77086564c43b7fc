-- The log of what admins do: one row per action, written in the action's own transaction, so that
-- one is never there without the other. Nobody changes or removes a row, not even the product's own
-- code. Deleted accounts stay named, so there are no foreign keys.
create table public.admin_actions (
  id            uuid primary key default private.uuid_v7(),
  admin_id      uuid not null,
  action        text not null check (action ~ '^[a-z_]+$'),
  resource_type text not null check (resource_type ~ '^[a-z_]+$'),
  resource_id   text not null,
  before        jsonb,
  after         jsonb,
  reason        text check (private.is_text(reason, 1000)),
  ip            inet,
  forwarded_for text check (length(forwarded_for) <= 500),
  user_agent    text check (length(user_agent) <= 500),
  created_at    timestamptz not null default private.now()
);
comment on table public.admin_actions is 'What admins did. Never changed.';
comment on column public.admin_actions.admin_id is 'The user who did it; kept after the account.';
comment on column public.admin_actions.action is 'Name of the RPC.';
comment on column public.admin_actions.resource_type is 'provider, user or configuration.';
comment on column public.admin_actions.resource_id is
  'Id of the provider or user; key of the configuration, as market/key where a market has its own.';
comment on column public.admin_actions.before is 'What the action changed, as it was; null if new.';
comment on column public.admin_actions.after is 'The same, as it is since.';
comment on column public.admin_actions.ip is 'As private.client_ip() knows it.';
comment on column public.admin_actions.forwarded_for is
  'The last 500 characters of the header: proxies append what they see, callers can only prepend.';
comment on column public.admin_actions.user_agent is 'As the client says; at most 500 characters.';
-- Filters of list_admin_actions; ids ascend with time.
create index admin_actions_admin_id_id_idx on public.admin_actions (admin_id, id desc);
create index admin_actions_resource_id_idx
  on public.admin_actions (resource_type, resource_id, id desc);
create index admin_actions_action_id_idx on public.admin_actions (action, id desc);

create function private.tg__append_only()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  raise insufficient_privilege using message = format('Rows of %s never change.', tg_table_name);
end;
$$;
comment on function private.tg__append_only is 'Trigger _050_append_only of logs.';

create trigger _050_append_only before update or delete or truncate on public.admin_actions
  for each statement execute function private.tg__append_only();
alter table public.admin_actions enable row level security;
-- No write grants, not even to service_role: only definer functions write.
grant select on public.admin_actions to authenticated;
create policy select_admin on public.admin_actions for select to authenticated
  using ((select private.has_role('admin')));

-- Raises PT401 not_signed_in, PT403 user_blocked, second_factor_required and not_allowed.
create function private.require_admin()
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
begin
  if not private.has_role('admin') then
    -- Only admins are told: it helps nobody else.
    if exists (
      select from public.user_roles as granted
      where granted.user_id = v_me and granted.role = 'admin'
    ) then
      perform private.require_second_factor();
    end if;
    perform private.fail('not_allowed');
  end if;
  return v_me;
end;
$$;
comment on function private.require_admin is 'The signed-in user, who is an admin.';

-- Raises PT400 with the reason.
create function private.parse_word(
  value text, reason text, max_length integer, is_required boolean default true
)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_word text := private.parse_text(parse_word.value, reason, max_length, is_required);
begin
  if v_word !~ '^[a-z][a-z0-9_]*$' then
    perform private.fail(reason, 'a word of small letters, digits and underscores');
  end if;
  return v_word;
end;
$$;
comment on function private.parse_word is 'A name as code gives it, as commission_rate.';

create function private.log_admin_action(
  action text, resource_type text, resource_id text, before jsonb, after jsonb, reason text
)
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  insert into public.admin_actions (
    admin_id, action, resource_type, resource_id, before, after, reason, ip, forwarded_for,
    user_agent
  )
  values (
    auth.uid(), action, resource_type, resource_id, before, after, reason,
    private.client_ip(),
    -- The end is what proxies wrote; the beginning may be as long as the caller likes.
    right(private.request_header('x-forwarded-for'), 500),
    left(private.request_header('user-agent'), 500)
  )
$$;
comment on function private.log_admin_action is
  'Writes one row of the log about the signed-in admin.';
