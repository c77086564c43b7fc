-- Demo data of the market localpro: businesses of Lucknow at real places, their members and
-- services. Their work so far follows in work_history.sql. Safe to run again.

insert into public.providers (
  id, market_id, slug, kind, names, descriptions, status, verification_status, location, address,
  postcode, city, time_zone
)
select
  ('10ca1b00-0000-4000-8000-000000000' || row.no)::uuid, 'localpro', row.slug, row.kind,
  row.names::jsonb, row.descriptions::jsonb, 'active', row.verification,
  private.point(row.lat, row.lng), row.address, row.postcode, 'Lucknow', 'Asia/Kolkata'
from (
  values
    ('101', 'master-plumber-services', 'solo', 'verified', 26.8490, 81.0046,
      'Vibhuti Khand, Gomti Nagar', '226010',
      '{"en": "Master Plumber Services", "hi": "मास्टर प्लंबर सर्विसेज़",
        "ur": "ماسٹر پلمبر سروسز"}',
      '{"en": "Pipe fitting, leaks and bathrooms; ten years in Gomti Nagar.",
        "hi": "पाइप फ़िटिंग, रिसाव और बाथरूम का काम; गोमती नगर में दस साल।"}'),
    ('102', 'reliable-electrician', 'solo', 'verified', 26.8505, 80.9462,
      'Shahnajaf Road, Hazratganj', '226001',
      '{"en": "Reliable Electrician", "hi": "भरोसेमंद इलेक्ट्रीशियन"}',
      '{"en": "Licensed electrician for repairs, wiring and emergencies."}'),
    ('103', 'sharma-woodcraft', 'company', 'verified', 26.8935, 80.9424,
      'Sector H, Aliganj', '226024',
      '{"en": "Sharma Woodcraft", "hi": "शर्मा काष्ठकला"}',
      '{"en": "Furniture, doors and modular kitchens made to measure."}'),
    ('104', 'ansari-plumbing-works', 'solo', 'verified', 26.8687, 80.9102,
      'Nakhas, Chowk', '226003',
      '{"en": "Ansari Plumbing Works", "hi": "अंसारी प्लंबिंग वर्क्स", "ur": "انصاری پلمبنگ ورکس"}',
      '{"ur": "نل، پائپ اور ٹنکی کا ہر کام۔", "en": "Taps, pipes and tanks in the old city."}'),
    ('105', 'chamak-cleaning', 'company', 'verified', 26.8841, 80.9987,
      'Sector 14, Indira Nagar', '226016',
      '{"en": "Chamak Cleaning", "hi": "चमक सफ़ाई सेवा"}',
      '{"en": "Deep cleaning of homes, sofas and kitchens.",
        "hi": "घर, सोफ़े और रसोई की गहरी सफ़ाई।"}'),
    ('106', 'qureshi-caterers', 'company', 'verified', 26.8469, 80.9285,
      'Jhandewala Park, Aminabad', '226018',
      '{"en": "Qureshi Caterers", "hi": "क़ुरैशी कैटरर्स", "ur": "قریشی کیٹررز"}',
      '{"en": "Awadhi biryani, kebabs and sheermal for weddings.",
        "ur": "شادیوں کے لیے اودھی بریانی، کباب اور شیرمال۔"}'),
    ('107', 'meena-beauty-home', 'solo', 'verified', 26.8731, 80.9574,
      'Kapoorthala, Mahanagar', '226006',
      '{"en": "Meena Beauty at Home", "hi": "मीना ब्यूटी एट होम"}',
      '{"en": "Facials, haircuts and bridal make-up at your home."}'),
    ('108', 'anjali-maths-classes', 'solo', 'verified', 26.9187, 80.9415,
      'Sector F, Jankipuram', '226021',
      '{"en": "Anjali''s Maths Classes", "hi": "अंजलि गणित कक्षाएँ"}',
      '{"en": "Maths and science for classes 8 to 12, at home or online."}'),
    ('109', 'rajajipuram-pest-care', 'company', 'pending', 26.8452, 80.8826,
      'E Block, Rajajipuram', '226017',
      '{"en": "Rajajipuram Pest Care", "hi": "राजाजीपुरम पेस्ट केयर"}',
      '{"en": "Termites, cockroaches and mosquitoes; safe for children."}'),
    ('110', 'zoya-yoga-studio', 'solo', 'verified', 26.8527, 80.9988,
      'Vipul Khand, Gomti Nagar', '226010',
      '{"en": "Zoya Yoga Studio", "hi": "ज़ोया योग स्टूडियो", "ur": "زویا یوگا اسٹوڈیو"}',
      '{"en": "Morning yoga and meditation, in groups or alone."}'),
    ('111', 'gupta-rang-mahal-painters', 'company', 'verified', 26.8134, 80.9021,
      'Chander Nagar, Alambagh', '226005',
      '{"en": "Gupta Painters", "hi": "गुप्ता पेंटर्स"}',
      '{"en": "Walls, wood and waterproofing, with a written quote."}'),
    ('112', 'kavita-tax-desk', 'solo', 'verified', 26.8561, 80.9478,
      'Sapru Marg, Hazratganj', '226001',
      '{"en": "Kavita Tax Desk", "hi": "कविता टैक्स डेस्क"}',
      '{"en": "GST and income tax returns for shops and freelancers."}'),
    ('113', 'indira-nagar-pipe-fitters', 'company', 'pending', 26.8795, 80.9912,
      'Munshi Pulia, Indira Nagar', '226016',
      '{"en": "Indira Nagar Pipe Fitters", "hi": "इंदिरा नगर पाइप फ़िटर्स"}',
      '{"en": "Plumbers and geyser repair, also on Sundays."}')
) as row (
  no, slug, kind, verification, lat, lng, address, postcode, names, descriptions
)
on conflict (id) do update set
  slug = excluded.slug,
  names = excluded.names,
  descriptions = excluded.descriptions,
  location = excluded.location,
  address = excluded.address,
  postcode = excluded.postcode;

insert into public.provider_members (provider_id, user_id, role)
select
  ('10ca1b00-0000-4000-8000-000000000' || row.provider_no)::uuid,
  ('10ca1a00-0000-4000-8000-000000000' || row.person_no)::uuid,
  row.role
from (
  values
    ('101', '101', 'owner'), ('102', '102', 'owner'), ('102', '113', 'crew_member'),
    ('103', '103', 'owner'), ('104', '104', 'owner'), ('105', '105', 'owner'),
    ('106', '106', 'owner'), ('107', '107', 'owner'), ('108', '108', 'owner'),
    ('109', '109', 'owner'), ('110', '110', 'owner'), ('111', '111', 'owner'),
    ('112', '112', 'owner'), ('113', '113', 'owner'), ('113', '109', 'manager')
) as row (provider_no, person_no, role)
on conflict (provider_id, user_id) do nothing;

insert into public.provider_categories (provider_id, category_id)
select
  ('10ca1b00-0000-4000-8000-000000000' || row.provider_no)::uuid,
  category.id
from (
  values
    ('101', 'plumbing'), ('102', 'electrical'), ('103', 'carpentry'), ('104', 'plumbing'),
    ('105', 'cleaning'), ('106', 'catering'), ('107', 'salon-spa'), ('108', 'home-tutor'),
    ('109', 'pest-control'), ('110', 'yoga-instructor'), ('110', 'fitness-trainer'),
    ('111', 'painting'), ('112', 'accounting'), ('113', 'plumbing')
) as row (provider_no, slug)
join public.categories as category
  on category.market_id = 'localpro' and category.slug = row.slug
on conflict (provider_id, category_id) do nothing;

-- Prices in paise.
insert into public.services (
  id, provider_id, category_id, names, price_unit, price_amount, price_max_amount,
  duration_minutes, sort_order
)
select
  ('10ca1d00-0000-4000-8000-000000' || row.provider_no || '00' || row.no)::uuid,
  ('10ca1b00-0000-4000-8000-000000000' || row.provider_no)::uuid,
  category.id, row.names::jsonb, row.unit, row.price, row.price_max, row.minutes, row.no
from (
  values
    ('101', 1, 'plumbing', 'per_hour', 30000, 50000, 60,
      '{"en": "Leak repair", "hi": "रिसाव की मरम्मत", "ur": "رساؤ کی مرمت"}'),
    ('101', 2, 'plumbing', 'per_service', 25000, null, 45,
      '{"en": "Tap replacement", "hi": "नल बदलना", "ur": "نل بدلنا"}'),
    ('101', 3, 'plumbing', 'per_service', 80000, null, 120,
      '{"en": "Geyser installation", "hi": "गीज़र लगाना", "ur": "گیزر لگانا"}'),
    ('102', 1, 'electrical', 'per_hour', 35000, 60000, 60,
      '{"en": "Electrical repair", "hi": "बिजली की मरम्मत"}'),
    ('102', 2, 'electrical', 'per_item', 20000, null, 30,
      '{"en": "Fan fitting", "hi": "पंखा लगाना"}'),
    ('103', 1, 'carpentry', 'negotiable', null, null, 120,
      '{"en": "Furniture made to measure", "hi": "नाप का फ़र्नीचर"}'),
    ('103', 2, 'carpentry', 'per_service', 45000, null, 90,
      '{"en": "Door repair", "hi": "दरवाज़े की मरम्मत"}'),
    ('104', 1, 'plumbing', 'per_service', 20000, null, 45,
      '{"en": "Tap repair", "hi": "नल की मरम्मत", "ur": "نل کی مرمت"}'),
    ('104', 2, 'plumbing', 'per_service', 60000, null, 120,
      '{"en": "Water tank cleaning", "hi": "पानी की टंकी की सफ़ाई",
        "ur": "پانی کی ٹنکی کی صفائی"}'),
    ('105', 1, 'cleaning', 'per_service', 149900, 299900, 240,
      '{"en": "Deep cleaning of a flat", "hi": "फ़्लैट की गहरी सफ़ाई"}'),
    ('105', 2, 'cleaning', 'per_item', 49900, null, 60,
      '{"en": "Sofa cleaning", "hi": "सोफ़े की सफ़ाई"}'),
    ('106', 1, 'catering', 'per_item', 65000, null, 300,
      '{"en": "Wedding meal, per guest", "hi": "शादी का खाना, प्रति मेहमान",
        "ur": "شادی کا کھانا، فی مہمان"}'),
    ('107', 1, 'salon-spa', 'per_service', 59900, null, 60,
      '{"en": "Facial at home", "hi": "घर पर फ़ेशियल"}'),
    ('107', 2, 'salon-spa', 'per_service', 499900, 899900, 180,
      '{"en": "Bridal make-up", "hi": "दुल्हन का मेकअप"}'),
    ('108', 1, 'home-tutor', 'per_hour', 50000, null, 60,
      '{"en": "Maths tuition", "hi": "गणित की ट्यूशन"}'),
    ('109', 1, 'pest-control', 'per_service', 99900, null, 90,
      '{"en": "Cockroach treatment", "hi": "तिलचट्टों का उपचार"}'),
    ('110', 1, 'yoga-instructor', 'per_hour', 40000, null, 60,
      '{"en": "Private yoga class", "hi": "निजी योग कक्षा", "ur": "نجی یوگا کلاس"}'),
    ('111', 1, 'painting', 'negotiable', null, null, 60,
      '{"en": "Painting quote on site", "hi": "घर पर पुताई का अनुमान"}'),
    ('112', 1, 'accounting', 'per_service', 150000, null, 60,
      '{"en": "Income tax return", "hi": "आयकर रिटर्न"}'),
    ('113', 1, 'plumbing', 'per_hour', 25000, null, 60,
      '{"en": "Plumber by the hour", "hi": "घंटे के हिसाब से प्लंबर"}')
) as row (provider_no, no, slug, unit, price, price_max, minutes, names)
join public.categories as category
  on category.market_id = 'localpro' and category.slug = row.slug
on conflict (id) do update set
  names = excluded.names,
  price_unit = excluded.price_unit,
  price_amount = excluded.price_amount,
  price_max_amount = excluded.price_max_amount,
  duration_minutes = excluded.duration_minutes;
