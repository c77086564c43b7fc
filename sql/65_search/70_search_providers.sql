-- Search for providers: near a place, in a category, by words, filtered, ranked, page by page.

create function private.search_providers(
  market text,
  query text default null,
  category text default null,
  lat jsonb default null,
  lng jsonb default null,
  radius_km jsonb default '10',
  min_rating jsonb default null,
  verified_only jsonb default 'false',
  max_price_amount jsonb default null,
  language text default null,
  sort text default 'rank',
  page_size jsonb default '20',
  cursor text default null,
  postcode text default null,
  district text default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_market public.markets := private.require_market(search_providers.market);
  v_query text := private.parse_text(search_providers.query, 'invalid_query', 200, false);
  v_lat numeric := private.parse_number(search_providers.lat, 'invalid_lat', -90, 90);
  v_lng numeric := private.parse_number(search_providers.lng, 'invalid_lng', -180, 180);
  v_radius_km numeric := private.parse_number(
    search_providers.radius_km, 'invalid_radius_km', 0.1, 500, 10
  );
  v_sort text := coalesce(search_providers.sort, 'rank');
  v_page_size integer := private.parse_integer(
    search_providers.page_size, 'invalid_page_size', 1, 100, 20
  );
  v_after jsonb := private.decode_cursor(search_providers.cursor, '{string,number,string}');
  v_language text := coalesce(
    private.parse_language(search_providers.language, 'invalid_language', false),
    v_market.default_language
  );
  v_scope bigint := private.search_scope(v_market.id);
  v_postcode text := private.parse_postcode(search_providers.postcode, 'invalid_postcode');
  v_district text := private.parse_text(
    search_providers.district, 'invalid_district', 100, false
  );
  v_page private.search_candidate[];
  v_items jsonb;
begin
  if auth.uid() is not null then
    perform private.require_me();
  end if;
  if v_sort not in ('rank', 'distance', 'rating', 'price') then
    perform private.fail('invalid_sort', 'rank, distance, rating or price');
  end if;
  if v_after is not null and v_after ->> 0 <> v_sort then
    perform private.fail('invalid_cursor', 'a cursor of the same sort');
  end if;
  if (v_lat is null) <> (v_lng is null) or (v_sort = 'distance' and v_lat is null) then
    perform private.fail('place_required');
  end if;
  if search_providers.category is not null then
    select private.search_scope(asked.id::text) into v_scope
    from public.categories as asked
    where asked.market_id = v_market.id
      and asked.slug = search_providers.category
      and private.is_shown(asked);
    if not found then
      perform private.fail('category_not_found');
    end if;
  end if;

  -- One row more than asked for tells whether there is a next page.
  v_page := array(
    select candidate
    from private.search_candidates(
      v_scope,
      v_market.id,
      v_query,
      private.point(v_lat::float8, v_lng::float8),
      -- No further than a booking may go.
      least(v_radius_km::float8, v_market.reach_km),
      private.parse_number(search_providers.min_rating, 'invalid_min_rating', 1, 5)::float8,
      private.parse_boolean(search_providers.verified_only, 'invalid_verified_only', false),
      private.parse_integer(
        search_providers.max_price_amount, 'invalid_max_price_amount', 0, 1000000000000
      ),
      v_sort,
      private.parse_double(v_after -> 1, 'invalid_cursor'),
      private.parse_uuid(v_after ->> 2, 'invalid_cursor', v_after is not null),
      v_page_size + 1,
      v_postcode,
      v_district
    ) as candidate
    order by candidate.sort_key, candidate.provider_id
  );
  v_items := private.search_items(v_page[:v_page_size], v_sort, v_language, v_market);
  return jsonb_build_object(
    'items', v_items,
    'next_cursor', case when cardinality(v_page) > v_page_size then v_items -> -1 -> 'cursor' end
  );
end;
$$;
comment on function private.search_providers is
  'Active providers of a market: {items, next_cursor}.
query: words in any language, typos allowed. category: a slug; sub-categories are included.
lat, lng: WGS 84 degrees; then only providers that work there: those with service areas that cover
the place, wherever they sit, and those without within radius_km (0.1 to 500), at most reach_km of
the market. What is found at a place can be booked there.
postcode, district: of the customer; they match service areas of that kind, which otherwise count
as having no area; without lat and lng, a provider without areas has to sit in the postcode.
language: a tag as hi or hi-IN; the market''s own by default.
sort: rank (match score), distance, rating, price. page_size: 1 to 100. cursor: of an item or page.
match_score: 0.4 times the reputation, 30 if verified, up to 30 for nearness (all within 2 km, none
from 20 km on), less where words are only alike (after LocalPro''s search, whose step at 2 km it
smooths). distance_km is on the sphere.';

select private.expose('search_providers', 'anon', 'authenticated', 'service_role');
