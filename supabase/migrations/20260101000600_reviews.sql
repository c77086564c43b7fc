-- Built from sql/60_reviews by `npm run generate`: edit it there.

-- Errors of reviews: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  (
    'already_reviewed', 409, 'This booking has been reviewed already.',
    'Each side reviews a booking once.'
  ),
  ('booking_not_completed', 409, 'Only a completed booking can be reviewed.', 'The booking is %s.'),
  (
    'review_not_allowed', 403, 'You can''t review this booking.',
    'The customer may, and members of the business who decide about its bookings.'
  ),
  ('review_window_closed', 409, 'The time for a review is over.', 'It ended at %s.'),
  (
    'user_has_history', 409, 'This account has bookings or reviews that others still need.',
    'Delete it softly: deleteUser(id, true).'
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

insert into private.errors (reason, status, message, hint, is_of_storage)
values
  ('too_many_review_photos', 403, 'A review has at most %s photos.', 'Delete one first.', true)
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{comment, communication, max_rating, overall, photos, professionalism, punctuality, quality,
  title}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Reviews: after a completed booking the customer reviews the business, and the business the
-- customer. Written by submit_review, never changed. The public reads those of businesses through
-- list_reviews, which names an author but shows no id of a person or booking.
alter table public.markets
  add column review_days integer not null default 60 check (review_days between 1 and 365);
comment on column public.markets.review_days is
  'How long after its completion a booking may be reviewed, days.';

-- Photos of reviews are public, but nobody may learn whose booking it was: their paths have this
-- key instead of its id. Clients have no grant: review_photo_folder tells the key to those who may
-- write the review.
alter table public.bookings add column review_key uuid not null unique default gen_random_uuid();
comment on column public.bookings.review_key is
  'Stands for the booking in paths of review-photos. Not for clients.';

-- The foreign key of a review keeps true what it says about its booking.
alter table public.bookings add unique (id, provider_id, customer_id);

create table public.reviews (
  id                     uuid primary key default private.uuid_v7(),
  booking_id             uuid not null,
  side                   text not null check (side in ('customer', 'provider')),
  provider_id            uuid not null,
  customer_id            uuid not null,
  author_id              uuid not null references public.profiles on delete restrict,
  overall_rating         integer not null check (overall_rating between 1 and 5),
  quality_rating         integer check (quality_rating between 1 and 5),
  punctuality_rating     integer check (punctuality_rating between 1 and 5),
  professionalism_rating integer check (professionalism_rating between 1 and 5),
  value_rating           integer check (value_rating between 1 and 5),
  communication_rating   integer check (communication_rating between 1 and 5),
  title                  text check (private.is_text(title, 120)),
  comment                text check (private.is_text(comment, 2000)),
  photo_paths            text[] not null default '{}'
    check (cardinality(photo_paths) <= 10 and private.are_texts(photo_paths, 500)),
  created_at             timestamptz not null default private.now(),
  updated_at             timestamptz not null default private.now(),
  unique (booking_id, side),
  check ((side = 'customer') = (author_id = customer_id)),
  foreign key (customer_id, provider_id, booking_id)
    references public.bookings (customer_id, provider_id, id) on delete restrict
);
comment on table public.reviews is 'One review per booking and side. Never changed.';
comment on column public.reviews.side is
  'Who wrote it: the customer about the provider, or the provider about the customer.';
comment on column public.reviews.author_id is
  'The customer, or the member of the provider who wrote it.';
comment on column public.reviews.overall_rating is '1 (worst) to 5; so are the others.';
comment on column public.reviews.photo_paths is 'Paths in the bucket review-photos.';
-- The latest of a provider, for the trend of its reputation.
create index reviews_provider_id_side_created_at_id_idx
  on public.reviews (provider_id, side, created_at desc, id desc);
-- Every order and filter of list_reviews: a few rows of each number of stars.
create index reviews_provider_id_overall_rating_created_at_id_idx
  on public.reviews (provider_id, overall_rating, created_at desc, id desc)
  where side = 'customer';
create index reviews_customer_id_provider_id_booking_id_idx
  on public.reviews (customer_id, provider_id, booking_id);
create index reviews_author_id_idx on public.reviews (author_id);
create trigger _100_timestamps before insert or update on public.reviews
  for each row execute function private.tg__timestamps();

-- Raises PT409 own_business.
create function private.tg_reviews__one_part()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.require_no_member(new.provider_id, new.customer_id);
  return new;
end;
$$;
comment on function private.tg_reviews__one_part is
  'Trigger _300_one_part of reviews: nobody praises the business they work for.';
create trigger _300_one_part before insert on public.reviews
  for each row when (new.side = 'customer') execute function private.tg_reviews__one_part();
alter table public.reviews enable row level security;
-- No write grants, not even to service_role: submit_review writes.
grant select on public.reviews to authenticated, service_role;
-- A business does not see what others wrote about a customer: that would tell whom else the
-- customer books. It gets their average from customer_rating.
create policy select_participant_or_admin on public.reviews for select to authenticated
  using (
    customer_id = (select private.me())
    or provider_id in (select private.my_provider_ids())
    or (select private.has_role('admin'))
  );

-- Photos of reviews lie in the private bucket review-photos, as <review_key>/<side>/<file>. Anybody
-- may see one that is part of a public review, but its path does not tell whose booking it was, and
-- others are not listed. They are uploaded before the review, by the side that may write it, and
-- never change; one that is removed before the review makes room for another. (The bucket takes
-- HEIC, but the trigger refuses it and says what to do.)
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values (
  'review-photos', 'review-photos', false, 5242880,
  '{image/jpeg,image/png,image/webp,image/heic,image/heif}'
)
on conflict (id) do update set
  public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

create function private.review_photo_place(name text)
returns table (review_key uuid, side text)
language sql
immutable
parallel safe
set search_path = ''
as $$
  select found.review_key, split_part(name, '/', 2)
  from private.uuid_in(name, '^<id>/(?:customer|provider)/[^/]+$') as found (review_key)
  where found.review_key is not null
$$;
comment on function private.review_photo_place is
  'Key of the booking and side that a path in review-photos belongs to; no row for any other path.';

create function private.my_review_side(booking public.bookings)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select case
    when mine.actors[1] = 'provider' then 'provider'
    -- A customer whom the business has hired since can't review it any more.
    when mine.actors[1] = 'customer' and not mine.actors && '{provider,crew}' then 'customer'
  end
  from (select private.my_booking_actors(booking) as actors) as mine
$$;
comment on function private.my_review_side is
  'As whom the caller reviews this booking: customer, provider or null.';

create function private.can_change_review_photo(name text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select 1
    from private.review_photo_place(name) as place
    join public.bookings as booking on booking.review_key = place.review_key
    where booking.status = 'completed'
      -- The planner takes a plain equality for a key, and works it out for every booking.
      and place.side = any (array[private.my_review_side(booking)])
      and not exists (
        select 1
        from public.reviews as review
        where review.booking_id = booking.id and review.side = place.side
      )
  )
$$;
comment on function private.can_change_review_photo is
  'Whether the path is in the folder of a review that the user may still write.';

create function private.can_read_review_photo(name text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.can_change_review_photo(name) or exists (
    select 1
    from private.review_photo_place(name) as place
    join public.bookings as booking on booking.review_key = place.review_key
    join public.reviews as review on review.booking_id = booking.id and review.side = place.side
    where can_read_review_photo.name = any (review.photo_paths)
      and (
        review.side = 'customer' and ((select private.me()) is not null or auth.uid() is null)
        or review.customer_id = (select private.me())
        or review.provider_id in (select private.my_provider_ids())
        or (select private.has_role('admin'))
      )
  )
$$;
comment on function private.can_read_review_photo is
  'Photos of reviews are as public as the reviews; those not yet reviewed are the writing side''s.';

grant execute on function private.can_read_review_photo, private.can_change_review_photo
  to anon, authenticated, service_role;

-- Everybody who knows a path may read. People list, and so remove, only their own files. A list
-- shows a few files of many, so this must cost nothing for each file.
create policy select_review_photo_reader on storage.objects for select to anon, authenticated
  using (
    bucket_id = 'review-photos'
    and (
      (select private.is_download()) and private.can_read_review_photo(name)
      -- Null would not end it: and asks on.
      or coalesce(owner_id = (select auth.uid())::text, false)
        and private.can_change_review_photo(name)
    )
  );
create policy insert_review_photo_side on storage.objects for insert to authenticated
  with check (
    bucket_id = 'review-photos'
    and private.is_upload()
    and private.can_change_review_photo(name)
  );
create policy delete_review_photo_side on storage.objects for delete to authenticated
  using (bucket_id = 'review-photos' and private.can_change_review_photo(name));

insert into private.limits (name, maximum, reason, counted)
values (
  'review_photos', 10, 'too_many_review_photos',
  'select count(*)
   from storage.objects as object
   where object.bucket_id = ''review-photos'' and object.name like $1 || ''/%'''
)
on conflict (name) do nothing;

create function private.tg_objects__guard_review_photo()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_place record;
begin
  perform private.require_picture(new.name, new.metadata);
  -- Files of the platform itself have no owner.
  if new.owner_id is null then
    return null;
  end if;
  select place.review_key, place.side into v_place
  from private.review_photo_place(new.name) as place;
  if not private.is_live(new.owner_id::uuid) or not exists (
    select 1
    from public.bookings as booking
    where booking.review_key = v_place.review_key
      and booking.status = 'completed'
      and case v_place.side
        when 'customer' then booking.customer_id = new.owner_id::uuid
        else exists (
          select 1
          from public.provider_members as member
          where member.provider_id = booking.provider_id
            and member.user_id = new.owner_id::uuid
            and member.role <> 'crew_member'
        )
      end
      and not exists (
        select 1
        from public.reviews as review
        where review.booking_id = booking.id and review.side = v_place.side
      )
  ) then
    perform private.fail('upload_not_allowed');
  end if;
  perform private.require_room('review_photos', v_place.review_key || '/' || v_place.side, 0);
  return null;
end;
$$;
comment on function private.tg_objects__guard_review_photo is
  'Trigger _500_guard_review_photo of storage.objects.';

create trigger _500_guard_review_photo after insert on storage.objects
  for each row when (new.bucket_id = 'review-photos')
  execute function private.tg_objects__guard_review_photo();
create trigger _500_keep_review_photo
  after update of bucket_id, name, version, metadata on storage.objects
  for each row when (
    'review-photos' in (old.bucket_id, new.bucket_id)
    and (new.bucket_id, new.name, new.version, new.metadata)
      is distinct from (old.bucket_id, old.name, old.version, old.metadata)
  )
  execute function private.tg_objects__refuse_change();

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

-- What a provider's bookings tell about it, counted move by move. Earnings are not counted here.
create table public.provider_statistics (
  provider_id                 uuid primary key references public.providers on delete cascade,
  completed_count             integer not null default 0,
  cancelled_by_provider_count integer not null default 0,
  cancelled_by_customer_count integer not null default 0,
  missed_count                integer not null default 0,
  request_count               integer not null default 0,
  declined_count              integer not null default 0,
  unanswered_count            integer not null default 0,
  response_seconds_sum        bigint not null default 0,
  failed_count                integer not null generated always as (
    cancelled_by_provider_count + missed_count
  ) stored,
  job_count                   integer not null generated always as (
    completed_count + cancelled_by_provider_count + cancelled_by_customer_count + missed_count
  ) stored,
  completion_rate             numeric(5, 4) generated always as (
    completed_count::numeric / nullif(
      completed_count + cancelled_by_provider_count + cancelled_by_customer_count + missed_count,
      0
    )
  ) stored,
  acceptance_rate             numeric(5, 4) generated always as (
    (request_count - declined_count - unanswered_count)::numeric / nullif(request_count, 0)
  ) stored,
  response_seconds_average    integer generated always as (
    response_seconds_sum / nullif(request_count, 0)
  ) stored,
  created_at                  timestamptz not null default private.now(),
  updated_at                  timestamptz not null default private.now()
);
comment on table public.provider_statistics is
  'Counts of a provider''s bookings; kept by trigger, a provider without moves has no row.';
comment on column public.provider_statistics.completed_count is
  'Jobs that are completed; one in dispute is not, until it is decided.';
comment on column public.provider_statistics.cancelled_by_provider_count is
  'Agreed jobs that the provider called off.';
comment on column public.provider_statistics.cancelled_by_customer_count is
  'Agreed jobs that the customer called off; withdrawn requests don''t count.';
comment on column public.provider_statistics.missed_count is
  'Agreed jobs that the provider did not come to; one in dispute is not, until it is decided.';
comment on column public.provider_statistics.request_count is
  'Requests that the provider answered or let expire.';
comment on column public.provider_statistics.response_seconds_sum is
  'From each of these requests to the first move of the provider, or to its expiry.';
comment on column public.provider_statistics.failed_count is 'Jobs that failed by the provider.';
comment on column public.provider_statistics.job_count is 'Agreed jobs that are over.';
comment on column public.provider_statistics.completion_rate is
  'completed_count of job_count, 0 to 1; null without jobs.';
comment on column public.provider_statistics.acceptance_rate is
  'Requests that the provider neither declined nor let expire, of all, 0 to 1; null without any.';
comment on column public.provider_statistics.response_seconds_average is
  'response_seconds_sum of request_count, seconds; null without requests.';
create trigger _100_timestamps before insert or update on public.provider_statistics
  for each row execute function private.tg__timestamps();
alter table public.provider_statistics enable row level security;
grant select on public.provider_statistics to authenticated, service_role;
create policy select_member_or_admin on public.provider_statistics for select to authenticated
  using (
    provider_id in (select private.my_provider_ids()) or (select private.has_role('admin'))
  );

-- The trigger counts one move, recompute_provider_statistics all of a provider.
create function private.count_booking_moves(history_ids uuid[])
returns uuid[]
language sql
volatile
security definer
set search_path = ''
as $$
  with moves as (
    select
      booking.provider_id, move.from_status, move.to_status, move.actor,
      move.from_status = 'requested'
        and (move.actor = 'provider' or move.to_status = 'expired') as is_response,
      extract(epoch from move.created_at - entered.created_at) as seconds,
      -- After an admin's decision the same side is to blame as before: the provider, unless it was
      -- the provider who reported that the customer was not there.
      'no_show' in (move.from_status, move.to_status) and not exists (
        select 1
        from public.booking_status_history as report
        where report.booking_id = move.booking_id
          and report.to_status = 'no_show'
          and report.actor = 'provider'
      ) as is_about_missing
    from public.booking_status_history as move
    join public.booking_status_history as entered
      on entered.booking_id = move.booking_id and entered.position = move.position - 1
    join public.bookings as booking on booking.id = move.booking_id
    where move.id = any (history_ids)
  ), counts as (
    select
      moves.provider_id,
      count(*) filter (where moves.to_status = 'completed')
        - count(*) filter (where moves.from_status = 'completed') as completed,
      count(*) filter (where moves.to_status = 'cancelled' and moves.actor = 'provider')
        as cancelled_by_provider,
      count(*) filter (
        where moves.to_status = 'cancelled' and moves.actor = 'customer'
          and moves.from_status in ('awaiting_payment', 'confirmed', 'en_route', 'arrived')
      ) as cancelled_by_customer,
      count(*) filter (where moves.is_about_missing and moves.to_status = 'no_show')
        - count(*) filter (where moves.is_about_missing and moves.from_status = 'no_show')
        as missed,
      count(*) filter (where moves.is_response) as requests,
      count(*) filter (where moves.to_status = 'declined') as declined,
      count(*) filter (where moves.is_response and moves.to_status = 'expired') as unanswered,
      coalesce(sum(round(moves.seconds)) filter (where moves.is_response), 0) as response_seconds
    from moves
    group by moves.provider_id
  ), added as (
    insert into public.provider_statistics as total (
      provider_id, completed_count, cancelled_by_provider_count, cancelled_by_customer_count,
      missed_count, request_count, declined_count, unanswered_count, response_seconds_sum
    )
    select * from counts
    where (
      counts.completed, counts.cancelled_by_provider, counts.cancelled_by_customer, counts.missed,
      counts.requests, counts.declined
    ) <> (0, 0, 0, 0, 0, 0)
    order by counts.provider_id
    on conflict (provider_id) do update set
      completed_count = total.completed_count + excluded.completed_count,
      cancelled_by_provider_count =
        total.cancelled_by_provider_count + excluded.cancelled_by_provider_count,
      cancelled_by_customer_count =
        total.cancelled_by_customer_count + excluded.cancelled_by_customer_count,
      missed_count = total.missed_count + excluded.missed_count,
      request_count = total.request_count + excluded.request_count,
      declined_count = total.declined_count + excluded.declined_count,
      unanswered_count = total.unanswered_count + excluded.unanswered_count,
      response_seconds_sum = total.response_seconds_sum + excluded.response_seconds_sum
    returning total.provider_id
  )
  select array_agg(added.provider_id) from added
$$;
comment on function private.count_booking_moves is
  'Adds these moves to provider_statistics. Returns the providers whose row changed, or null.';

-- The formula of the reputation score as data: one version is in force, earlier ones are kept, so
-- that a score can always be explained.

-- Steps are a JSON array of {from, score}: the highest `from` that the value reaches gives the
-- score. The step without `from` is for every value below the others.
create function private.is_steps(steps jsonb)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select count(*) filter (where not step.value ? 'from') = 1
    and bool_and(
      jsonb_typeof(step.value) = 'object'
        and coalesce(jsonb_typeof(step.value -> 'from'), 'number') = 'number'
        and jsonb_typeof(step.value -> 'score') = 'number'
        and step.value -> 'score' between '0' and '100'
    )
  from jsonb_array_elements(case jsonb_typeof(steps) when 'array' then steps else '[]' end) as step
$$;
comment on function private.is_steps is
  'Whether these are steps: scores from 0 to 100, exactly one step without `from`.';

create function private.step_score(steps jsonb, value numeric)
returns numeric
language sql
immutable
parallel safe
set search_path = ''
as $$
  select (step.value ->> 'score')::numeric
  from jsonb_array_elements(steps) as step
  where coalesce((step.value ->> 'from')::numeric, '-infinity') <= step_score.value
  order by coalesce((step.value ->> 'from')::numeric, '-infinity') desc
  limit 1
$$;
comment on function private.step_score is
  'Score of the step that the value reaches; null for null.';

create function private.is_reputation_map(map jsonb, maximum numeric)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select jsonb_typeof(map) = 'object'
    and (
      select array_agg(entry.key order by entry.key)
      from jsonb_each(case jsonb_typeof(map) when 'object' then map else '{}' end) as entry
      where jsonb_typeof(entry.value) = 'number'
        and (entry.value #>> '{}')::numeric between 0 and maximum
    ) = '{rating,reliability,response,tenure,trend,verification,volume}'
$$;
comment on function private.is_reputation_map is
  'Whether the map has a number from 0 to the maximum for each of the seven factors.';

create table public.reputation_formulas (
  version               integer primary key check (version > 0),
  description           text not null,
  is_active             boolean not null default false,
  weights               jsonb not null check (
    private.is_reputation_map(weights, 1000) and weights @? 'strict $.* ? (@ > 0)'
  ),
  scores_without_data   jsonb not null
    check (private.is_reputation_map(scores_without_data, 100)),
  full_volume_count     integer not null check (full_volume_count > 0),
  response_steps        jsonb not null check (private.is_steps(response_steps)),
  identity_points       integer not null check (identity_points between 0 and 100),
  background_points     integer not null,
  tenure_steps          jsonb not null check (private.is_steps(tenure_steps)),
  recent_count          integer not null check (recent_count between 1 and 100),
  trend_steps           jsonb not null check (private.is_steps(trend_steps)),
  few_jobs_below        integer not null check (few_jobs_below >= 0),
  few_jobs_multiplier   numeric(4, 3) not null check (few_jobs_multiplier between 0 and 1),
  failure_rate_above    numeric(5, 4) not null check (failure_rate_above between 0 and 1),
  failures_multiplier   numeric(4, 3) not null check (failures_multiplier between 0 and 1),
  created_at            timestamptz not null default private.now(),
  updated_at            timestamptz not null default private.now(),
  check (background_points between 0 and 100 - identity_points),
  -- Checked at commit, so that one statement can hand over from one version to another.
  constraint reputation_formulas_one_active_excl
    exclude (is_active with =) where (is_active) deferrable initially deferred
);
comment on table public.reputation_formulas is
  'Versions of the formula of the reputation score; exactly one is in force.';
comment on column public.reputation_formulas.is_active is
  'Switched by private.activate_reputation_formula.';
comment on column public.reputation_formulas.weights is
  'Weight of each factor; they count in proportion to their sum.';
comment on column public.reputation_formulas.scores_without_data is
  'Score of a factor that has no data yet, 0 to 100.';
comment on column public.reputation_formulas.full_volume_count is
  'Completed jobs that make the volume 100.';
comment on column public.reputation_formulas.response_steps is
  'By the average time to the first answer to a request, seconds.';
comment on column public.reputation_formulas.tenure_steps is 'By days since the business joined.';
comment on column public.reputation_formulas.recent_count is
  'How many of the latest reviews are compared with all.';
comment on column public.reputation_formulas.trend_steps is
  'By the average of the latest reviews minus the average of all, stars.';
comment on column public.reputation_formulas.few_jobs_below is
  'With fewer completed jobs the score is multiplied by few_jobs_multiplier.';
comment on column public.reputation_formulas.failure_rate_above is
  'With a larger part of its jobs failed the score is multiplied by failures_multiplier.';
create trigger _100_timestamps before insert or update on public.reputation_formulas
  for each row execute function private.tg__timestamps();

-- The exclusion constraint allows at most one active version, this trigger at least one.
create function private.tg_reputation_formulas__keep_one_active()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not exists (select 1 from public.reputation_formulas as formula where formula.is_active) then
    raise check_violation using
      message = 'One version of the reputation formula is active.',
      hint = 'Use private.activate_reputation_formula.';
  end if;
  return null;
end;
$$;
comment on function private.tg_reputation_formulas__keep_one_active is
  'Trigger _900_keep_one_active of reputation_formulas.';

create constraint trigger _900_keep_one_active
  after update or delete on public.reputation_formulas
  deferrable initially deferred
  for each row execute function private.tg_reputation_formulas__keep_one_active();
alter table public.reputation_formulas enable row level security;
grant select on public.reputation_formulas to anon, authenticated, service_role;
create policy select_everybody on public.reputation_formulas for select to anon, authenticated
  using (true);

insert into public.reputation_formulas (
  version, description, is_active, weights, scores_without_data, full_volume_count,
  response_steps, identity_points, background_points, tenure_steps, recent_count, trend_steps,
  few_jobs_below, few_jobs_multiplier, failure_rate_above, failures_multiplier
)
values (
  1, 'Seven factors: see docs/reputation.md.', true,
  '{"rating": 40, "volume": 20, "response": 15, "verification": 15, "reliability": 10,
    "tenure": 5, "trend": 5}',
  '{"rating": 0, "volume": 0, "response": 60, "verification": 0, "reliability": 100,
    "tenure": 0, "trend": 80}',
  100,
  '[{"score": 100}, {"from": 601, "score": 80}, {"from": 1801, "score": 60},
    {"from": 3601, "score": 40}, {"from": 7201, "score": 20}]',
  50, 50,
  '[{"score": 20}, {"from": 30, "score": 50}, {"from": 90, "score": 75},
    {"from": 180, "score": 100}]',
  10,
  '[{"score": 60}, {"from": -0.29, "score": 70}, {"from": -0.09, "score": 80},
    {"from": 0.11, "score": 90}, {"from": 0.31, "score": 100}]',
  5, 0.8, 0.15, 0.9
)
on conflict (version) do nothing;

-- The score is a pure function of facts and a formula; a reader of the answer can repeat it.
create function private.score_reputation(facts jsonb, formula public.reputation_formulas)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  with fact as (
    select
      fact.*,
      round(fact.recent_average - fact.rating_average, 2) as trend,
      round(
        fact.failed_count::numeric / nullif(fact.completed_count + fact.failed_count, 0), 4
      ) as failure_rate
    from jsonb_to_record(facts) as fact (
      rating_average numeric, recent_average numeric, completed_count integer,
      failed_count integer, response_seconds integer, is_identity_verified boolean,
      is_background_checked boolean, age_days integer
    )
  ), factors as (
    select
      factor.position, factor.name, factor.raw_value,
      greatest(0, least(100, coalesce(
        factor.score, ((formula).scores_without_data ->> factor.name)::numeric
      ))) as score,
      ((formula).weights ->> factor.name)::numeric
        / sum(((formula).weights ->> factor.name)::numeric) over () as weight
    from fact
    cross join lateral (
      values
        (1, 'rating', to_jsonb(fact.rating_average), fact.rating_average / 5 * 100),
        (
          2, 'volume', to_jsonb(fact.completed_count),
          fact.completed_count * 100.0 / (formula).full_volume_count
        ),
        (
          3, 'response', to_jsonb(fact.response_seconds),
          private.step_score((formula).response_steps, fact.response_seconds)
        ),
        (
          4, 'verification',
          jsonb_build_object(
            'identity', fact.is_identity_verified, 'background', fact.is_background_checked
          ),
          case when fact.is_identity_verified then (formula).identity_points else 0 end
            + case when fact.is_background_checked then (formula).background_points else 0 end
        ),
        (5, 'reliability', to_jsonb(fact.failure_rate), (1 - fact.failure_rate) * 100),
        (
          6, 'tenure', to_jsonb(fact.age_days),
          private.step_score((formula).tenure_steps, fact.age_days)
        ),
        (
          7, 'trend', to_jsonb(fact.trend),
          private.step_score((formula).trend_steps, fact.trend)
        )
    ) as factor (position, name, raw_value, score)
  ), penalties as (
    select
      fact.completed_count < (formula).few_jobs_below as has_few_jobs,
      coalesce(fact.failure_rate > (formula).failure_rate_above, false) as has_many_failures
    from fact
  ), total as (
    select
      sum(factors.score * factors.weight) as weighted,
      jsonb_agg(
        jsonb_build_object(
          'factor', factors.name,
          'raw_value', factors.raw_value,
          'score', round(factors.score, 2),
          'weight', round(factors.weight, 4),
          'contribution', round(factors.score * factors.weight, 2)
        )
        order by factors.position
      ) as factors
    from factors
  )
  select jsonb_build_object(
    'score', round(
      total.weighted
        * case when penalties.has_few_jobs then (formula).few_jobs_multiplier else 1 end
        * case when penalties.has_many_failures then (formula).failures_multiplier else 1 end,
      2
    ),
    'score_before_penalties', round(total.weighted, 2),
    'factors', total.factors,
    'penalties', jsonb_path_query_array(
      jsonb_build_array(
        case when penalties.has_few_jobs then
          jsonb_build_object('reason', 'few_jobs', 'multiplier', (formula).few_jobs_multiplier)
        end,
        case when penalties.has_many_failures then
          jsonb_build_object(
            'reason', 'many_failures', 'multiplier', (formula).failures_multiplier
          )
        end
      ),
      '$[*] ? (@ != null)'
    ),
    'formula_version', (formula).version
  )
  from total
  cross join penalties
$$;
comment on function private.score_reputation is
  'Score 0–100 with its factors and penalties.
facts: {rating_average, recent_average, completed_count, failed_count, response_seconds,
is_identity_verified, is_background_checked, age_days}; averages and seconds are null without
data.';

alter table public.providers add column background_checked_at timestamptz;
comment on column public.providers.background_checked_at is
  'When an admin confirmed a background check; null without one, and again when the business takes
another name or kind, or gets another owner.';
create trigger _080_uncheck before update on public.providers
  for each row
  when (
    old.background_checked_at is not null
    and new.background_checked_at = old.background_checked_at
    and (old.names, old.kind) is distinct from (new.names, new.kind)
  )
  execute function private.tg__uncheck('background_checked_at');

-- Rounded as they are shown, so that a reader who repeats the calculation gets the same score.
create function private.reputation_facts(provider_id uuid, recent_count integer)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'rating_average', round(rating.rating_sum::numeric / nullif(rating.rating_count, 0), 2),
    'recent_average', (
      select round(avg(recent.overall_rating), 2)
      from (
        select review.overall_rating
        from public.reviews as review
        where review.provider_id = provider.id and review.side = 'customer'
        order by review.created_at desc, review.id desc
        limit reputation_facts.recent_count
      ) as recent
    ),
    'completed_count', coalesce(statistics.completed_count, 0),
    'failed_count', coalesce(statistics.failed_count, 0),
    'response_seconds', statistics.response_seconds_average,
    'is_identity_verified', provider.verification_status = 'verified',
    'is_background_checked', provider.background_checked_at is not null,
    'age_days', extract(day from private.now() - provider.created_at)
  )
  from public.providers as provider
  left join public.provider_ratings as rating on rating.provider_id = provider.id
  left join public.provider_statistics as statistics on statistics.provider_id = provider.id
  where provider.id = reputation_facts.provider_id
$$;
comment on function private.reputation_facts is
  'What the score of this provider is made of, at constant cost.';

create function private.current_reputation(provider_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select private.score_reputation(
    private.reputation_facts(current_reputation.provider_id, formula.recent_count), formula
  )
  from public.reputation_formulas as formula
  where formula.is_active
$$;
comment on function private.current_reputation is
  'The provider''s score now, by the formula in force.';

-- Keeps rating_average, rating_count and reputation_score of providers true. They are what search
-- reads, so its own trigger follows.

create function private.refresh_reputation(provider_ids uuid[])
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  select 1
  from public.providers as provider
  where provider.id = any (provider_ids)
  order by provider.id
  for no key update;

  update public.providers as provider
  set
    rating_average = fresh.rating_average,
    rating_count = fresh.rating_count,
    reputation_score = fresh.reputation_score
  from (
    select
      listed.id,
      round(rating.rating_sum::numeric / nullif(rating.rating_count, 0), 2) as rating_average,
      coalesce(rating.rating_count, 0) as rating_count,
      (private.current_reputation(listed.id) ->> 'score')::numeric as reputation_score
    from unnest(provider_ids) as listed (id)
    left join public.provider_ratings as rating on rating.provider_id = listed.id
  ) as fresh
  where provider.id = fresh.id
    and (provider.rating_average, provider.rating_count, provider.reputation_score)
      is distinct from (fresh.rating_average, fresh.rating_count, fresh.reputation_score)
$$;
comment on function private.refresh_reputation is
  'Brings the ratings and the score of these providers up to date; constant cost for each.';

create function private.tg_reviews__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- Counts first, score after.
  perform private.count_reviews(array(select row.id from added as row));
  perform private.refresh_reputation(array(
    select distinct row.provider_id from added as row where row.side = 'customer'
  ));
  return null;
end;
$$;
comment on function private.tg_reviews__count is 'Trigger _500_count of reviews.';

create trigger _500_count after insert on public.reviews
  referencing new table as added
  for each statement execute function private.tg_reviews__count();

create function private.tg_booking_status_history__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_history_ids uuid[] := array(
    select row.id from added as row where row.from_status is not null
  );
  v_provider_ids uuid[];
begin
  if v_history_ids = '{}' then
    return null;
  end if;
  v_provider_ids := private.count_booking_moves(v_history_ids);
  if v_provider_ids is not null then
    perform private.refresh_reputation(v_provider_ids);
  end if;
  return null;
end;
$$;
comment on function private.tg_booking_status_history__count is
  'Trigger _500_count of booking_status_history.';

create trigger _500_count after insert on public.booking_status_history
  referencing new table as added
  for each statement execute function private.tg_booking_status_history__count();

create function private.tg_providers__refresh_reputation()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.refresh_reputation(array[new.id]);
  return null;
end;
$$;
comment on function private.tg_providers__refresh_reputation is
  'Triggers _500_refresh_reputation_… of providers.';

create trigger _500_refresh_reputation_insert after insert on public.providers
  for each row execute function private.tg_providers__refresh_reputation();
create trigger _500_refresh_reputation_update
  after update of verification_status, background_checked_at on public.providers
  for each row
  when (
    (old.verification_status, old.background_checked_at)
      is distinct from (new.verification_status, new.background_checked_at)
  )
  execute function private.tg_providers__refresh_reputation();

-- Everything else moves with a review or a booking; tenure moves with the calendar.
create function private.refresh_tenure()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_provider_ids uuid[] := array(
    select provider.id
    from public.providers as provider
    where exists (
      select 1
      from public.reputation_formulas as formula
      cross join lateral jsonb_array_elements(formula.tenure_steps) as step
      where formula.is_active
        -- A week, so that nights on which the job did not run are made up for.
        and extract(day from private.now() - provider.created_at) - (step ->> 'from')::numeric
          between 0 and 7
    )
  );
begin
  perform private.refresh_reputation(v_provider_ids);
  return cardinality(v_provider_ids);
end;
$$;
comment on function private.refresh_tenure is
  'Job: scores the providers that reached another step of tenure. Returns how many it looked at.';

-- Counts from scratch: after an import that went past the triggers, and as the proof that what the
-- triggers keep is true.
create function private.recompute_provider_statistics(provider_ids uuid[])
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform 1
  from public.providers as provider
  where provider.id = any (provider_ids)
  order by provider.id
  for update;
  delete from public.provider_ratings as rating where rating.provider_id = any (provider_ids);
  delete from public.provider_statistics as statistics
  where statistics.provider_id = any (provider_ids);

  perform private.count_reviews(array(
    select review.id
    from public.reviews as review
    where review.provider_id = any (provider_ids) and review.side = 'customer'
  ));
  perform private.count_booking_moves(array(
    select history.id
    from public.bookings as booking
    join public.booking_status_history as history on history.booking_id = booking.id
    where booking.provider_id = any (provider_ids)
  ));
  perform private.refresh_reputation(provider_ids);
end;
$$;
comment on function private.recompute_provider_statistics is
  'Rebuilds ratings, statistics and score of these providers from their reviews and bookings.';

-- Raises no_data_found for a version that does not exist.
create function private.activate_reputation_formula(version integer)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not exists (
    select 1
    from public.reputation_formulas as formula
    where formula.version = activate_reputation_formula.version
  ) then
    raise no_data_found using
      message = format('There is no version %s of the formula.', version);
  end if;
  update public.reputation_formulas as formula
  set is_active = formula.version = activate_reputation_formula.version
  where formula.is_active <> (formula.version = activate_reputation_formula.version);
  perform private.refresh_reputation(array(select provider.id from public.providers as provider));
end;
$$;
comment on function private.activate_reputation_formula is
  'Puts a version of the reputation formula in force and scores every provider by it.';

-- Writes a review of a completed booking.

create function private.review_json(review public.reviews)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'id', (review).id,
    'booking_id', (review).booking_id,
    'side', (review).side,
    'provider_id', (review).provider_id,
    'customer_id', (review).customer_id,
    'overall', (review).overall_rating,
    'quality', (review).quality_rating,
    'punctuality', (review).punctuality_rating,
    'professionalism', (review).professionalism_rating,
    'value', (review).value_rating,
    'communication', (review).communication_rating,
    'title', (review).title,
    'comment', (review).comment,
    'photos', to_jsonb((review).photo_paths),
    'created_at', (review).created_at
  )
$$;
comment on function private.review_json is 'The review as its author and the other side see it.';

-- Raises PT403 review_not_allowed, PT409 own_business, booking_not_completed and
-- review_window_closed.
create function private.require_review_side(booking public.bookings)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_side text := private.my_review_side(booking);
  v_closes_at timestamptz;
begin
  if v_side is null and (private.my_booking_actors(booking))[1] = 'customer' then
    perform private.reject_own_business();
  elsif v_side is null then
    perform private.fail('review_not_allowed');
  end if;
  if (booking).status <> 'completed' then
    perform private.fail('booking_not_completed', (booking).status);
  end if;
  select (booking).status_changed_at + make_interval(days => market.review_days)
  into v_closes_at
  from public.markets as market
  where market.id = (booking).market_id;
  if v_closes_at < private.now() then
    perform private.fail('review_window_closed', v_closes_at::text);
  end if;
  return v_side;
end;
$$;
comment on function private.require_review_side is
  'As whom the caller may review this booking now: customer or provider.';

create function private.review_photo_folder(booking_id text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_booking public.bookings := private.require_booking(
    private.parse_uuid(review_photo_folder.booking_id, 'invalid_booking_id')
  );
begin
  return jsonb_build_object(
    'bucket', 'review-photos',
    'folder', v_booking.review_key || '/' || private.require_review_side(v_booking)
  );
end;
$$;
comment on function private.review_photo_folder is
  'Where photos of the caller''s review of a booking are uploaded to, before it is written:
{bucket, folder}. The path of a photo is <folder>/<file>.jpg, .png, .webp or .gif.';

select private.expose('review_photo_folder', 'authenticated');

-- Raises PT400 invalid_photos.
create function private.parse_review_photos(photos jsonb, folder text)
returns text[]
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_paths text[] := coalesce(
    private.parse_texts(nullif(parse_review_photos.photos, '[]'), 'invalid_photos', 10), '{}'
  );
begin
  if exists (
    select 1
    from unnest(v_paths) as path
    where not starts_with(path, parse_review_photos.folder || '/')
      or not exists (
        select 1
        from storage.objects as object
        where object.bucket_id = 'review-photos' and object.name = path
      )
  ) or cardinality(v_paths) <> (select count(distinct path) from unnest(v_paths) as path) then
    perform private.fail(
      'invalid_photos', format('paths of photos in review-photos below %s/', folder)
    );
  end if;
  return v_paths;
end;
$$;
comment on function private.parse_review_photos is
  'Different paths of uploaded photos in this folder; null stands for none.';

create function private.submit_review(
  booking_id text,
  overall jsonb,
  quality jsonb default null,
  punctuality jsonb default null,
  professionalism jsonb default null,
  value jsonb default null,
  communication jsonb default null,
  title text default null,
  comment text default null,
  photos jsonb default null,
  idempotency_key text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
  v_answer jsonb := private.claim_idempotency_key(
    v_me,
    submit_review.idempotency_key,
    jsonb_build_array(
      'submit_review', booking_id, overall, quality, punctuality, professionalism, value,
      communication, title, comment, photos
    )
  );
  v_booking_id uuid := private.parse_uuid(submit_review.booking_id, 'invalid_booking_id');
  v_overall integer := private.parse_integer(submit_review.overall, 'invalid_overall', 1, 5);
  v_quality integer := private.parse_integer(submit_review.quality, 'invalid_quality', 1, 5);
  v_punctuality integer := private.parse_integer(
    submit_review.punctuality, 'invalid_punctuality', 1, 5
  );
  v_professionalism integer := private.parse_integer(
    submit_review.professionalism, 'invalid_professionalism', 1, 5
  );
  v_value integer := private.parse_integer(submit_review.value, 'invalid_value', 1, 5);
  v_communication integer := private.parse_integer(
    submit_review.communication, 'invalid_communication', 1, 5
  );
  v_title text := private.parse_text(submit_review.title, 'invalid_title', 120, false);
  v_comment text := private.parse_text(submit_review.comment, 'invalid_comment', 2000, false);
  v_booking public.bookings;
  v_side text;
  v_review public.reviews;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  if v_overall is null then
    perform private.fail('invalid_overall', 'a whole number from 1 to 5');
  end if;

  -- Reviews and moves of one provider take turns: see the order of locks at the table bookings.
  perform 1
  from public.providers as provider
  where provider.id = (private.require_booking(v_booking_id)).provider_id
  for no key update;
  v_booking := private.require_booking(v_booking_id);
  v_side := private.require_review_side(v_booking);

  insert into public.reviews (
    booking_id, side, provider_id, customer_id, author_id, overall_rating, quality_rating,
    punctuality_rating, professionalism_rating, value_rating, communication_rating, title, comment,
    photo_paths
  )
  values (
    v_booking.id, v_side, v_booking.provider_id, v_booking.customer_id, v_me, v_overall, v_quality,
    v_punctuality, v_professionalism, v_value, v_communication, v_title, v_comment,
    private.parse_review_photos(submit_review.photos, v_booking.review_key || '/' || v_side)
  )
  on conflict on constraint reviews_booking_id_side_key do nothing
  returning * into v_review;
  if v_review.id is null then
    perform private.fail('already_reviewed');
  end if;

  v_answer := private.review_json(v_review);
  perform private.store_idempotent_response(v_me, submit_review.idempotency_key, v_answer);
  return v_answer;
end;
$$;
comment on function private.submit_review is
  'Reviews a completed booking, and answers the review: the customer reviews the business, an owner,
manager or crew lead reviews the customer. Once for each side, and final.
overall, quality, punctuality, professionalism, value, communication: 1 to 5, overall is required.
photos: up to ten paths in the bucket review-photos, in the folder that review_photo_folder tells.';

select private.expose('submit_review', 'authenticated');

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

-- What a customer's bookings and reviews tell. It reads as many rows as the customer has,
-- by indexes, so there is no counter to keep. What was spent is not counted here.
create function private.customer_statistics()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
begin
  return (
    select jsonb_build_object(
      'booking_count', count(*),
      'completed_count', count(*) filter (where booking.status = 'completed'),
      'cancelled_count', count(*) filter (where booking.status = 'cancelled'),
      'last_completed_at', max(booking.ends_at) filter (where booking.status = 'completed')
    )
    from public.bookings as booking
    where booking.customer_id = v_me and booking.status <> 'draft'
  ) || (
    select jsonb_build_object(
      'review_count', count(*),
      'average_rating_given', round(avg(review.overall_rating), 2)
    )
    from public.reviews as review
    where review.customer_id = v_me and review.side = 'customer'
  );
end;
$$;
comment on function private.customer_statistics is
  'The caller''s bookings: {booking_count, completed_count, cancelled_count, last_completed_at},
and reviews of businesses: {review_count, average_rating_given: 1 to 5, null without a review}.
Drafts don''t count; last_completed_at is when the last completed job was to end.';

select private.expose('customer_statistics', 'authenticated');

-- Why a business has its score, and what businesses say of a customer.

create function private.provider_reputation(provider_id text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('provider_id', provider.id)
    || private.current_reputation(provider.id)
  from private.require_visible_provider(
    private.parse_uuid(provider_id, 'invalid_provider_id')
  ) as provider (id)
$$;
comment on function private.provider_reputation is
  'The reputation of a business and why it is so: {provider_id, score, score_before_penalties,
factors: [{factor, raw_value, score, weight, contribution}], penalties: [{reason, multiplier}],
formula_version}. Scores are 0 to 100, the weights add up to 1.';

create function private.customer_rating(booking_id text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'customer_id', booking.customer_id,
    'rating_count', count(review.id),
    'rating_average', round(avg(review.overall_rating), 2)
  )
  from private.require_booking(private.parse_uuid(booking_id, 'invalid_booking_id')) as booking
  left join public.reviews as review
    on review.customer_id = booking.customer_id and review.side = 'provider'
  group by booking.customer_id
$$;
comment on function private.customer_rating is
  'How businesses rated the customer of a booking: {customer_id, rating_count, rating_average}, for
the customer and for the business of the booking.';

select private.expose('provider_reputation', 'anon', 'authenticated', 'service_role');
select private.expose('customer_rating', 'authenticated', 'service_role');

-- Bookings and reviews belong to two sides, so they keep the accounts in them. Auth deletes such an
-- account softly: it can't sign in any more, and the row stays for the others.

-- Raises PT409 user_has_history, before a foreign key would say so in its own words.
create function private.tg_profiles__keep()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if exists (select 1 from public.bookings as booking where booking.customer_id = old.id)
    or exists (select 1 from public.reviews as review where review.author_id = old.id)
  then
    perform private.fail('user_has_history');
  end if;
  return old;
end;
$$;
comment on function private.tg_profiles__keep is 'Trigger _050_keep of profiles.';

create trigger _050_keep before delete on public.profiles
  for each row execute function private.tg_profiles__keep();
