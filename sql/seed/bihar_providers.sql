-- Demo data of the market bihar: businesses in and around Patna at real
-- places, their members and services. Their work so far follows in work_history.sql.
-- Safe to run again.

insert into public.providers (
  id, market_id, slug, kind, names, descriptions, status, verification_status, location, address,
  postcode, city, time_zone
)
select
  ('b14a2b00-0000-4000-8000-000000000' || row.no)::uuid, 'bihar', row.slug, row.kind,
  row.names::jsonb, row.descriptions::jsonb, 'active', row.verification,
  private.point(row.lat, row.lng), row.address, row.postcode, row.city, 'Asia/Kolkata'
from (
  values
    ('101', 'kankarbagh-bijli-ghar', 'company', 'verified', 25.5937, 85.1576,
      'Tempo Stand Road, Kankarbagh', '800020', 'Patna',
      '{"hi": "कंकड़बाग बिजली घर", "en": "Kankarbagh Bijli Ghar"}',
      '{"hi": "पंखा, वायरिंग और इन्वर्टर का हर काम; पंद्रह साल का अनुभव।",
        "en": "Fans, wiring and inverters; fifteen years in Kankarbagh."}'),
    ('102', 'sah-electric-works', 'company', 'verified', 25.6197, 85.1180,
      'Boring Road Crossing', '800001', 'Patna',
      '{"hi": "साह इलेक्ट्रिक वर्क्स", "bho": "साह बिजली मिस्तिरी", "en": "Sah Electric Works"}',
      '{"bho": "घर भर के बिजली के काम, बिना देरी के।",
        "hi": "घर की बिजली का सारा काम, बिना देर किए।"}'),
    ('103', 'jha-inverter-care', 'solo', 'verified', 25.6270, 85.1060,
      'Road No. 3, Patliputra Colony', '800013', 'Patna',
      '{"hi": "झा इन्वर्टर केयर", "mai": "झा इन्वर्टर सेवा", "en": "Jha Inverter Care"}',
      '{"mai": "इन्वर्टर आ बैटरीक जाँच घरहि पर।", "hi": "इन्वर्टर और बैटरी की जाँच घर पर।"}'),
    ('104', 'irfan-fan-centre', 'solo', 'verified', 25.5960, 85.2240,
      'Chowk, Patna City', '800008', 'Patna',
      '{"hi": "इरफ़ान पंखा सेंटर", "en": "Irfan Fan Centre"}',
      '{"hi": "पंखे की मरम्मत, बाइंडिंग और सफ़ाई उसी दिन।"}'),
    ('105', 'paswan-wiring-danapur', 'company', 'verified', 25.6220, 85.0450,
      'Saguna More, Danapur', '801503', 'Danapur',
      '{"hi": "पासवान वायरिंग", "bho": "पासवान वायरिंग वाला", "en": "Paswan Wiring"}',
      '{"hi": "नए मकान की वायरिंग, नक़्शे और बिल के साथ।",
        "bho": "नया मकान के वायरिंग, बिल के साथे।"}'),
    ('106', 'thakur-light-house', 'company', 'verified', 25.6060, 85.1620,
      'Road No. 6, Rajendra Nagar', '800016', 'Patna',
      '{"hi": "ठाकुर लाइट हाउस", "mai": "ठाकुर लाइट हाउस", "en": "Thakur Light House"}',
      '{"hi": "शादी और छठ के लिए झालर और रोशनी।", "mai": "बियाह आ छठि लेल झालरि आ बत्ती।"}'),
    ('107', 'yadav-motor-pump', 'solo', 'verified', 25.6085, 85.0870,
      'Raja Bazar, Bailey Road', '800014', 'Patna',
      '{"hi": "यादव मोटर पंप", "bho": "यादव मोटर पंप", "en": "Yadav Motor Pump"}',
      '{"bho": "समरसेबल आ मोटर के मरम्मत।", "hi": "समरसेबल और मोटर की मरम्मत।"}'),
    ('108', 'ranjan-cooling-point', 'solo', 'verified', 25.6200, 85.1650,
      'Ashok Rajpath', '800004', 'Patna',
      '{"hi": "रंजन कूलिंग पॉइंट", "en": "Ranjan Cooling Point"}',
      '{"hi": "एसी, फ्रिज और कूलर की सर्विस।", "en": "AC, fridge and cooler service."}'),
    ('109', 'guddu-bijli-mistri', 'solo', 'pending', 25.5820, 85.1010,
      'Anisabad Gola', '800002', 'Patna',
      '{"hi": "गुड्डू बिजली मिस्त्री", "bho": "गुड्डू बिजली मिस्तिरी",
        "en": "Guddu Bijli Mistri"}',
      '{"bho": "छोट-मोट बिजली के काम, कम दाम में।"}'),
    ('110', 'mishra-electricals', 'company', 'verified', 25.5960, 85.1190,
      'Gardanibagh', '800001', 'Patna',
      '{"hi": "मिश्रा इलेक्ट्रिकल्स", "mai": "मिश्र इलेक्ट्रिकल्स", "en": "Mishra Electricals"}',
      '{"mai": "स्विच, बोर्ड आ मीटरक काज।", "hi": "स्विच, बोर्ड और मीटर का काम।"}'),
    ('111', 'patna-quick-electricians', 'company', 'verified', 25.6480, 85.0920,
      'Digha Ghat', '800011', 'Patna',
      '{"en": "Patna Quick Electricians", "hi": "पटना क्विक इलेक्ट्रीशियन"}',
      '{"en": "Somebody at your door within the hour, also at night.",
        "hi": "एक घंटे में आपके दरवाज़े पर, रात में भी।"}'),
    ('112', 'chaudhary-switch-gear', 'solo', 'pending', 25.5770, 85.0760,
      'Phulwari Sharif', '801505', 'Patna',
      '{"hi": "चौधरी स्विच गियर", "en": "Chaudhary Switch Gear"}',
      '{"hi": "एमसीबी, बोर्ड और नई फ़िटिंग।"}')
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
  ('b14a2b00-0000-4000-8000-000000000' || row.provider_no)::uuid,
  ('b14a2a00-0000-4000-8000-000000000' || row.person_no)::uuid,
  row.role
from (
  select no as provider_no, no as person_no, 'owner' as role
  from generate_series(101, 112) as no
  union all
  values (102, 113, 'crew_member')
) as row
on conflict (provider_id, user_id) do nothing;

-- Prices in paise.
create temporary table seed_services as
select
  ('b14a2d00-0000-4000-8000-000000' || row.provider_no || '00' || row.no)::uuid as id,
  ('b14a2b00-0000-4000-8000-000000000' || row.provider_no)::uuid as provider_id,
  category.id as category_id,
  row.*
from (
  values
    ('101', 1, 'fan-repair-cleaning', 'per_item', 15000, null::bigint, 45,
      '{"hi": "पंखे की मरम्मत", "bho": "पंखा के मरम्मत", "mai": "पंखाक मरम्मति",
        "en": "Fan repair"}'),
    ('101', 2, 'wiring', 'per_hour', 30000, 50000, 60,
      '{"hi": "वायरिंग की मरम्मत", "bho": "वायरिंग के मरम्मत", "mai": "वायरिंगक मरम्मति",
        "en": "Wiring repair"}'),
    ('101', 3, 'inverter-battery', 'per_service', 45000, null, 90,
      '{"hi": "इन्वर्टर लगाना", "bho": "इनवर्टर लगावल", "mai": "इन्वर्टर लगाएब",
        "en": "Inverter installation"}'),
    ('102', 1, 'switches-boards', 'per_item', 10000, null, 30,
      '{"hi": "स्विच बदलना", "bho": "स्विच बदलल", "mai": "स्विच बदलब",
        "en": "Switch replacement"}'),
    ('102', 2, 'wiring', 'per_hour', 28000, null, 60,
      '{"hi": "तार की जाँच", "bho": "तार के जाँच", "mai": "तारक जाँच", "en": "Cable check"}'),
    ('103', 1, 'inverter-battery', 'per_service', 25000, null, 45,
      '{"hi": "बैटरी की जाँच", "bho": "बैटरी के जाँच", "mai": "बैटरीक जाँच",
        "en": "Battery check"}'),
    ('103', 2, 'inverter-battery', 'per_service', 50000, null, 90,
      '{"hi": "इन्वर्टर मरम्मत", "bho": "इनवर्टर मरम्मत", "mai": "इन्वर्टरक मरम्मति",
        "en": "Inverter repair"}'),
    ('104', 1, 'fan-repair-cleaning', 'per_item', 12000, null, 45,
      '{"hi": "पंखे की बाइंडिंग", "bho": "पंखा के बाइंडिंग", "mai": "पंखाक बाइंडिंग",
        "en": "Fan rewinding"}'),
    ('104', 2, 'fan-repair-cleaning', 'per_item', 8000, null, 30,
      '{"hi": "पंखे की सफ़ाई", "bho": "पंखा के सफाई", "mai": "पंखाक सफाई", "en": "Fan cleaning"}'),
    ('105', 1, 'wiring', 'negotiable', null, null, 120,
      '{"hi": "मकान की पूरी वायरिंग", "bho": "मकान के पूरा वायरिंग", "mai": "मकानक पूरा वायरिंग",
        "en": "Wiring of a house"}'),
    ('105', 2, 'switches-boards', 'per_item', 35000, null, 60,
      '{"hi": "बोर्ड लगाना", "bho": "बोर्ड लगावल", "mai": "बोर्ड लगाएब",
        "en": "Board installation"}'),
    ('106', 1, 'lights-decoration', 'per_service', 150000, 500000, 240,
      '{"hi": "शादी की रोशनी", "bho": "बियाह के बत्ती", "mai": "बियाहक बत्ती",
        "en": "Wedding lights"}'),
    ('107', 1, 'motor-pump', 'per_service', 60000, null, 90,
      '{"hi": "समरसेबल मरम्मत", "bho": "समरसेबल के मरम्मत", "mai": "समरसेबलक मरम्मति",
        "en": "Submersible pump repair"}'),
    ('108', 1, 'appliance-repair', 'per_service', 49900, null, 60,
      '{"hi": "एसी सर्विस", "bho": "एसी के सर्विस", "mai": "एसीक सर्विस", "en": "AC service"}'),
    ('108', 2, 'appliance-repair', 'per_service', 39900, null, 60,
      '{"hi": "फ्रिज की मरम्मत", "bho": "फ्रिज के मरम्मत", "mai": "फ्रिजक मरम्मति",
        "en": "Fridge repair"}'),
    ('109', 1, 'fan-repair-cleaning', 'per_item', 9000, null, 30,
      '{"hi": "पंखा लगाना", "bho": "पंखा लगावल", "mai": "पंखा लगाएब", "en": "Fan fitting"}'),
    ('110', 1, 'switches-boards', 'per_item', 12000, null, 30,
      '{"hi": "सॉकेट लगाना", "bho": "सॉकेट लगावल", "mai": "सॉकेट लगाएब", "en": "Socket fitting"}'),
    ('111', 1, 'wiring', 'per_hour', 45000, null, 60,
      '{"hi": "आपात मरम्मत", "bho": "तुरंत मरम्मत", "mai": "तुरन्त मरम्मति",
        "en": "Emergency repair"}'),
    ('112', 1, 'switches-boards', 'per_item', 20000, null, 45,
      '{"hi": "एमसीबी बदलना", "bho": "एमसीबी बदलल", "mai": "एमसीबी बदलब",
        "en": "MCB replacement"}')
) as row (provider_no, no, slug, unit, price, price_max, minutes, names)
join public.categories as category
  on category.market_id = 'bihar' and category.slug = row.slug;

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
