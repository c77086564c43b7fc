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
