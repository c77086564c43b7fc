-- Demo data of the market servicepro: businesses in and around Birmingham, Alabama at real
-- places, their members and services. Their work so far follows in work_history.sql.
-- Safe to run again.

insert into public.providers (
  id, market_id, slug, kind, names, descriptions, status, verification_status, location, address,
  postcode, city, time_zone
)
select
  ('5e2c1b00-0000-4000-8000-000000000' || row.no)::uuid, 'servicepro', row.slug, row.kind,
  row.names::jsonb, row.descriptions::jsonb, 'active', row.verification,
  private.point(row.lat, row.lng), row.address, row.postcode, row.city, 'America/Chicago'
from (
  values
    ('101', 'southern-lawn-care', 'company', 'verified', 33.5207, -86.8025,
      '2nd Avenue North, Downtown', '35203', 'Birmingham',
      '{"en": "Southern Lawn Care Co"}',
      '{"en": "Mowing, edging, blowing and weed control; same crew every week."}'),
    ('102', 'vulcan-heating-air', 'company', 'verified', 33.4799, -86.7925,
      '18th Street South, Homewood', '35209', 'Homewood',
      '{"en": "Vulcan Heating & Air"}',
      '{"en": "AC and furnace repair, day and night."}'),
    ('103', 'magic-city-plumbing', 'company', 'verified', 33.5186, -86.7700,
      'Avondale Park, 41st Street South', '35222', 'Birmingham',
      '{"en": "Magic City Plumbing"}',
      '{"en": "Drains, water heaters and leaks, upfront prices."}'),
    ('104', 'carter-clean-homes', 'solo', 'verified', 33.4871, -86.7730,
      'Cahaba Road, Mountain Brook', '35223', 'Mountain Brook',
      '{"en": "Carter Clean Homes"}',
      '{"en": "Deep cleans and weekly visits; own supplies."}'),
    ('105', 'red-mountain-tree', 'company', 'verified', 33.4443, -86.7878,
      'Montgomery Highway, Vestavia Hills', '35216', 'Vestavia Hills',
      '{"en": "Red Mountain Tree Service"}',
      '{"en": "Trimming, removal and stumps; insured."}'),
    ('106', 'brooks-roofing', 'company', 'verified', 33.4054, -86.8114,
      'Lorna Road, Hoover', '35216', 'Hoover',
      '{"en": "Brooks Roofing"}',
      '{"en": "Shingles, gutters and storm damage."}'),
    ('107', 'sullivan-decks', 'solo', 'verified', 33.5318, -86.7196,
      'Oporto Madrid Boulevard, East Lake', '35206', 'Birmingham',
      '{"en": "Sullivan Decks & Fences"}',
      '{"en": "Cedar decks and privacy fences."}'),
    ('108', 'torres-cleaning-crew', 'company', 'verified', 33.3890, -86.7480,
      'Riverchase Galleria, Hoover', '35244', 'Hoover',
      '{"en": "Torres Cleaning Crew"}',
      '{"en": "Offices, move-outs and windows."}'),
    ('109', 'dawson-pest', 'solo', 'pending', 33.5940, -86.6450,
      'Gadsden Highway, Trussville', '35173', 'Trussville',
      '{"en": "Dawson Pest Control"}',
      '{"en": "Termites and mosquitoes, yearly plans."}'),
    ('110', 'moore-sprinklers', 'solo', 'verified', 33.4300, -86.8700,
      'Ross Bridge Parkway, Hoover', '35226', 'Hoover',
      '{"en": "Moore Sprinklers"}',
      '{"en": "Sprinklers installed, repaired and winterized."}'),
    ('111', 'coleman-electric', 'company', 'verified', 33.5000, -86.8060,
      'Five Points South', '35205', 'Birmingham',
      '{"en": "Coleman Electric"}',
      '{"en": "Panels, outlets and EV chargers; master electrician."}'),
    ('112', 'pruitt-yard-work', 'solo', 'pending', 33.5260, -86.8560,
      'Tuscaloosa Avenue, West End', '35211', 'Birmingham',
      '{"en": "Pruitt Yard Work"}',
      '{"en": "Small yards, fair prices."}')
) as row (
  no, slug, kind, verification, lat, lng, address, postcode, city, names, descriptions
)
on conflict (id) do update set
  slug = excluded.slug,
  names = excluded.names,
  descriptions = excluded.descriptions,
  location = excluded.location,
  address = excluded.address,
  postcode = excluded.postcode,
  city = excluded.city;

-- Each has the owner of its own number.
insert into public.provider_members (provider_id, user_id, role)
select
  ('5e2c1b00-0000-4000-8000-000000000' || row.provider_no)::uuid,
  ('5e2c1a00-0000-4000-8000-000000000' || row.person_no)::uuid,
  row.role
from (
  select no as provider_no, no as person_no, 'owner' as role
  from generate_series(101, 112) as no
  union all
  values (101, 113, 'crew_lead')
) as row
on conflict (provider_id, user_id) do nothing;

-- Prices in cents.
create temporary table seed_services as
select
  ('5e2c1d00-0000-4000-8000-000000' || row.provider_no || '00' || row.no)::uuid as id,
  ('5e2c1b00-0000-4000-8000-000000000' || row.provider_no)::uuid as provider_id,
  category.id as category_id,
  row.*
from (
  values
    ('101', 1, 'mowing', 'per_service', 8500, null::bigint, 60,
      '{"en": "Full lawn maintenance"}'),
    ('101', 2, 'mowing', 'per_service', 5500, null, 45,
      '{"en": "Mowing only"}'),
    ('101', 3, 'mowing', 'per_hour', 6500, null, 60,
      '{"en": "Leaf removal"}'),
    ('102', 1, 'hvac', 'per_service', 12900, null, 90,
      '{"en": "AC tune-up"}'),
    ('102', 2, 'hvac', 'per_hour', 14500, null, 60,
      '{"en": "Furnace repair"}'),
    ('103', 1, 'plumbing', 'per_service', 14900, null, 60,
      '{"en": "Drain cleaning"}'),
    ('103', 2, 'plumbing', 'per_service', 165000, 220000, 240,
      '{"en": "Water heater installation"}'),
    ('104', 1, 'cleaning', 'per_service', 18000, 32000, 180,
      '{"en": "Deep clean of a house"}'),
    ('104', 2, 'cleaning', 'per_hour', 4500, null, 120,
      '{"en": "Weekly cleaning"}'),
    ('105', 1, 'tree-service', 'negotiable', null, null, 120,
      '{"en": "Tree removal"}'),
    ('105', 2, 'tree-service', 'per_service', 25000, null, 120,
      '{"en": "Tree trimming"}'),
    ('106', 1, 'roofing', 'per_service', 0, null, 60,
      '{"en": "Roof inspection"}'),
    ('106', 2, 'roofing', 'per_service', 45000, null, 180,
      '{"en": "Shingle repair"}'),
    ('107', 1, 'decks-fences', 'negotiable', null, null, 60,
      '{"en": "Deck quote on site"}'),
    ('107', 2, 'decks-fences', 'per_service', 35000, null, 180,
      '{"en": "Fence repair"}'),
    ('108', 1, 'cleaning', 'per_service', 22000, null, 180,
      '{"en": "Move-out clean"}'),
    ('109', 1, 'pest-control', 'per_service', 9900, null, 60,
      '{"en": "Termite inspection"}'),
    ('110', 1, 'irrigation', 'per_service', 9500, null, 60,
      '{"en": "Sprinkler repair"}'),
    ('111', 1, 'electrical', 'per_hour', 11000, null, 60,
      '{"en": "Electrical repair"}'),
    ('111', 2, 'electrical', 'per_service', 65000, null, 180,
      '{"en": "EV charger installation"}'),
    ('112', 1, 'mowing', 'per_service', 4000, null, 45,
      '{"en": "Small yard mowing"}')
) as row (provider_no, no, slug, unit, price, price_max, minutes, names)
join public.categories as category
  on category.market_id = 'servicepro' and category.slug = row.slug;

insert into public.provider_categories (provider_id, category_id)
select distinct service.provider_id, service.category_id
from seed_services as service
on conflict (provider_id, category_id) do nothing;

insert into public.services (
  id, provider_id, category_id, names, price_unit, price_amount, price_max_amount,
  duration_minutes, sort_order
)
select
  service.id, service.provider_id, service.category_id, service.names::jsonb, service.unit,
  service.price, service.price_max, service.minutes, service.no
from seed_services as service
on conflict (id) do update set
  names = excluded.names,
  price_unit = excluded.price_unit,
  price_amount = excluded.price_amount,
  price_max_amount = excluded.price_max_amount,
  duration_minutes = excluded.duration_minutes;

drop table seed_services;
