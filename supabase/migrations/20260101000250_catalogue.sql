-- Built from sql/25_catalogue by `npm run generate`: edit it there.

-- Errors of catalogue: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  ('category_loop', 400, 'A category can''t be its own ancestor.', 'Choose another parent.'),
  (
    'names_incomplete', 400, 'A category is named in every language of its market.',
    'Languages: %s.'
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{category_ids, channels}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Categories of services: a tree per market, named in every language of the market.
-- Everybody reads what has launched; only service_role writes.

-- Phases follow each other: a market in a later one has reached the earlier ones.
create function private.is_launched(market_id text, phase text, launches_on date)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_phases constant text[] := array['mvp', 'full_launch', 'monetisation'];
begin
  return exists (
    select 1
    from public.markets as market
    where market.id = is_launched.market_id
      and (
        array_position(v_phases, is_launched.phase) <= array_position(v_phases, market.phase)
        or is_launched.launches_on <= (private.now() at time zone market.time_zone)::date
      )
  );
end;
$$;
comment on function private.is_launched is
  'Whether the market has reached the phase, or the day has come by the market''s clock.';

create table public.categories (
  id               uuid primary key default private.uuid_v7(),
  market_id        text not null references public.markets on delete restrict,
  parent_id        uuid,
  slug             text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 80),
  names            jsonb not null check (private.is_language_map(names, 100)),
  descriptions     jsonb check (private.is_language_map(descriptions, 1000)),
  seo_titles       jsonb check (private.is_language_map(seo_titles, 120)),
  seo_descriptions jsonb check (private.is_language_map(seo_descriptions, 320)),
  keywords         text[] not null default '{}' check (private.are_texts(keywords, 100)),
  icon             text check (private.is_text(icon, 100)),
  image_path       text check (private.is_text(image_path, 500)),
  colour           text check (colour ~ '^#[0-9a-f]{6}$'),
  sort_order       integer not null default 0,
  phase            text not null default 'mvp'
    check (phase in ('mvp', 'full_launch', 'monetisation')),
  launches_on      date,
  is_featured      boolean not null default false,
  is_active        boolean not null default true,
  created_at       timestamptz not null default private.now(),
  updated_at       timestamptz not null default private.now(),
  unique (market_id, slug),
  unique (id, market_id),
  foreign key (parent_id, market_id) references public.categories (id, market_id)
    on delete restrict
);
comment on table public.categories is 'Kinds of services of a market, as a tree.';
comment on column public.categories.parent_id is 'Null for a root; of the same market.';
comment on column public.categories.slug is 'Unique in the market; part of addresses.';
comment on column public.categories.names is 'Name in every language of the market.';
comment on column public.categories.keywords is
  'Words of any language that people search by: plumber, tap, नल.';
comment on column public.categories.icon is 'Name of an icon, or an emoji.';
comment on column public.categories.seo_titles is
  'Title of its page for search engines; the name stands in for a language without one.';
comment on column public.categories.image_path is 'Path of an image in Storage.';
comment on column public.categories.is_featured is 'For apps: to be shown first.';
comment on column public.categories.phase is 'Hidden until the market has reached this phase.';
comment on column public.categories.launches_on is
  'Day, by the market''s clock, from which it shows whatever the phase.';
comment on column public.categories.colour is 'As #rrggbb.';

-- The one rule of what shows: lists, search, services and bookings all ask here.
create function private.is_shown(category public.categories)
returns boolean
language plpgsql
stable
security definer
-- The cost is set high, so that the planner asks it for the rows of a join, not for all categories.
cost 1000
set search_path = ''
as $$
begin
  return (category).is_active
    and private.is_launched((category).market_id, (category).phase, (category).launches_on)
    and (
      (category).parent_id is null
      or exists (
        select 1
        from public.categories as parent
        where parent.id = (category).parent_id and private.is_shown(parent)
      )
    );
end;
$$;
comment on function private.is_shown is
  'Whether the category and all above it are switched on and have launched.';
grant execute on function private.is_shown to anon, authenticated, service_role;

create index categories_parent_id_market_id_idx on public.categories (parent_id, market_id);

-- Raises PT400 names_incomplete and category_loop.
create function private.tg_categories__validate()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_languages text[] := (
    select market.languages from public.markets as market where market.id = new.market_id
  );
begin
  if not private.covers_languages(new.names, v_languages)
    or not private.covers_languages(coalesce(new.descriptions, new.names), v_languages)
  then
    perform private.fail('names_incomplete', array_to_string(v_languages, ', '));
  end if;
  if new.parent_id is not null then
    -- Moves of categories take turns, so that two of them can't close a loop together.
    perform pg_advisory_xact_lock(hashtext('private.category_tree'));
  end if;
  if new.parent_id is not null and exists (
    with recursive ancestors as (
      select new.parent_id as id
      union
      select parent.parent_id
      from ancestors
      join public.categories as parent on parent.id = ancestors.id
      where parent.parent_id is not null
    )
    select 1 from ancestors where ancestors.id = new.id
  ) then
    perform private.fail('category_loop');
  end if;
  return new;
end;
$$;
comment on function private.tg_categories__validate is 'Trigger _050_validate of categories.';

create trigger _050_validate before insert or update on public.categories
  for each row execute function private.tg_categories__validate();
create trigger _100_timestamps before insert or update on public.categories
  for each row execute function private.tg__timestamps();
alter table public.categories enable row level security;
grant select on public.categories to anon, authenticated;
grant select, insert, update, delete on public.categories to service_role;
create policy select_active on public.categories for select to anon
  using (private.is_shown(categories));
create policy select_active_or_admin on public.categories for select to authenticated
  using (private.is_shown(categories) or (select private.has_role('admin')));

-- The other side of the same rule: a market gets a language after its categories have names in it.
create function private.tg_markets__keep_category_names()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if exists (
    select 1
    from public.categories as category
    where category.market_id = new.id
      and not private.covers_languages(category.names, new.languages)
  ) then
    perform private.fail('names_incomplete', array_to_string(new.languages, ', '));
  end if;
  return null;
end;
$$;
comment on function private.tg_markets__keep_category_names is
  'Trigger _500_keep_category_names of markets.';

create trigger _500_keep_category_names after update of languages on public.markets
  for each row execute function private.tg_markets__keep_category_names();

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

-- Counts that many transactions change at once. A counter row would make them wait for each other
-- until commit; so each appends its change, and a job adds them up: the cost of a change is the
-- same however large the counts, and they are at most a minute old. Every way in which a count
-- falls or rises has its change, so that the sums are exact.
create table private.count_changes (
  id         uuid primary key default private.uuid_v7(),
  subject_id uuid not null,
  counter    text not null check (counter in (
    'category_providers', 'category_services', 'category_bookings', 'service_views',
    'service_bookings'
  )),
  change     integer not null,
  created_at timestamptz not null default private.now()
);
comment on table private.count_changes is 'Changes of counts that are not yet added up.';
comment on column private.count_changes.subject_id is
  'A category or service, by the counter; one that is gone by then counts nothing.';

create table public.category_statistics (
  category_id    uuid primary key references public.categories on delete cascade,
  provider_count integer not null default 0,
  service_count  integer not null default 0,
  booking_count  integer not null default 0,
  created_at     timestamptz not null default private.now(),
  updated_at     timestamptz not null default private.now()
);
comment on table public.category_statistics is
  'Counts of each category, at most a minute old; a category without a row has none.';
comment on column public.category_statistics.provider_count is
  'Active providers in this very category; those of the categories below are theirs.';
comment on column public.category_statistics.service_count is
  'Services in this very category that are switched on, of active providers.';
comment on column public.category_statistics.booking_count is
  'Bookings with a service that was in this category when it was booked, however they ended; '
  'drafts and deleted bookings don''t count.';
create trigger _100_timestamps before insert or update on public.category_statistics
  for each row execute function private.tg__timestamps();
alter table public.category_statistics enable row level security;
grant select on public.category_statistics to anon, authenticated, service_role;
-- The subquery is itself under the policies of categories.
create policy select_of_visible on public.category_statistics for select to anon, authenticated
  using (exists (select 1 from public.categories as category where category.id = category_id));

-- What a user wishes: language, kinds of services, how to be told. Only the user reads and
-- writes them. A user without a row has the defaults of the columns. The table lies here because it
-- refers to categories.
create table public.preferences (
  user_id      uuid primary key default auth.uid() references public.profiles on delete cascade,
  language     text check (language ~ '^[a-z]{2,3}$'),
  category_ids uuid[] not null default '{}' check (cardinality(category_ids) <= 50),
  channels     jsonb not null
    default '{"push": true, "sms": true, "email": true, "marketing": false}'
    check (jsonb_typeof(channels) = 'object'),
  created_at   timestamptz not null default private.now(),
  updated_at   timestamptz not null default private.now()
);
comment on table public.preferences is 'What a user wishes; without a row, the defaults.';
comment on column public.preferences.language is 'ISO 639, as in profiles; null: the profile''s.';
comment on column public.preferences.category_ids is
  'Categories of the user''s market, the most wanted first.';
comment on column public.preferences.channels is
  'Whether to be told by push, sms, email, whatsapp, telegram, and of offers (marketing).';

-- Raises PT400 with the column that is wrong.
create function private.tg_preferences__validate()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  new.language := private.parse_language(new.language, 'invalid_language', false);
  if new.category_ids is null
    or cardinality(new.category_ids) > 50
    -- Nulls don't count either.
    or cardinality(new.category_ids) <> (
      select count(distinct category_id) from unnest(new.category_ids) as category_id
    )
  then
    perform private.fail('invalid_category_ids', 'different categories of the user''s market');
  end if;
  new.channels := private.parse_object(new.channels, 'invalid_channels', 1000);
  if exists (
    select 1
    from jsonb_each(new.channels) as channel
    where channel.key not in ('push', 'sms', 'email', 'whatsapp', 'telegram', 'marketing')
      or jsonb_typeof(channel.value) <> 'boolean'
  ) then
    perform private.fail(
      'invalid_channels',
      'an object of true and false for push, sms, email, whatsapp, telegram, marketing'
    );
  end if;
  return new;
end;
$$;
comment on function private.tg_preferences__validate is 'Trigger _050_validate of preferences.';

create trigger _010_lock_me before insert or update on public.preferences
  for each statement execute function private.tg__lock_me();
create trigger _050_validate before insert or update on public.preferences
  for each row execute function private.tg_preferences__validate();

-- After the policies: before them nothing may depend on other people's profiles.
create function private.tg_preferences__check_categories()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if cardinality(new.category_ids) <> (
    select count(*)
    from public.categories as category
    join public.profiles as profile on profile.id = new.user_id
    where category.id = any (new.category_ids)
      and category.market_id = profile.market_id
      and private.is_shown(category)
  ) then
    perform private.fail('invalid_category_ids', 'different categories of the user''s market');
  end if;
  return null;
end;
$$;
comment on function private.tg_preferences__check_categories is
  'Trigger _200_check_categories of preferences.';
create trigger _200_check_categories after insert or update of category_ids on public.preferences
  for each row execute function private.tg_preferences__check_categories();
create trigger _100_timestamps before insert or update on public.preferences
  for each row execute function private.tg__timestamps();
alter table public.preferences enable row level security;
grant
  select,
  insert (user_id, language, category_ids, channels),
  update (user_id, language, category_ids, channels)
on public.preferences to authenticated;
grant select on public.preferences to service_role;
create policy select_self on public.preferences for select to authenticated
  using (user_id = (select private.me()));
create policy insert_self on public.preferences for insert to authenticated
  with check (user_id = (select private.me()));
create policy update_self on public.preferences for update to authenticated
  using (user_id = (select private.me()))
  with check (user_id = (select private.me()));
