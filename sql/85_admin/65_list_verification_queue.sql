-- Businesses that wait for an admin's word.
create index providers_verification_queue_idx on public.providers (id)
  where status in ('pending', 'ownerless')
    or (status = 'active' and verification_status in ('pending', 'under_review', 'expired'));

create function private.list_verification_queue(
  market text default null, page_size jsonb default '20', cursor text default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_market text := private.parse_word(
    list_verification_queue.market, 'invalid_market_id', 31, false
  );
  v_page_size integer := private.parse_integer(
    list_verification_queue.page_size, 'invalid_page_size', 1, 100, 20
  );
  v_after uuid := private.parse_uuid(
    private.decode_cursor(list_verification_queue.cursor, '{string}') ->> 0,
    'invalid_cursor', false
  );
  v_answer jsonb;
begin
  perform private.require_admin();
  with page as (
    select
      provider.*, private.fingerprint(provider) as fingerprint,
      row_number() over (order by provider.id) as place
    from public.providers as provider
    where (
        provider.status in ('pending', 'ownerless')
        or (
          provider.status = 'active'
          and provider.verification_status in ('pending', 'under_review', 'expired')
        )
      )
      and (v_market is null or provider.market_id = v_market)
      and (v_after is null or provider.id > v_after)
    order by provider.id
    limit v_page_size + 1
  )
  select private.page(
    array_agg(
      jsonb_build_object(
        'id', page.id,
        'market_id', page.market_id,
        'slug', page.slug,
        'kind', page.kind,
        'names', page.names,
        'status', page.status,
        'verification_status', page.verification_status,
        'city', page.city,
        'address', page.address,
        'fingerprint', page.fingerprint,
        'created_at', page.created_at,
        'updated_at', page.updated_at
      )
      order by page.place
    ),
    array_agg(jsonb_build_array(page.id) order by page.place),
    v_page_size
  )
  into v_answer
  from page;
  return v_answer;
end;
$$;
comment on function private.list_verification_queue is
  'For admins: submitted businesses, active ones that are not verified, and ownerless ones, the
oldest first: {items, next_cursor}. fingerprint: of what is to be checked, for verify_provider.
page_size: 1 to 100.';

select private.expose('list_verification_queue', 'authenticated');
