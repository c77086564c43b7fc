-- Reviews of a business as everybody may read them.

-- Fails with PT403 user_blocked, PT404 provider_not_found.
create function private.require_visible_provider(provider_id uuid)
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if auth.uid() is not null then
    perform private.require_me();
  end if;
  if not exists (
    select 1
    from public.providers as provider
    where provider.id = require_visible_provider.provider_id
      and (
        provider.status = 'active'
        or provider.id in (select private.my_provider_ids())
        or (select private.has_role('admin'))
        or private.is_service()
      )
  ) then
    perform private.fail('provider_not_found');
  end if;
  return provider_id;
end;
$$;
comment on function private.require_visible_provider is
  'The id, if the caller may see the provider: an active one, or the caller''s own.';

create function private.public_review_json(review public.reviews)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select private.review_json(review)
    - '{booking_id,side,provider_id,customer_id}'::text[]
    || jsonb_build_object(
      'author', (
        select jsonb_build_object('display_name', author.display_name)
        from public.profiles as author
        where author.id = (review).author_id
      )
    )
$$;
comment on function private.public_review_json is
  'The review as everybody may read it: nothing tells who the author is but the display name.';

create function private.rating_summary(provider_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'rating_count', coalesce(total.rating_count, 0),
    'rating_average', round(total.rating_sum::numeric / nullif(total.rating_count, 0), 2),
    'distribution', jsonb_build_object(
      '1', coalesce(total.one_star_count, 0),
      '2', coalesce(total.two_star_count, 0),
      '3', coalesce(total.three_star_count, 0),
      '4', coalesce(total.four_star_count, 0),
      '5', coalesce(total.five_star_count, 0)
    ),
    'averages', jsonb_build_object(
      'quality', round(total.quality_sum::numeric / nullif(total.quality_count, 0), 2),
      'punctuality', round(total.punctuality_sum::numeric / nullif(total.punctuality_count, 0), 2),
      'professionalism',
        round(total.professionalism_sum::numeric / nullif(total.professionalism_count, 0), 2),
      'value', round(total.value_sum::numeric / nullif(total.value_count, 0), 2),
      'communication',
        round(total.communication_sum::numeric / nullif(total.communication_count, 0), 2)
    )
  )
  from (select rating_summary.provider_id) as wanted
  left join public.provider_ratings as total on total.provider_id = wanted.provider_id
$$;
comment on function private.rating_summary is
  'Distribution and averages of all reviews of a provider, from their counts.';

create function private.list_reviews(
  provider_id text,
  sort text default 'newest',
  min_rating jsonb default null,
  max_rating jsonb default null,
  page_size jsonb default '20',
  cursor text default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_provider_id uuid := private.require_visible_provider(
    private.parse_uuid(list_reviews.provider_id, 'invalid_provider_id')
  );
  v_sort text := coalesce(list_reviews.sort, 'newest');
  v_min integer := private.parse_integer(list_reviews.min_rating, 'invalid_min_rating', 1, 5, 1);
  v_max integer := private.parse_integer(list_reviews.max_rating, 'invalid_max_rating', 1, 5, 5);
  v_page_size integer := private.parse_integer(
    list_reviews.page_size, 'invalid_page_size', 1, 100, 20
  );
  v_after jsonb := private.decode_cursor(list_reviews.cursor, '{number,string,string}');
  v_after_place integer := private.parse_integer(v_after -> 0, 'invalid_cursor', -5, 5, -6);
  v_after_at timestamptz := private.parse_timestamp(
    coalesce(v_after ->> 1, '9999-12-31T00:00:00Z'), 'invalid_cursor'
  );
  v_after_id uuid := private.parse_uuid(v_after ->> 2, 'invalid_cursor', v_after is not null);
  v_page jsonb;
begin
  if v_sort not in ('newest', 'highest', 'lowest') then
    perform private.fail('invalid_sort', 'newest, highest or lowest');
  end if;

  -- A page of each number of stars, from its index, makes a page of them all: the cost does not
  -- depend on how many reviews there are, whatever the order and filter.
  with stars as (
    select
      star.rating,
      case v_sort when 'highest' then -star.rating when 'lowest' then star.rating else 0 end
        as place
    from generate_series(v_min, v_max) as star (rating)
  ), page as (
    select
      stars.place,
      found.review,
      row_number() over (
        order by stars.place, (found.review).created_at desc, (found.review).id desc
      ) as number
    from stars
    cross join lateral (
      select written as review
      from public.reviews as written
      where written.provider_id = v_provider_id
        and written.side = 'customer'
        and written.overall_rating = stars.rating
        and (written.created_at, written.id) < (
          case when stars.place > v_after_place then 'infinity' else v_after_at end,
          coalesce(v_after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        )
      order by written.created_at desc, written.id desc
      limit v_page_size + 1
    ) as found
    where stars.place >= v_after_place
    order by number
    limit v_page_size + 1
  )
  select private.page(
    array_agg(private.public_review_json(page.review) order by page.number),
    array_agg(
      jsonb_build_array(page.place, (page.review).created_at, (page.review).id)
      order by page.number
    ),
    v_page_size
  )
  into v_page
  from page;
  return private.rating_summary(v_provider_id)
    || jsonb_build_object('provider_id', v_provider_id)
    || v_page;
end;
$$;
comment on function private.list_reviews is
  'Reviews that customers gave a business: {provider_id, rating_count, rating_average, distribution,
averages, items, next_cursor}. The figures are of all reviews, whatever the filter.
sort: newest, highest or lowest. min_rating, max_rating: stars, 1 to 5. page_size: 1 to 100.';

select private.expose('list_reviews', 'anon', 'authenticated', 'service_role');
