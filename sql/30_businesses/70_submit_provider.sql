-- The owner hands a draft in for review; an admin then activates it.

-- Fails with PT401 not_signed_in, PT403 user_blocked, PT400 invalid_provider_id,
-- PT404 provider_not_found, PT409 provider_incomplete and provider_not_draft.
create function private.submit_provider(provider_id text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_id uuid := private.parse_uuid(submit_provider.provider_id, 'invalid_provider_id');
  v_provider public.providers;
begin
  perform private.require_me();
  select * into v_provider
  from public.providers as provider
  where provider.id = v_id and provider.id in (select private.my_managed_provider_ids())
  for no key update;
  if v_provider.id is null then
    raise sqlstate 'PT404' using
      message = 'There is no such provider.',
      detail = 'provider_not_found',
      hint = 'Use the id of a provider that you own or manage.';
  end if;
  if v_provider.status <> 'draft' then
    raise sqlstate 'PT409' using
      message = 'Only a draft can be submitted.',
      detail = 'provider_not_draft',
      hint = format('The provider is %s.', v_provider.status);
  end if;
  if not exists (
    select 1
    from public.services as service
    where service.provider_id = v_id and service.is_active
  ) then
    raise sqlstate 'PT409' using
      message = 'The business has no service yet.',
      detail = 'provider_incomplete',
      hint = 'Add a service first.';
  end if;
  update public.providers as provider set status = 'pending' where provider.id = v_id;
  return jsonb_build_object('id', v_id, 'status', 'pending');
end;
$$;
comment on function private.submit_provider(text) is 'Body of public.submit_provider.';

create function public.submit_provider(provider_id text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.submit_provider(provider_id)
$$;
comment on function public.submit_provider(text) is
  'Hands a draft in for review.
Errors: 400 invalid_provider_id; 404 provider_not_found; 409 provider_incomplete,
provider_not_draft.';

grant execute on function private.submit_provider(text), public.submit_provider(text)
  to authenticated;
