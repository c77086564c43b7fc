-- Verticals: trades with what is usual in them. A new business begins with the buffer and notice of
-- its vertical; duration and price unit are what a form for a new service begins with.
-- Everybody reads; rows come with the migrations.
create table public.verticals (
  id                       text primary key check (id ~ '^[a-z][a-z0-9_]{1,30}$'),
  names                    jsonb not null check (private.is_language_map(names, 100)),
  icon                     text check (private.is_text(icon, 100)),
  default_duration_minutes integer not null check (default_duration_minutes between 5 and 1440),
  default_buffer_minutes   integer not null check (default_buffer_minutes between 0 and 480),
  default_lead_minutes     integer not null check (default_lead_minutes between 0 and 43200),
  default_price_unit       text not null
    check (default_price_unit in ('per_hour', 'per_service', 'per_item', 'negotiable')),
  sort_order               integer not null default 0,
  is_active                boolean not null default true,
  created_at               timestamptz not null default private.now(),
  updated_at               timestamptz not null default private.now()
);
comment on table public.verticals is 'Trades, with what is usual in them.';
comment on column public.verticals.default_duration_minutes is 'Of a service, minutes.';
comment on column public.verticals.default_buffer_minutes is 'Between bookings, minutes.';
comment on column public.verticals.default_lead_minutes is 'Shortest notice of a booking, minutes.';
create trigger _100_timestamps before insert or update on public.verticals
  for each row execute function private.tg__timestamps();
alter table public.verticals enable row level security;
grant select on public.verticals to anon, authenticated, service_role;
create policy select_active on public.verticals for select to anon, authenticated
  using (is_active);

insert into public.verticals (
  id, names, icon, default_duration_minutes, default_buffer_minutes, default_lead_minutes,
  default_price_unit, sort_order
)
values
  (
    'electrical',
    '{"en": "Electrical", "hi": "बिजली का काम", "bho": "बिजली के काम", "mai": "बिजलीक काज",
      "ur": "بجلی کا کام", "sw": "Umeme", "ru": "Электрика", "kk": "Электр жұмыстары"}',
    '💡', 60, 15, 60, 'per_service', 1
  ),
  (
    'plumbing',
    '{"en": "Plumbing", "hi": "प्लंबिंग", "bho": "नल मिस्तिरी के काम",
      "mai": "नल मिस्त्रीक काज", "ur": "پلمبنگ", "sw": "Ufundi wa mabomba",
      "ru": "Сантехника", "kk": "Сантехника"}',
    '🔧', 60, 15, 60, 'per_service', 2
  ),
  (
    'hvac',
    '{"en": "Heating & Cooling", "hi": "हीटिंग और कूलिंग", "bho": "हीटिंग आ कूलिंग",
      "mai": "हीटिंग आ कूलिंग", "ur": "ہیٹنگ اور کولنگ", "sw": "Mifumo ya joto na viyoyozi",
      "ru": "Отопление и кондиционеры", "kk": "Жылыту және салқындату"}',
    '❄️', 90, 30, 120, 'per_service', 3
  ),
  (
    'cleaning',
    '{"en": "Cleaning", "hi": "सफ़ाई", "bho": "साफ-सफाई", "mai": "साफ-सफाइ", "ur": "صفائی",
      "sw": "Usafi", "ru": "Уборка", "kk": "Тазалау"}',
    '🧹', 120, 30, 720, 'per_hour', 4
  ),
  (
    'lawn_care',
    '{"en": "Lawn Care", "hi": "लॉन की देखभाल", "bho": "लॉन के देखभाल",
      "mai": "लॉनक देखभाल", "ur": "لان کی دیکھ بھال", "sw": "Utunzaji wa nyasi",
      "ru": "Уход за газоном", "kk": "Көгал күтімі"}',
    '🌱', 60, 30, 1440, 'per_service', 5
  ),
  (
    'construction',
    '{"en": "Construction", "hi": "निर्माण", "bho": "मकान बनावे के काम",
      "mai": "निर्माणक काज", "ur": "تعمیرات", "sw": "Ujenzi", "ru": "Строительство",
      "kk": "Құрылыс"}',
    '🏗️', 480, 60, 2880, 'negotiable', 6
  ),
  (
    'salon',
    '{"en": "Salon & Beauty", "hi": "सैलून और सौंदर्य", "bho": "सैलून आ सिंगार",
      "mai": "सैलून आ सौन्दर्य", "ur": "سیلون اور بیوٹی", "sw": "Saluni na urembo",
      "ru": "Салон красоты", "kk": "Сұлулық салоны"}',
    '💇', 45, 10, 30, 'per_service', 7
  ),
  (
    'fitness',
    '{"en": "Fitness & Yoga", "hi": "फ़िटनेस और योग", "bho": "कसरत आ योग",
      "mai": "व्यायाम आ योग", "ur": "فٹنس اور یوگا", "sw": "Mazoezi na yoga",
      "ru": "Фитнес и йога", "kk": "Фитнес және йога"}',
    '🧘', 60, 15, 120, 'per_hour', 8
  ),
  (
    'tutoring',
    '{"en": "Tutoring", "hi": "ट्यूशन", "bho": "ट्यूशन", "mai": "ट्यूशन", "ur": "ٹیوشن",
      "sw": "Masomo ya ziada", "ru": "Репетиторство", "kk": "Репетиторлық"}',
    '📚', 60, 15, 720, 'per_hour', 9
  ),
  (
    'events',
    '{"en": "Events & Catering", "hi": "कार्यक्रम और कैटरिंग", "bho": "काज-परोजन आ कैटरिंग",
      "mai": "आयोजन आ कैटरिंग", "ur": "تقریبات اور کیٹرنگ", "sw": "Hafla na upishi",
      "ru": "Мероприятия и кейтеринг", "kk": "Іс-шаралар және кейтеринг"}',
    '🎉', 240, 60, 4320, 'negotiable', 10
  ),
  (
    'car_repair',
    '{"en": "Car Repair", "hi": "कार मरम्मत", "bho": "गाड़ी के मरम्मत",
      "mai": "गाड़ीक मरम्मति", "ur": "گاڑیوں کی مرمت", "sw": "Ukarabati wa magari",
      "ru": "Ремонт автомобилей", "kk": "Көлік жөндеу"}',
    '🚗', 90, 15, 120, 'per_service', 11
  ),
  (
    'appliance_repair',
    '{"en": "Appliance Repair", "hi": "उपकरण मरम्मत", "bho": "घरेलू सामान के मरम्मत",
      "mai": "घरेलू उपकरणक मरम्मति", "ur": "گھریلو آلات کی مرمت", "sw": "Ukarabati wa vifaa",
      "ru": "Ремонт бытовой техники", "kk": "Тұрмыстық техниканы жөндеу"}',
    '🔌', 60, 15, 120, 'per_service', 12
  )
on conflict (id) do update set
  names = excluded.names,
  icon = excluded.icon,
  default_duration_minutes = excluded.default_duration_minutes,
  default_buffer_minutes = excluded.default_buffer_minutes,
  default_lead_minutes = excluded.default_lead_minutes,
  default_price_unit = excluded.default_price_unit,
  sort_order = excluded.sort_order;
