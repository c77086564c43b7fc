-- One row of a page of a search.
create type private.search_candidate as (
  provider_id uuid,
  sort_key double precision,
  distance_m double precision,
  match_score double precision,
  price_from_amount bigint,
  price_unit text
);

-- Finds and orders the providers of a page. The statement is put together from the conditions
-- that this search has, so that each search is planned for what it asks: the nearest ones walk
-- the spatial index in order, a category without a place walks the index of scores.
create function private.search_candidates(
  scope bigint,
  market_id text,
  query text,
  place extensions.geography,
  radius_km double precision,
  min_rating double precision,
  is_verified_only boolean,
  max_price_amount bigint,
  sort text,
  after_key double precision,
  after_id uuid,
  row_limit integer,
  postcode text,
  district text
)
returns setof private.search_candidate
language plpgsql
stable
security definer
set search_path = ''
-- Starting workers, and compiling, cost more than such a search takes.
set max_parallel_workers_per_gather = 0
set jit = off
as $$
declare
  v_distance text := case
    when place is null then 'null::double precision'
    else '(entry.location operator(extensions.<->) $2)'
  end;
  -- LocalPro gives 30 points within 2 km and none beyond; here they fade out until 20 km.
  v_score text := 'entry.base_score' || case
    when place is null then ''
    else format(' + 30 * (1 - least(greatest(%s / 1000 - 2, 0), 18) / 18)', v_distance)
  end;
  v_conditions text[] := array[]::text[];
  v_relevance text[] := array[]::text[];
  v_words record;
  v_key text;
  v_ways text[] := private.search_ways(
    search_candidates.scope, place, search_candidates.postcode, search_candidates.district
  );
begin
  if nullif(btrim(query), '') is not null then
    for v_words in
      select * from private.match_search_words(search_candidates.market_id, query)
    loop
      v_conditions := v_conditions || format(
        'document.words operator(pg_catalog.&&) %L::text[]', v_words.same || v_words.similar_words
      );
      v_relevance := v_relevance || format(
        'case when document.words operator(pg_catalog.&&) %L::text[] then 1.0 else 0.7 end',
        v_words.same
      );
    end loop;
    if v_conditions = '{}' then
      return;
    end if;
    v_score := format(
      '(%s) * (%s) / %s', v_score, array_to_string(v_relevance, ' + '), cardinality(v_relevance)
    );
  end if;
  if min_rating is not null then
    v_conditions := v_conditions || 'entry.rating_average >= $7'::text;
  end if;
  if is_verified_only then
    v_conditions := v_conditions || 'entry.is_verified'::text;
  end if;
  if max_price_amount is not null then
    v_conditions := v_conditions || 'entry.price_from_amount <= $8'::text;
  end if;

  v_key := case sort
    when 'distance' then v_distance
    when 'rating' then '-coalesce(entry.rating_average, 0)'
    when 'price' then 'coalesce(entry.price_from_amount, 1e15)::double precision'
    -- Ascending like the index, so that the order can come from it.
    else format('-(%s)', v_score)
  end;
  if after_id is not null then
    v_conditions := v_conditions || format('(%s, entry.provider_id) > ($9, $10)', v_key);
  end if;

  return query execute (
    select string_agg(
      format(
        '(
          select entry.provider_id, %1$s as sort_key, %2$s, (%3$s)::double precision,
            entry.price_from_amount, entry.price_unit
          from private.search_entries as entry %4$s
          where entry.scope = $1 and %5$s
          order by %1$s, entry.provider_id
          limit $11
        )',
        v_key, v_distance, v_score,
        case when v_relevance <> '{}' then
          'join private.search_documents as document on document.provider_id = entry.provider_id'
        end,
        array_to_string(v_conditions || way.condition, ' and ')
      ),
      ' union all '
    ) || case
      when cardinality(v_ways) > 1 then ' order by sort_key, provider_id limit $11'
      else ''
    end
    from unnest(v_ways) as way (condition)
  )
  using scope, place, radius_km,
    private.place_names(search_candidates.postcode, search_candidates.district),
    search_candidates.market_id, search_candidates.postcode, min_rating, max_price_amount,
    after_key, after_id, row_limit;
end;
$$;
comment on function private.search_candidates is
  'Rows of one page in their order; sort_key and provider_id are the keyset.';
