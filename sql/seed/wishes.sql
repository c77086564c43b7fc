-- Demo data, after that of the markets: where the customers of all five want services, and what
-- they wish. The first address of each is the default.

insert into public.addresses (
  id, user_id, label, address, landmark, city, district, state, postcode, lat, lng, is_default,
  created_at
)
select
  wanted.id, profile.id, row.label, row.address, row.landmark, row.city, row.district, row.state,
  row.postcode, row.lat, row.lng, row.no = 1, profile.created_at
from (
  values
    ('localpro', '201', 1, 'Home', '12 Vipin Khand, Gomti Nagar', 'Side gate', 'Lucknow',
      'Lucknow', 'Uttar Pradesh', '226010', 26.8547, 81.0044),
    ('localpro', '201', 2, 'Office', 'Mahatma Gandhi Marg, Hazratganj', null, 'Lucknow', 'Lucknow',
      'Uttar Pradesh', '226001', 26.8503, 80.9475),
    ('localpro', '202', 1, 'Home', 'Sector B, Aliganj', 'Near Kapoorthala crossing', 'Lucknow',
      'Lucknow', 'Uttar Pradesh', '226024', 26.8960, 80.9450),
    ('localpro', '202', 2, 'Parents', 'Swaroop Nagar', null, 'Kanpur', 'Kanpur Nagar',
      'Uttar Pradesh', '208002', 26.4830, 80.3180),
    ('localpro', '203', 1, 'گھر', 'پھول والی گلی، چوک', 'اکبری گیٹ کے پاس', 'لکھنؤ', 'لکھنؤ',
      'اتر پردیش', '226003', 26.8690, 80.9080),
    ('localpro', '203', 2, 'میکہ', 'امین آباد', null, 'لکھنؤ', 'لکھنؤ', 'اتر پردیش', '226018',
      26.8460, 80.9300),
    ('bihar', '201', 1, 'घर', 'मकान 14, कॉलोनी मोड़, कंकड़बाग', 'टेम्पो स्टैंड के पास', 'पटना',
      'पटना', 'बिहार', '800020', 25.5968, 85.1521),
    ('bihar', '201', 2, 'दफ़्तर', 'फ़्रेज़र रोड', null, 'पटना', 'पटना', 'बिहार', '800001', 25.6110,
      85.1400),
    ('bihar', '202', 1, 'घर', 'राजापुर पुल, बोरिंग कैनाल रोड', null, 'पटना', 'पटना', 'बिहार',
      '800001', 25.6230, 85.1190),
    ('bihar', '202', 2, 'गाँव', 'पकड़ी', 'बस स्टैंड के लगे', 'आरा', 'भोजपुर', 'बिहार', '802301',
      25.5560, 84.6630),
    ('bihar', '203', 1, 'घर', 'रोड नं. 2, राजेन्द्र नगर', null, 'पटना', 'पटना', 'बिहार', '800016',
      25.6040, 85.1640),
    ('bihar', '203', 2, 'नैहर', 'लहेरियासराय', 'टावर चौक लग', 'दरभंगा', 'दरभंगा', 'बिहार', '846001',
      26.1180, 85.8990),
    ('bihar', '204', 1, 'Home', 'Road No. 5, Patliputra Colony', null, 'Patna', 'Patna', 'Bihar',
      '800013', 25.6260, 85.1080),
    ('bihar', '204', 2, 'Office', 'Exhibition Road', null, 'Patna', 'Patna', 'Bihar', '800001',
      25.6090, 85.1450),
    ('bihar', '205', 1, 'घर', 'सगुना मोड़, दानापुर', null, 'दानापुर', 'पटना', 'बिहार', '801503',
      25.6230, 85.0480),
    ('bihar', '205', 2, 'मायका', 'रामपुर', null, 'गया', 'गया', 'बिहार', '823001', 24.7850, 85.0080),
    ('baitech', '201', 1, 'Nyumbani', 'Argwings Kodhek Road, Kilimani', 'Karibu na Yaya Centre',
      'Nairobi', 'Kilimani', 'Nairobi', '00100', -1.2921, 36.7856),
    ('baitech', '201', 2, 'Kazini', 'Woodvale Grove, Westlands', null, 'Nairobi', 'Westlands',
      'Nairobi', '00800', -1.2670, 36.8110),
    ('baitech', '202', 1, 'Home', 'Plainsview Estate, South B', null, 'Nairobi', 'South B',
      'Nairobi', '00500', -1.3110, 36.8360),
    ('baitech', '202', 2, 'Office', 'Elgon Road, Upper Hill', null, 'Nairobi', 'Upper Hill',
      'Nairobi', '00100', -1.2990, 36.8150),
    ('baitech', '203', 1, 'Nyumbani', 'Barabara ya Pili, Eastleigh', null, 'Nairobi', 'Eastleigh',
      'Nairobi', '00610', -1.2740, 36.8490),
    ('baitech', '203', 2, 'Dukani', 'Soko la Gikomba', null, 'Nairobi', 'Kamukunji', 'Nairobi',
      '00610', -1.2850, 36.8390),
    ('baitech', '204', 1, 'Home', 'Karen Road, Karen', null, 'Nairobi', 'Karen', 'Nairobi', '00502',
      -1.3190, 36.7060),
    ('baitech', '204', 2, 'Parents', 'Section 58', null, 'Nakuru', 'Nakuru East', 'Nakuru', '20100',
      -0.2850, 36.0900),
    ('baitech', '205', 1, 'Nyumbani', 'Mwiki Road, Kasarani', null, 'Nairobi', 'Kasarani',
      'Nairobi', '00608', -1.2200, 36.8900),
    ('baitech', '205', 2, 'Kwa mama', 'Biashara Street', null, 'Kiambu', 'Kiambu', 'Kiambu',
      '00900', -1.1714, 36.8356),
    ('atyrau', '201', 1, 'Дом', 'ул. Сатпаева, 21', null, 'Атырау', 'Авангард',
      'Атырауская область', '060011', 47.1145, 51.8871),
    ('atyrau', '201', 2, 'Работа', 'пр. Азаттык, 60', null, 'Атырау', 'Центр',
      'Атырауская область', '060005', 47.1060, 51.9200),
    ('atyrau', '202', 1, 'Үй', 'Баймұханов көшесі, 12', null, 'Атырау', 'Жилгородок',
      'Атырау облысы', '060009', 47.1280, 51.9400),
    ('atyrau', '202', 2, 'Жұмыс', 'Абай көшесі, 8', null, 'Атырау', 'Орталық', 'Атырау облысы',
      '060002', 47.0950, 51.9240),
    ('atyrau', '203', 1, 'Дом', 'мкр. Привокзальный, 5', null, 'Атырау', 'Привокзальный',
      'Атырауская область', '060007', 47.1190, 51.9290),
    ('atyrau', '203', 2, 'Дача', 'мкр. Лесхоз', null, 'Атырау', 'Лесхоз', 'Атырауская область',
      '060003', 47.0850, 51.9100),
    ('atyrau', '204', 1, 'Home', '5 Satpayev Street', null, 'Atyrau', 'Avangard', 'Atyrau Region',
      '060011', 47.1150, 51.8890),
    ('atyrau', '204', 2, 'Office', 'Isatay Avenue', null, 'Atyrau', 'Centre', 'Atyrau Region',
      '060002', 47.0995, 51.9168),
    ('atyrau', '205', 1, 'Үй', 'Алмагүл ықшам ауданы, 14', null, 'Атырау', 'Алмагүл',
      'Атырау облысы', '060006', 47.0770, 51.9020),
    ('atyrau', '205', 2, 'Ата-анамның үйі', 'Махамбет көшесі', null, 'Құлсары', 'Жылыой',
      'Атырау облысы', '060100', 46.9560, 54.0100),
    ('servicepro', '201', 1, 'Home', '1915 11th Avenue South', null, 'Birmingham',
      'Jefferson County', 'Alabama', '35205', 33.4975, -86.8012),
    ('servicepro', '201', 2, 'Office', '20th Street North', 'Across from Linn Park', 'Birmingham',
      'Jefferson County', 'Alabama', '35203', 33.5210, -86.8100),
    ('servicepro', '202', 1, 'Home', 'Edgewood Boulevard', null, 'Homewood', 'Jefferson County',
      'Alabama', '35209', 33.4680, -86.8060),
    ('servicepro', '202', 2, 'Rental', '41st Street South, Avondale', null, 'Birmingham',
      'Jefferson County', 'Alabama', '35222', 33.5220, -86.7740),
    ('servicepro', '203', 1, 'Home', 'Old Leeds Road', null, 'Mountain Brook', 'Jefferson County',
      'Alabama', '35213', 33.5000, -86.7400),
    ('servicepro', '203', 2, 'Lake house', 'Logan Martin Lake', null, 'Pell City',
      'St. Clair County', 'Alabama', '35128', 33.5650, -86.2700),
    ('servicepro', '204', 1, 'Home', 'Patton Chapel Road', null, 'Hoover', 'Jefferson County',
      'Alabama', '35226', 33.4120, -86.8210),
    ('servicepro', '204', 2, 'Shop', '2nd Avenue North', null, 'Bessemer', 'Jefferson County',
      'Alabama', '35020', 33.4018, -86.9544),
    ('servicepro', '205', 1, 'Home', 'Chalkville Mountain Road', null, 'Trussville',
      'Jefferson County', 'Alabama', '35173', 33.6300, -86.6080),
    ('servicepro', '205', 2, 'Mom', 'University Boulevard', null, 'Tuscaloosa',
      'Tuscaloosa County', 'Alabama', '35401', 33.2098, -87.5692)
) as row (
  market_id, person, no, label, address, landmark, city, district, state, postcode, lat, lng
)
join public.profiles as profile on profile.id = private.seed_id(row.market_id, 'a', row.person)
cross join lateral (
  select private.seed_id(row.market_id, '9', row.person || '00' || row.no) as id
) as wanted
-- An insert that comes to nothing would still take the default from another address.
where not exists (
  select 1 from public.addresses as address where address.user_id = profile.id
);

insert into public.preferences (user_id, language, category_ids, channels)
select
  profile.id, row.language,
  array(
    select category.id
    from unnest(row.slugs::text[]) with ordinality as wished (slug, position)
    join public.categories as category
      on category.market_id = row.market_id and category.slug = wished.slug
    order by wished.position
  ),
  jsonb_build_object('push', true, 'sms', true, 'email', false, 'marketing', false)
    || row.channels::jsonb
from (
  values
    ('localpro', '201', 'en', '{plumbing,salon-spa,home-tutor}', '{"whatsapp": true}'),
    ('localpro', '202', 'en', '{electrical,carpentry,accounting}', '{"email": true}'),
    ('localpro', '203', 'ur', '{catering,salon-spa}', '{"whatsapp": true, "sms": false}'),
    ('bihar', '201', 'hi', '{fan-repair-cleaning,inverter-battery}', '{"whatsapp": true}'),
    ('bihar', '202', 'bho', '{motor-pump,wiring}', '{"push": false}'),
    ('bihar', '203', 'mai', '{inverter-battery,lights-decoration}', '{"whatsapp": true}'),
    ('bihar', '204', 'en', '{appliance-repair,wiring}', '{"email": true, "marketing": true}'),
    ('bihar', '205', 'hi', '{wiring,switches-boards}', '{}'),
    ('baitech', '201', 'sw', '{plumbing,house-cleaning}', '{"whatsapp": true}'),
    ('baitech', '202', 'en', '{electrical,electronics}', '{"email": true}'),
    ('baitech', '203', 'sw', '{hair-braiding,laundry}', '{"whatsapp": true, "sms": false}'),
    ('baitech', '204', 'en', '{appliance-repair,carpentry}', '{}'),
    ('baitech', '205', 'sw', '{moving,painting}', '{"marketing": true}'),
    ('atyrau', '201', 'ru', '{hair,nails,dentist}', '{"whatsapp": true}'),
    ('atyrau', '202', 'kk', '{car-repair,barbershop}', '{"telegram": true}'),
    ('atyrau', '203', 'ru', '{massage,nails,cleaning}', '{"telegram": true, "sms": false}'),
    ('atyrau', '204', 'en', '{fitness,education}', '{"email": true}'),
    ('atyrau', '205', 'kk', '{hair,repair}', '{"whatsapp": true, "marketing": true}'),
    ('servicepro', '201', 'en', '{mowing,hvac}', '{"email": true}'),
    ('servicepro', '202', 'en', '{plumbing,roofing,decks-fences}', '{}'),
    ('servicepro', '203', 'en', '{tree-service,cleaning}', '{"email": true, "marketing": true}'),
    ('servicepro', '204', 'en', '{mowing,irrigation,electrical}', '{"push": false}'),
    ('servicepro', '205', 'en', '{pest-control,hvac}', '{"email": true}')
) as row (market_id, person, language, slugs, channels)
join public.profiles as profile on profile.id = private.seed_id(row.market_id, 'a', row.person)
on conflict (user_id) do nothing;
