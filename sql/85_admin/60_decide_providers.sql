-- What admins decide about businesses, as data: from which states, and what becomes of them.
create table private.provider_decisions (
  action             text primary key check (action ~ '^[a-z_]+$'),
  from_statuses      text[] not null,
  from_verifications text[] not null,
  to_status          text,
  to_verification    text,
  requires_reason    boolean not null,
  created_at         timestamptz not null default private.now(),
  updated_at         timestamptz not null default private.now()
);
comment on table private.provider_decisions is 'Decisions of admins about providers.';
comment on column private.provider_decisions.from_statuses is
  'providers.status from which it is possible.';
comment on column private.provider_decisions.from_verifications is
  'providers.verification_status from which it is possible.';
comment on column private.provider_decisions.to_status is 'Null: it stays.';
comment on column private.provider_decisions.to_verification is 'Null: it stays.';
create trigger _100_timestamps before insert or update on private.provider_decisions
  for each row execute function private.tg__timestamps();

-- A business that is rejected is a draft again: its owner corrects it and submits it again.
insert into private.provider_decisions (
  action, from_statuses, from_verifications, to_status, to_verification, requires_reason
)
values
  (
    'review_provider', '{pending,active,ownerless}', '{pending,rejected,expired}', null,
    'under_review', false
  ),
  (
    'verify_provider', '{pending,active,ownerless}', '{pending,under_review,rejected,expired}',
    'active', 'verified', false
  ),
  (
    'reject_provider', '{pending}', '{pending,under_review,verified,rejected,expired}', 'draft',
    'rejected', true
  ),
  (
    'suspend_provider', '{active,ownerless}', '{pending,under_review,verified,rejected,expired}',
    'suspended', null, true
  ),
  (
    'reinstate_provider', '{suspended}', '{pending,under_review,verified,rejected,expired}',
    'active', null, true
  )
on conflict (action) do update set
  from_statuses = excluded.from_statuses,
  from_verifications = excluded.from_verifications,
  to_status = excluded.to_status,
  to_verification = excluded.to_verification,
  requires_reason = excluded.requires_reason;

create function private.provider_state(provider public.providers)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', provider.id,
    'status', provider.status,
    'verification_status', provider.verification_status
  )
$$;
comment on function private.provider_state is 'What admins decide about a provider.';

-- Fails with PT401, PT403 user_blocked and not_allowed, PT400 invalid_provider_id and
-- invalid_reason, PT404 provider_not_found, PT409 own_business, decision_not_allowed and
-- provider_changed.
create function private.decide_provider(
  action text, provider_id text, reason text, fingerprint text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_decision private.provider_decisions;
  v_id uuid := private.parse_uuid(decide_provider.provider_id, 'invalid_provider_id');
  v_reason text;
  v_before public.providers;
  v_after public.providers;
begin
  perform private.require_admin();
  select * into strict v_decision
  from private.provider_decisions as known
  where known.action = decide_provider.action;
  v_reason := private.parse_text(
    decide_provider.reason, 'invalid_reason', 1000, v_decision.requires_reason
  );
  select * into v_before
  from public.providers as provider
  where provider.id = v_id
  for no key update;
  if v_before.id is null then
    perform private.fail('provider_not_found');
  end if;
  perform private.require_no_member(v_id, private.me());
  if v_before.status <> all (v_decision.from_statuses)
    or v_before.verification_status <> all (v_decision.from_verifications)
  then
    perform private.fail('decision_not_allowed', v_before.status, v_before.verification_status);
  end if;
  if decide_provider.fingerprint <> private.fingerprint(v_before) then
    perform private.fail('provider_changed');
  end if;
  update public.providers as provider
  set
    status = coalesce(v_decision.to_status, provider.status),
    verification_status = coalesce(v_decision.to_verification, provider.verification_status)
  where provider.id = v_id
  returning provider.* into v_after;
  perform private.log_admin_action(
    v_decision.action, 'provider', v_id::text, private.provider_state(v_before),
    private.provider_state(v_after), v_reason
  );
  return private.provider_state(v_after);
end;
$$;
comment on function private.decide_provider is
  'Body of public.review_provider, verify_provider, reject_provider, suspend_provider and
reinstate_provider.';

create function public.review_provider(provider_id text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.decide_provider('review_provider', provider_id, null)
$$;
comment on function public.review_provider is
  'For admins: takes a business into review, so that others see that somebody does.';

create function public.verify_provider(
  provider_id text, notes text default null, fingerprint text default null
)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.decide_provider('verify_provider', provider_id, notes, fingerprint)
$$;
comment on function public.verify_provider is
  'For admins: the business is what it says, and active; ownerless as long as no account of an owner
may act. notes: what was checked. fingerprint: as the queue gave it, so that what was looked at is
what is verified.';

create function public.reject_provider(provider_id text, reason text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.decide_provider('reject_provider', provider_id, reason)
$$;
comment on function public.reject_provider is
  'For admins: sends a submitted business back to its owner as a draft.';

create function public.suspend_provider(provider_id text, reason text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.decide_provider('suspend_provider', provider_id, reason)
$$;
comment on function public.suspend_provider is
  'For admins: an active business, or one that is so but for an owner, is hidden and takes no
bookings. Those it has stay.';

create function public.reinstate_provider(provider_id text, reason text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.decide_provider('reinstate_provider', provider_id, reason)
$$;
comment on function public.reinstate_provider is
  'For admins: a suspended business is active again; ownerless as long as no account of an owner
may act.';

grant execute on function
  private.decide_provider, public.review_provider, public.verify_provider, public.reject_provider,
  public.suspend_provider, public.reinstate_provider
to authenticated;
