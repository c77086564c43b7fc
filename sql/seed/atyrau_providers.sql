-- Demo data of the market atyrau: businesses in and around Atyrau at real
-- places, their members and services. Their work so far follows in work_history.sql.
-- Safe to run again.

insert into public.providers (
  id, market_id, slug, kind, names, descriptions, status, verification_status, location, address,
  postcode, city, time_zone
)
select
  ('a7a2ab00-0000-4000-8000-000000000' || row.no)::uuid, 'atyrau', row.slug, row.kind,
  row.names::jsonb, row.descriptions::jsonb, 'active', row.verification,
  private.point(row.lat, row.lng), row.address, row.postcode, row.city, 'Asia/Atyrau'
from (
  values
    ('101', 'aizhan-studio', 'company', 'verified', 47.1167, 51.8830,
      'ул. Сатпаева, 15, Авангард', '060011', 'Атырау',
      '{"ru": "Студия Айжан", "kk": "Айжан студиясы", "en": "Aizhan Studio"}',
      '{"ru": "Стрижки, окрашивание и укладка; запись на любое время.",
        "kk": "Шаш қию, бояу және сәндеу; кез келген уақытқа жазылу."}'),
    ('102', 'serikov-auto', 'company', 'verified', 47.0945, 51.9238,
      'ул. Абая, Центр', '060002', 'Атырау',
      '{"ru": "Автосервис Сериков", "kk": "Серіков автосервисі", "en": "Serikov Auto"}',
      '{"ru": "Диагностика, ходовая и двигатель; гарантия на работу.",
        "kk": "Диагностика, жүріс бөлігі және қозғалтқыш; жұмысқа кепілдік."}'),
    ('103', 'kim-dental', 'company', 'verified', 47.1062, 51.9203,
      'пр. Азаттык, 48', '060005', 'Атырау',
      '{"ru": "Стоматология Ким", "kk": "Ким стоматологиясы", "en": "Kim Dental"}',
      '{"ru": "Лечение зубов без боли, для взрослых и детей.",
        "kk": "Тісті ауыртпай емдеу, ересектер мен балаларға."}'),
    ('104', 'barber-yesenov', 'solo', 'verified', 47.1129, 51.8926,
      'ул. Владимирского, Авангард-4', '060011', 'Атырау',
      '{"ru": "Барбершоп Есенов", "kk": "Есенов барбершопы", "en": "Yesenov Barbershop"}',
      '{"kk": "Ерлер шашы мен сақалы.", "ru": "Мужские стрижки и борода."}'),
    ('105', 'belova-nails', 'solo', 'verified', 47.1183, 51.9275,
      'мкр. Привокзальный, 3', '060007', 'Атырау',
      '{"ru": "Маникюр у Светланы", "kk": "Светлана маникюрі", "en": "Svetlana''s Nails"}',
      '{"ru": "Маникюр, педикюр и гель-лак; стерильный инструмент."}'),
    ('106', 'tleuov-sto', 'company', 'verified', 47.1290, 51.9420,
      'ул. Баймуханова, Жилгородок', '060009', 'Атырау',
      '{"ru": "СТО Тлеуов", "kk": "Тілеуов көлік жөндеу", "en": "Tleuov Garage"}',
      '{"kk": "Май ауыстыру, шина және тежегіш.", "ru": "Масло, шины и тормоза."}'),
    ('107', 'taza-ui', 'company', 'verified', 47.1036, 51.9080,
      'ул. Курмангазы, 20', '060001', 'Атырау',
      '{"ru": "Таза Үй", "kk": "Таза Үй", "en": "Taza Ui Cleaning"}',
      '{"ru": "Генеральная уборка квартир и офисов.",
        "kk": "Пәтерлер мен кеңселерді толық тазалау."}'),
    ('108', 'pavlov-master', 'solo', 'verified', 47.0868, 51.9090,
      'мкр. Лесхоз', '060003', 'Атырау',
      '{"ru": "Мастер Павлов", "kk": "Шебер Павлов", "en": "Pavlov Handyman"}',
      '{"ru": "Сантехника и электрика, приеду в тот же день."}'),
    ('109', 'shanyrak-massage', 'solo', 'pending', 47.0780, 51.9010,
      'мкр. Алмагуль, 10', '060006', 'Атырау',
      '{"ru": "Массаж Шанырак", "kk": "Шаңырақ массажы", "en": "Shanyrak Massage"}',
      '{"kk": "Арқа мен мойынға емдік массаж."}'),
    ('110', 'khamitov-fit', 'solo', 'verified', 47.1100, 51.9330,
      'наб. Урала, Центр', '060002', 'Атырау',
      '{"ru": "Фитнес с Русланом", "kk": "Руслан фитнесі", "en": "Ruslan Fitness"}',
      '{"ru": "Персональные тренировки и йога на набережной."}'),
    ('111', 'english-with-timur', 'solo', 'verified', 47.0990, 51.9170,
      'ул. Исатая, Центр', '060002', 'Атырау',
      '{"ru": "Английский с Тимуром", "kk": "Тимурмен ағылшын тілі", "en": "English with Timur"}',
      '{"en": "English for oil and gas, and for children.",
        "ru": "Английский для нефтяников и детей."}'),
    ('112', 'ak-su-moika', 'company', 'pending', 47.1215, 51.8700,
      'Доссорская трасса, Авангард', '060011', 'Атырау',
      '{"ru": "Автомойка Ак су", "kk": "Ақ су көлік жуу", "en": "Ak Su Car Wash"}',
      '{"kk": "Қолмен жуу және салонды тазалау."}')
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
  ('a7a2ab00-0000-4000-8000-000000000' || row.provider_no)::uuid,
  ('a7a2aa00-0000-4000-8000-000000000' || row.person_no)::uuid,
  row.role
from (
  select no as provider_no, no as person_no, 'owner' as role
  from generate_series(101, 112) as no
  union all
  values (101, 113, 'crew_member')
) as row
on conflict (provider_id, user_id) do nothing;

-- Prices in tiyn.
create temporary table seed_services as
select
  ('a7a2ad00-0000-4000-8000-000000' || row.provider_no || '00' || row.no)::uuid as id,
  ('a7a2ab00-0000-4000-8000-000000000' || row.provider_no)::uuid as provider_id,
  category.id as category_id,
  row.*
from (
  values
    ('101', 1, 'hair', 'per_service', 600000, null::bigint, 60,
      '{"ru": "Женская стрижка", "kk": "Әйелдер шашын қию", "en": "Women''s haircut"}'),
    ('101', 2, 'hair', 'per_service', 1800000, 3500000, 150,
      '{"ru": "Окрашивание волос", "kk": "Шаш бояу", "en": "Hair colouring"}'),
    ('101', 3, 'nails', 'per_service', 700000, null, 90,
      '{"ru": "Маникюр с гель-лаком", "kk": "Гель-лак маникюр", "en": "Gel manicure"}'),
    ('102', 1, 'car-repair', 'per_service', 800000, null, 60,
      '{"ru": "Диагностика ходовой", "kk": "Жүріс бөлігін тексеру", "en": "Suspension check"}'),
    ('102', 2, 'car-repair', 'per_hour', 900000, null, 120,
      '{"ru": "Ремонт двигателя", "kk": "Қозғалтқыш жөндеу", "en": "Engine repair"}'),
    ('103', 1, 'dentist', 'per_service', 500000, null, 30,
      '{"ru": "Осмотр стоматолога", "kk": "Тіс дәрігерінің қарауы", "en": "Dental check-up"}'),
    ('103', 2, 'dentist', 'per_item', 2500000, null, 60,
      '{"ru": "Лечение кариеса", "kk": "Тіс жегісін емдеу", "en": "Filling"}'),
    ('104', 1, 'barbershop', 'per_service', 500000, null, 45,
      '{"ru": "Мужская стрижка", "kk": "Ерлер шашын қию", "en": "Men''s haircut"}'),
    ('104', 2, 'barbershop', 'per_service', 300000, null, 30,
      '{"ru": "Стрижка бороды", "kk": "Сақал қырқу", "en": "Beard trim"}'),
    ('105', 1, 'nails', 'per_service', 650000, null, 90,
      '{"ru": "Маникюр", "kk": "Маникюр", "en": "Manicure"}'),
    ('105', 2, 'nails', 'per_service', 900000, null, 90,
      '{"ru": "Педикюр", "kk": "Педикюр", "en": "Pedicure"}'),
    ('106', 1, 'car-repair', 'per_service', 400000, null, 30,
      '{"ru": "Замена масла", "kk": "Май ауыстыру", "en": "Oil change"}'),
    ('106', 2, 'car-repair', 'per_service', 1000000, null, 60,
      '{"ru": "Шиномонтаж", "kk": "Шина ауыстыру", "en": "Tyre change"}'),
    ('107', 1, 'cleaning', 'per_service', 2500000, 6000000, 240,
      '{"ru": "Генеральная уборка", "kk": "Толық тазалау", "en": "Deep cleaning"}'),
    ('108', 1, 'repair', 'per_service', 700000, null, 60,
      '{"ru": "Замена смесителя", "kk": "Шүмек ауыстыру", "en": "Tap replacement"}'),
    ('108', 2, 'repair', 'per_item', 250000, null, 30,
      '{"ru": "Установка розетки", "kk": "Розетка орнату", "en": "Socket fitting"}'),
    ('109', 1, 'massage', 'per_hour', 800000, null, 60,
      '{"ru": "Лечебный массаж", "kk": "Емдік массаж", "en": "Remedial massage"}'),
    ('110', 1, 'fitness', 'per_hour', 700000, null, 60,
      '{"ru": "Персональная тренировка", "kk": "Жеке жаттығу", "en": "Personal training"}'),
    ('111', 1, 'education', 'per_hour', 600000, null, 60,
      '{"ru": "Урок английского", "kk": "Ағылшын тілі сабағы", "en": "English lesson"}'),
    ('112', 1, 'car-wash', 'per_service', 350000, null, 45,
      '{"ru": "Комплексная мойка", "kk": "Толық жуу", "en": "Full wash"}')
) as row (provider_no, no, slug, unit, price, price_max, minutes, names)
join public.categories as category
  on category.market_id = 'atyrau' and category.slug = row.slug;

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
