-- Demo data of the market atyrau: its categories. The businesses follow in
-- atyrau_providers.sql. Safe to run again.

insert into public.categories (
  id, market_id, parent_id, slug, icon, colour, sort_order, phase, is_featured, names, keywords
)
select
  ('a7a2ac00-0000-4000-8000-000000000' || row.no)::uuid, 'atyrau',
  ('a7a2ac00-0000-4000-8000-000000000' || row.parent_no)::uuid,
  row.slug, row.icon, row.colour, row.sort_order, row.phase, row.is_featured, row.names::jsonb,
  row.keywords::text[]
from (
  values
    ('100', null::text, 'beauty', '💇', '#db2777', 1, 'mvp', true,
      '{"ru": "Красота", "kk": "Сұлулық", "en": "Beauty"}',
      '{салон красоты,сұлулық салоны}'),
    ('101', '100', 'hair', '✂️', '#db2777', 1, 'mvp', true,
      '{"ru": "Парикмахерские", "kk": "Шаштараз", "en": "Hair Salons"}',
      '{стрижка,парикмахер,окрашивание,шаш қию,шаш бояу,haircut,hairdresser}'),
    ('102', '100', 'nails', '💅', '#db2777', 2, 'mvp', true,
      '{"ru": "Маникюр и педикюр", "kk": "Маникюр және педикюр", "en": "Nails"}',
      '{маникюр,педикюр,гель-лак,тырнақ,manicure,pedicure}'),
    ('103', '100', 'barbershop', '🪒', '#db2777', 3, 'mvp', false,
      '{"ru": "Барбершопы", "kk": "Барбершоп", "en": "Barbershops"}',
      '{борода,бритьё,сақал,қырыну,barber,beard}'),
    ('104', '100', 'massage', '💆', '#db2777', 4, 'mvp', false,
      '{"ru": "Массаж", "kk": "Массаж", "en": "Massage"}',
      '{спина,уқалау,арқа,spa}'),
    ('200', null, 'auto', '🚗', '#2563eb', 2, 'mvp', true,
      '{"ru": "Авто", "kk": "Көлік", "en": "Cars"}',
      '{автосервис,машина,авто,car}'),
    ('201', '200', 'car-repair', '🔧', '#2563eb', 1, 'mvp', true,
      '{"ru": "Автосервис", "kk": "Автосервис", "en": "Car Repair"}',
      '{сто,шиномонтаж,двигатель,масло,көлік жөндеу,май ауыстыру,mechanic,tyres}'),
    ('202', '200', 'car-wash', '🫧', '#2563eb', 2, 'mvp', false,
      '{"ru": "Автомойка", "kk": "Көлік жуу", "en": "Car Wash"}',
      '{мойка,химчистка,жуу,wash}'),
    ('300', null, 'health', '🦷', '#16a34a', 3, 'mvp', true,
      '{"ru": "Здоровье", "kk": "Денсаулық", "en": "Health"}',
      '{врач,клиника,дәрігер,doctor}'),
    ('301', '300', 'dentist', '🦷', '#16a34a', 1, 'mvp', true,
      '{"ru": "Стоматология", "kk": "Стоматология", "en": "Dentists"}',
      '{зуб,зубной,стоматолог,тіс,тіс дәрігері,dentist,tooth}'),
    ('302', '300', 'fitness', '🏋', '#16a34a', 2, 'mvp', false,
      '{"ru": "Фитнес", "kk": "Фитнес", "en": "Fitness"}',
      '{тренер,йога,жаттығу,gym,trainer}'),
    ('400', null, 'home', '🏠', '#d97706', 4, 'mvp', true,
      '{"ru": "Дом", "kk": "Үй", "en": "Home"}',
      '{ремонт,мастер,жөндеу,шебер}'),
    ('401', '400', 'cleaning', '🧹', '#d97706', 1, 'mvp', true,
      '{"ru": "Уборка", "kk": "Тазалау", "en": "Cleaning"}',
      '{клининг,генеральная уборка,үй жинау,cleaner}'),
    ('402', '400', 'repair', '🛠', '#d97706', 2, 'mvp', false,
      '{"ru": "Сантехник и электрик", "kk": "Сантехник және электрик",
        "en": "Plumber & Electrician"}',
      '{сантехник,электрик,розетка,труба,кран,құбыр,plumber,electrician}'),
    ('500', null, 'education', '📚', '#475569', 5, 'mvp', false,
      '{"ru": "Обучение", "kk": "Білім", "en": "Education"}',
      '{репетитор,английский,математика,ағылшын,мұғалім,tutor}')
) as row (no, parent_no, slug, icon, colour, sort_order, phase, is_featured, names, keywords)
on conflict (id) do update set
  parent_id = excluded.parent_id,
  slug = excluded.slug,
  icon = excluded.icon,
  colour = excluded.colour,
  sort_order = excluded.sort_order,
  phase = excluded.phase,
  is_featured = excluded.is_featured,
  names = excluded.names,
  keywords = excluded.keywords;
