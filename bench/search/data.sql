-- Providers around 40 towns of Uttar Pradesh, 30 % of them in Lucknow, in 16 categories.
-- :count is replaced by the number of providers.
select setseed(0.42);

create schema bench;
create table bench.towns as
select
  no,
  case no when 1 then 26.85 else 24.5 + random() * 5 end as lat,
  case no when 1 then 80.95 else 77.8 + random() * 6 end as lng
from generate_series(1, 40) as no;

create temporary table made as
select
  private.uuid_v7() as id,
  placed.no,
  town.lat + (random() + random() + random() - 1.5) * 0.12 as lat,
  town.lng + (random() + random() + random() - 1.5) * 0.13 as lng,
  category.id as category_id,
  category.names as category_names,
  case when random() < 0.7 then 'verified' else 'pending' end as verification_status,
  round((3 + random() * 2)::numeric, 2) as rating_average,
  round((random() * 100)::numeric, 2) as reputation_score
from (
  select
    no,
    case when random() < 0.3 then 1 else 1 + floor(random() * 40)::integer end as town_no,
    1 + floor(random() * 16)::integer as category_no
  from generate_series(1, :count) as no
) as placed
join bench.towns as town on town.no = placed.town_no
join (
  select row_number() over (order by slug) as no, id, names
  from public.categories
  where market_id = 'localpro' and parent_id is not null
) as category on category.no = placed.category_no;

-- Past the triggers, as an import is; then search learns of all of them at once.
set local session_replication_role = replica;

insert into public.providers (
  id, market_id, slug, kind, names, descriptions, status, verification_status, location, address,
  city, time_zone, rating_average, rating_count, reputation_score
)
select
  id, 'localpro', 'bench-' || no, 'solo',
  jsonb_build_object('en', category_names ->> 'en' || ' ' || no, 'hi', category_names ->> 'hi'),
  jsonb_build_object('en', repeat('Good work at fair prices. ', 8)),
  'active', verification_status, private.point(lat, lng), 'Street ' || no % 1000, 'Town',
  'Asia/Kolkata', rating_average, 10, reputation_score
from made
order by random();

insert into public.provider_categories (provider_id, category_id, market_id)
select id, category_id, 'localpro' from made;

insert into public.services (provider_id, category_id, names, price_amount, currency)
select id, category_id, '{"en": "Visit", "hi": "विज़िट"}', 10000 + no % 50000, 'INR' from made;

set local session_replication_role = origin;
analyze public.providers, public.provider_categories, public.services;
select private.refresh_search(array(select id from made));
