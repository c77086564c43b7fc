-- Counts of a provider's reviews, so that averages cost the same however many there are.
create table public.provider_ratings (
  provider_id           uuid primary key references public.providers on delete cascade,
  one_star_count        integer not null default 0 check (one_star_count >= 0),
  two_star_count        integer not null default 0 check (two_star_count >= 0),
  three_star_count      integer not null default 0 check (three_star_count >= 0),
  four_star_count       integer not null default 0 check (four_star_count >= 0),
  five_star_count       integer not null default 0 check (five_star_count >= 0),
  quality_sum           bigint not null default 0,
  quality_count         integer not null default 0,
  punctuality_sum       bigint not null default 0,
  punctuality_count     integer not null default 0,
  professionalism_sum   bigint not null default 0,
  professionalism_count integer not null default 0,
  value_sum             bigint not null default 0,
  value_count           integer not null default 0,
  communication_sum     bigint not null default 0,
  communication_count   integer not null default 0,
  rating_count          integer not null generated always as (
    one_star_count + two_star_count + three_star_count + four_star_count + five_star_count
  ) stored,
  rating_sum            bigint not null generated always as (
    one_star_count + 2 * two_star_count::bigint + 3 * three_star_count::bigint
      + 4 * four_star_count::bigint + 5 * five_star_count::bigint
  ) stored,
  created_at            timestamptz not null default private.now(),
  updated_at            timestamptz not null default private.now()
);
comment on table public.provider_ratings is
  'Distribution and sums of the reviews that customers gave a provider; kept by trigger.';
comment on column public.provider_ratings.rating_sum is 'Sum of the overall ratings.';
comment on column public.provider_ratings.quality_sum is
  'Sum of the ratings of quality; the others alike. Reviews may leave one out.';
comment on column public.provider_ratings.quality_count is 'Reviews that rate quality.';
create trigger _100_timestamps before insert or update on public.provider_ratings
  for each row execute function private.tg__timestamps();
alter table public.provider_ratings enable row level security;
grant select on public.provider_ratings to anon, authenticated, service_role;
-- The subquery is itself under the policy of providers.
create policy select_of_visible on public.provider_ratings for select to anon, authenticated
  using (exists (select 1 from public.providers as provider where provider.id = provider_id));

-- The trigger counts the reviews of a statement, recompute_provider_statistics all of a provider.
create function private.count_reviews(review_ids uuid[])
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  insert into public.provider_ratings as total (
    provider_id, one_star_count, two_star_count, three_star_count, four_star_count,
    five_star_count, quality_sum, quality_count, punctuality_sum, punctuality_count,
    professionalism_sum, professionalism_count, value_sum, value_count, communication_sum,
    communication_count
  )
  select
    review.provider_id,
    count(*) filter (where review.overall_rating = 1),
    count(*) filter (where review.overall_rating = 2),
    count(*) filter (where review.overall_rating = 3),
    count(*) filter (where review.overall_rating = 4),
    count(*) filter (where review.overall_rating = 5),
    coalesce(sum(review.quality_rating), 0), count(review.quality_rating),
    coalesce(sum(review.punctuality_rating), 0), count(review.punctuality_rating),
    coalesce(sum(review.professionalism_rating), 0), count(review.professionalism_rating),
    coalesce(sum(review.value_rating), 0), count(review.value_rating),
    coalesce(sum(review.communication_rating), 0), count(review.communication_rating)
  from public.reviews as review
  where review.id = any (review_ids) and review.side = 'customer'
  group by review.provider_id
  order by review.provider_id
  on conflict (provider_id) do update set
    one_star_count = total.one_star_count + excluded.one_star_count,
    two_star_count = total.two_star_count + excluded.two_star_count,
    three_star_count = total.three_star_count + excluded.three_star_count,
    four_star_count = total.four_star_count + excluded.four_star_count,
    five_star_count = total.five_star_count + excluded.five_star_count,
    quality_sum = total.quality_sum + excluded.quality_sum,
    quality_count = total.quality_count + excluded.quality_count,
    punctuality_sum = total.punctuality_sum + excluded.punctuality_sum,
    punctuality_count = total.punctuality_count + excluded.punctuality_count,
    professionalism_sum = total.professionalism_sum + excluded.professionalism_sum,
    professionalism_count = total.professionalism_count + excluded.professionalism_count,
    value_sum = total.value_sum + excluded.value_sum,
    value_count = total.value_count + excluded.value_count,
    communication_sum = total.communication_sum + excluded.communication_sum,
    communication_count = total.communication_count + excluded.communication_count
$$;
comment on function private.count_reviews is 'Adds these reviews to provider_ratings.';
