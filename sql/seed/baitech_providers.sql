-- Demo data of the market baitech: businesses in and around Nairobi at real
-- places, their members and services. Their work so far follows in work_history.sql.
-- Safe to run again.

insert into public.providers (
  id, market_id, slug, kind, names, descriptions, status, verification_status, location, address,
  postcode, city, time_zone
)
select
  ('ba17eb00-0000-4000-8000-000000000' || row.no)::uuid, 'baitech', row.slug, row.kind,
  row.names::jsonb, row.descriptions::jsonb, 'active', row.verification,
  private.point(row.lat, row.lng), row.address, row.postcode, row.city, 'Africa/Nairobi'
from (
  values
    ('101', 'otieno-electricals', 'solo', 'verified', -1.2676, 36.8108,
      'Woodvale Grove, Westlands', '00800', 'Nairobi',
      '{"en": "Otieno Electricals", "sw": "Otieno Fundi Umeme"}',
      '{"en": "Wiring, sockets and solar; licensed electrician.",
        "sw": "Nyaya, soketi na sola; fundi mwenye leseni."}'),
    ('102', 'mwangi-fundi-bomba', 'solo', 'verified', -1.2894, 36.7869,
      'Argwings Kodhek Road, Kilimani', '00100', 'Nairobi',
      '{"en": "Mwangi Plumbing", "sw": "Mwangi Fundi Bomba"}',
      '{"sw": "Mabomba, mifereji na matangi; siku hiyo hiyo.",
        "en": "Pipes, taps and tanks on the same day."}'),
    ('103', 'amina-usafi', 'company', 'verified', -1.2750, 36.8500,
      'First Avenue, Eastleigh', '00610', 'Nairobi',
      '{"en": "Amina Cleaners", "sw": "Amina Usafi"}',
      '{"sw": "Usafi wa nyumba, sofa na zulia.", "en": "Homes, sofas and carpets."}'),
    ('104', 'kiprotich-phone-clinic', 'solo', 'verified', -1.2841, 36.8233,
      'Moi Avenue, Nairobi CBD', '00100', 'Nairobi',
      '{"en": "Kiprotich Phone Clinic", "sw": "Kiprotich Kliniki ya Simu"}',
      '{"en": "Screens, batteries and laptops while you wait."}'),
    ('105', 'njeri-braids', 'solo', 'verified', -1.2195, 36.8870,
      'Kasarani Mwiki Road, Kasarani', '00608', 'Nairobi',
      '{"en": "Njeri Braids", "sw": "Njeri Msusi"}',
      '{"sw": "Kusuka nyumbani kwako au dukani.", "en": "Braiding at your home or in the shop."}'),
    ('106', 'noor-movers', 'company', 'verified', -1.2803, 36.8547,
      'General Waruinge Street, Eastleigh', '00610', 'Nairobi',
      '{"en": "Noor Movers", "sw": "Noor Kuhamisha"}',
      '{"sw": "Lori na wafanyakazi, hakuna kitu kinachovunjika.",
        "en": "Truck and crew; nothing gets broken."}'),
    ('107', 'achieng-appliances', 'company', 'verified', -1.3182, 36.7073,
      'Ngong Road, Karen', '00502', 'Nairobi',
      '{"en": "Achieng Appliances", "sw": "Achieng Vifaa"}',
      '{"en": "Fridges, cookers and washing machines, with a warranty."}'),
    ('108', 'mutua-seremala', 'solo', 'verified', -1.3030, 36.8260,
      'Nyayo Highrise, Nairobi South', '00506', 'Nairobi',
      '{"en": "Mutua Carpentry", "sw": "Mutua Seremala"}',
      '{"sw": "Samani, milango na kabati kwa kipimo chako."}'),
    ('109', 'barasa-bomba', 'solo', 'pending', -1.3126, 36.7892,
      'Kibera Drive, Kibera', '00202', 'Nairobi',
      '{"en": "Barasa Plumbing", "sw": "Barasa Mabomba"}',
      '{"sw": "Bei nafuu, kazi safi."}'),
    ('110', 'wambui-rangi', 'company', 'verified', -1.2987, 36.7629,
      'Naivasha Road, Lavington', '00603', 'Nairobi',
      '{"en": "Wambui Painters", "sw": "Wambui Rangi"}',
      '{"en": "Houses inside and out, with a written quote."}'),
    ('111', 'omondi-power', 'company', 'verified', -1.3218, 36.8400,
      'Mombasa Road, South B', '00500', 'Nairobi',
      '{"en": "Omondi Power", "sw": "Omondi Stima"}',
      '{"en": "Generators, meters and night calls."}'),
    ('112', 'halima-mama-fua', 'solo', 'pending', -1.2590, 36.8580,
      'Juja Road, Mathare', '00611', 'Nairobi',
      '{"en": "Halima Laundry", "sw": "Halima Mama Fua"}',
      '{"sw": "Kufua na kupiga pasi nyumbani kwako."}')
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
  ('ba17eb00-0000-4000-8000-000000000' || row.provider_no)::uuid,
  ('ba17ea00-0000-4000-8000-000000000' || row.person_no)::uuid,
  row.role
from (
  select no as provider_no, no as person_no, 'owner' as role
  from generate_series(101, 112) as no
  union all
  values (101, 113, 'crew_member')
) as row
on conflict (provider_id, user_id) do nothing;

-- Prices in cents.
create temporary table seed_services as
select
  ('ba17ed00-0000-4000-8000-000000' || row.provider_no || '00' || row.no)::uuid as id,
  ('ba17eb00-0000-4000-8000-000000000' || row.provider_no)::uuid as provider_id,
  category.id as category_id,
  row.*
from (
  values
    ('101', 1, 'electrical', 'per_hour', 150000, 250000, 60,
      '{"en": "Electrical repair", "sw": "Ukarabati wa umeme"}'),
    ('101', 2, 'electrical', 'per_item', 80000, null, 30,
      '{"en": "Socket fitting", "sw": "Kufunga soketi"}'),
    ('101', 3, 'electrical', 'per_service', 1200000, null, 240,
      '{"en": "Solar installation", "sw": "Kufunga sola"}'),
    ('102', 1, 'plumbing', 'per_service', 120000, null, 60,
      '{"en": "Leak repair", "sw": "Kuziba bomba linalovuja"}'),
    ('102', 2, 'plumbing', 'per_service', 350000, null, 120,
      '{"en": "Tank cleaning", "sw": "Kusafisha tangi la maji"}'),
    ('103', 1, 'house-cleaning', 'per_service', 250000, 600000, 180,
      '{"en": "House cleaning", "sw": "Usafi wa nyumba"}'),
    ('103', 2, 'house-cleaning', 'per_item', 150000, null, 60,
      '{"en": "Sofa cleaning", "sw": "Kusafisha sofa"}'),
    ('104', 1, 'electronics', 'per_item', 450000, null, 45,
      '{"en": "Screen replacement", "sw": "Kubadilisha kioo cha simu"}'),
    ('104', 2, 'electronics', 'per_service', 200000, null, 60,
      '{"en": "Laptop service", "sw": "Huduma ya laptop"}'),
    ('105', 1, 'hair-braiding', 'per_service', 180000, 350000, 180,
      '{"en": "Box braids", "sw": "Kusuka rasta"}'),
    ('106', 1, 'moving', 'per_service', 800000, 1500000, 300,
      '{"en": "House moving", "sw": "Kuhama nyumba"}'),
    ('107', 1, 'appliance-repair', 'per_service', 220000, null, 90,
      '{"en": "Fridge repair", "sw": "Kutengeneza friji"}'),
    ('107', 2, 'appliance-repair', 'per_service', 200000, null, 90,
      '{"en": "Washing machine repair", "sw": "Kutengeneza mashine ya kufua"}'),
    ('108', 1, 'carpentry', 'negotiable', null, null, 120,
      '{"en": "Furniture made to measure", "sw": "Samani kwa kipimo"}'),
    ('108', 2, 'carpentry', 'per_service', 180000, null, 60,
      '{"en": "Door repair", "sw": "Kutengeneza mlango"}'),
    ('109', 1, 'plumbing', 'per_service', 70000, null, 60,
      '{"en": "Tap replacement", "sw": "Kubadilisha mfereji"}'),
    ('110', 1, 'painting', 'negotiable', null, null, 60,
      '{"en": "Painting quote on site", "sw": "Makadirio ya rangi"}'),
    ('111', 1, 'electrical', 'per_hour', 200000, null, 60,
      '{"en": "Emergency call", "sw": "Dharura ya umeme"}'),
    ('112', 1, 'laundry', 'per_service', 80000, null, 180,
      '{"en": "Laundry at home", "sw": "Kufua nyumbani"}')
) as row (provider_no, no, slug, unit, price, price_max, minutes, names)
join public.categories as category
  on category.market_id = 'baitech' and category.slug = row.slug;

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
