-- Businesses that wait for verification, the oldest first, with what there is to look at.
-- Decide with the function `admin` (POST /admin/providers/{provider_id}/verify), never by hand:
-- it writes the log.
select
  provider.market_id as market,
  provider.id as provider_id,
  coalesce(provider.names ->> 'en', provider.names ->> market.default_language) as name,
  provider.kind,
  provider.status,
  provider.verification_status,
  private.now() - provider.updated_at as waits,
  concat_ws(', ', provider.address, provider.postcode, provider.city) as address,
  owner.display_name as owner,
  owner.status as owner_status,
  account.phone as owner_phone,
  account.email as owner_email,
  (
    select string_agg(category.slug, ', ' order by category.slug)
    from public.provider_categories as of_provider
    join public.categories as category on category.id = of_provider.category_id
    where of_provider.provider_id = provider.id
  ) as categories,
  (
    select count(*)
    from public.services as service
    where service.provider_id = provider.id and service.is_active
  ) as services,
  (
    select string_agg(
      format('%s %s: %s', logged.created_at::date, logged.action, logged.reason), e'\n'
      order by logged.id
    )
    from public.admin_actions as logged
    where logged.resource_type = 'provider' and logged.resource_id = provider.id::text
  ) as decided_before
from public.providers as provider
join public.markets as market on market.id = provider.market_id
left join public.provider_members as member
  on member.provider_id = provider.id and member.role = 'owner'
left join public.profiles as owner on owner.id = member.user_id
left join auth.users as account on account.id = owner.id
where provider.status in ('pending', 'ownerless')
  or (
    provider.status = 'active'
    and provider.verification_status in ('pending', 'under_review', 'expired')
  )
order by provider.id;
