-- What a search answers of each provider it found.
create function private.search_items(
  candidates private.search_candidate[], sort text, language text, market public.markets
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_fallback text := (market).default_language;
begin
  return (
    with chosen as (
      select distinct provider_category.provider_id, provider_category.category_id
      from unnest(candidates) as found
      join public.provider_categories as provider_category
        on provider_category.provider_id = found.provider_id
    ), shown as materialized (
      -- Once each: the providers of a page share most of their categories.
      select category.id, category.sort_order, category.slug,
        jsonb_build_object(
          'slug', category.slug,
          'name', private.localized(category.names, language, v_fallback)
        ) as item
      from public.categories as category
      where category.id in (select chosen.category_id from chosen) and private.is_shown(category)
    ), listed as (
      select chosen.provider_id,
        jsonb_agg(shown.item order by shown.sort_order, shown.slug) as categories
      from chosen
      join shown on shown.id = chosen.category_id
      group by chosen.provider_id
    )
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'provider_id', provider.id,
          'slug', provider.slug,
          'name', private.localized(provider.names, language, v_fallback),
          'description', private.localized(provider.descriptions, language, v_fallback),
          'kind', provider.kind,
          'categories', coalesce(listed.categories, '[]'),
          'lat', extensions.st_y(provider.location::extensions.geometry),
          'lng', extensions.st_x(provider.location::extensions.geometry),
          'distance_km', round((found.distance_m / 1000)::numeric, 3),
          'rating_average', provider.rating_average,
          'rating_count', provider.rating_count,
          'is_verified', provider.verification_status = 'verified',
          'reputation_score', provider.reputation_score,
          'price_from_amount', found.price_from_amount,
          'currency', (market).currency,
          'price_unit', found.price_unit,
          'match_score', round(found.match_score::numeric, 2),
          'cursor', private.encode_cursor(
            jsonb_build_array(search_items.sort, found.sort_key, found.provider_id)
          )
        )
        order by found.sort_key, found.provider_id
      ),
      '[]'
    )
    from unnest(candidates) as found
    join public.providers as provider on provider.id = found.provider_id
    left join listed on listed.provider_id = provider.id
  );
end;
$$;
comment on function private.search_items is 'The items of a page, in their order.';
