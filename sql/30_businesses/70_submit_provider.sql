-- The owner hands a draft in for review; an admin then activates it.

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
    perform private.fail('provider_not_found');
  end if;
  if v_provider.status <> 'draft' then
    perform private.fail('provider_not_draft', v_provider.status);
  end if;
  if not exists (
    select 1
    from public.services as service
    where service.provider_id = v_id and service.is_active
  ) then
    perform private.fail('provider_incomplete');
  end if;
  update public.providers as provider set status = 'pending' where provider.id = v_id;
  return jsonb_build_object('id', v_id, 'status', 'pending');
end;
$$;
comment on function private.submit_provider is
  'Hands a draft in for review.';

select private.expose('submit_provider', 'authenticated');
