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
