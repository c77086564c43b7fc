-- Built from sql/32_services by `npm run generate`: edit it there.

-- Errors of services: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  (
    'service_not_found', 404, 'The business does not offer all of these services.',
    'Use ids of services that it offers now.'
  ),
  (
    'service_too_long', 400, 'The texts of this service are too long.',
    'Names, descriptions and lists of all languages together have at most 30000 characters.'
  ),
  (
    'too_many_name_characters', 409,
    'The names of all services of a business have at most %s characters together.',
    'Make some names shorter.'
  ),
  ('too_many_photos', 409, 'A business has at most %s pictures.', 'Delete one first.'),
  (
    'too_many_provider_services', 409, 'A business has at most %s services.',
    'Reuse a service that is switched off.'
  ),
  ('too_many_skills', 409, 'A business has at most %s skills.', 'Delete one first.'),
  ('too_many_views', 429, 'You look at too many services.', 'Try again in %s seconds.')
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

insert into private.errors (reason, status, message, hint, is_of_storage)
values
  (
    'too_many_provider_files', 403, 'A business keeps at most %s files.',
    'Delete some first.', true
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{allows_multiple_crews, captions, duration_minutes, excludes, has_materials, includes,
  material_descriptions, min_staff_count, path, price_amount, price_max_amount, price_unit,
  service_id, sort_order}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Services that a provider sells. Everybody reads those that are on offer; owners and managers
-- write. Money is in minor units of the market's currency.
create table public.services (
  id                    uuid primary key default private.uuid_v7(),
  provider_id           uuid not null references public.providers on delete cascade,
  category_id           uuid not null,
  names                 jsonb not null check (private.is_language_map(names, 120)),
  descriptions          jsonb check (private.is_language_map(descriptions, 2000)),
  has_materials         boolean not null default false,
  material_descriptions jsonb check (private.is_language_map(material_descriptions, 500)),
  includes              jsonb check (private.is_language_lists(includes, 30, 200)),
  excludes              jsonb check (private.is_language_lists(excludes, 30, 200)),
  price_unit            text not null default 'per_service'
    check (price_unit in ('per_hour', 'per_service', 'per_item', 'negotiable')),
  price_amount          bigint check (price_amount between 0 and 1000000000000),
  price_max_amount      bigint check (price_max_amount between 0 and 1000000000000),
  currency              text not null default '' check (currency ~ '^[A-Z]{3}$'),
  duration_minutes      integer not null default 60 check (duration_minutes between 5 and 1440),
  min_staff_count       integer not null default 1 check (min_staff_count between 1 and 100),
  allows_multiple_crews boolean not null default false,
  sort_order            integer not null default 0,
  is_active             boolean not null default true,
  is_featured           boolean not null default false,
  created_at            timestamptz not null default private.now(),
  updated_at            timestamptz not null default private.now(),
  unique (id, provider_id),
  -- Deferred, so that _200_check_category speaks first.
  foreign key (provider_id, category_id)
    references public.provider_categories (provider_id, category_id) on delete restrict
    deferrable initially deferred,
  check ((price_unit = 'negotiable') = (price_amount is null)),
  check (price_max_amount >= price_amount)
);
comment on table public.services is 'What a provider sells, with price and duration.';
comment on column public.services.category_id is 'One of the provider''s categories.';
comment on column public.services.price_unit is
  'What price_amount pays for: an hour, the service, an item; negotiable has no price.';
comment on column public.services.price_amount is 'Minor units of currency; null if negotiable.';
comment on column public.services.price_max_amount is
  'Upper end of a price range, minor units; null for a fixed price.';
comment on column public.services.currency is
  'ISO 4217, of the market; set by trigger. The default is for generated types alone.';
comment on column public.services.duration_minutes is 'Time that a booking of it takes, minutes.';
comment on column public.services.has_materials is 'Whether the price includes the materials.';
comment on column public.services.includes is
  'What the price covers, as {"en": ["Gas refill", "Cleaning"]}.';
comment on column public.services.excludes is 'What it does not cover, in the same form.';
comment on column public.services.min_staff_count is 'People that the job needs at least.';
comment on column public.services.allows_multiple_crews is
  'Whether several crews may work on one job.';
create index services_provider_id_category_id_idx on public.services (provider_id, category_id);

create function private.is_offered(service public.services)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return (service).is_active and exists (
    select 1
    from public.providers as provider
    join public.categories as category on category.id = (service).category_id
    where provider.id = (service).provider_id
      and provider.status = 'active'
      and private.is_shown(category)
  );
end;
$$;
comment on function private.is_offered is
  'Whether it is switched on, of an active provider, in a category that shows: only then is it '
  'read by others, and booked.';
grant execute on function private.is_offered to anon, authenticated, service_role;

create function private.currency_of_provider(provider_id uuid)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select market.currency
  from public.providers as provider
  join public.markets as market on market.id = provider.market_id
  where provider.id = currency_of_provider.provider_id
$$;
comment on function private.currency_of_provider is
  'Of its market, also while the market is closed.';
grant execute on function private.currency_of_provider to authenticated, service_role;

-- Raises PT400 with the column that is wrong, before a check constraint would.
create function private.tg_services__validate()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  new.names := private.parse_language_map(new.names, 'invalid_names', 120);
  new.descriptions := private.parse_language_map(
    new.descriptions, 'invalid_descriptions', 2000, false
  );
  if coalesce(new.price_unit, '') not in ('per_hour', 'per_service', 'per_item', 'negotiable') then
    perform private.fail(
      'invalid_price_unit', 'one of per_hour, per_service, per_item, negotiable'
    );
  end if;
  if (new.price_unit = 'negotiable') <> (new.price_amount is null)
    or new.price_amount not between 0 and 1000000000000
  then
    perform private.fail(
      'invalid_price_amount', 'minor units from 0 to 10^12, and absent if negotiable'
    );
  end if;
  if new.price_max_amount not between coalesce(new.price_amount, 0) and 1000000000000 then
    perform private.fail('invalid_price_max_amount', 'minor units, not below price_amount');
  end if;
  if (new.duration_minutes between 5 and 1440) is not true then
    perform private.fail('invalid_duration_minutes', 'from 5 to 1440');
  end if;
  new.material_descriptions := private.parse_language_map(
    new.material_descriptions, 'invalid_material_descriptions', 500, false
  );
  new.includes := private.parse_language_lists(new.includes, 'invalid_includes', 30, 200);
  new.excludes := private.parse_language_lists(new.excludes, 'invalid_excludes', 30, 200);
  if length(concat(
    new.names, new.descriptions, new.material_descriptions, new.includes, new.excludes
  )) > 30000 then
    perform private.fail('service_too_long');
  end if;
  if (new.min_staff_count between 1 and 100) is not true then
    perform private.fail('invalid_min_staff_count', 'from 1 to 100');
  end if;
  if new.category_id is null then
    perform private.fail('invalid_category_id', 'one of the provider''s categories');
  end if;
  new.currency := private.currency_of_provider(new.provider_id);
  return new;
end;
$$;
comment on function private.tg_services__validate is 'Trigger _050_validate of services.';

-- Raises PT400 invalid_category_id; after the policies, since it knows what strangers must not.
create function private.tg_services__check_category()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform 1
  from public.provider_categories as chosen
  where chosen.provider_id = new.provider_id and chosen.category_id = new.category_id
  for key share;
  if not found then
    perform private.fail('invalid_category_id', 'one of the provider''s categories');
  end if;
  return null;
end;
$$;
comment on function private.tg_services__check_category is
  'Trigger _200_check_category of services.';

create trigger _040_refuse_nulls before insert or update on public.services
  for each row when (
    num_nulls(
      new.has_materials, new.allows_multiple_crews, new.is_active, new.sort_order
    ) > 0
  )
  execute function private.tg__refuse_nulls(
    'invalid_has_materials', 'invalid_allows_multiple_crews',
    'invalid_is_active', 'invalid_sort_order'
  );
create trigger _050_validate before insert or update on public.services
  for each row execute function private.tg_services__validate();
create trigger _200_check_category after insert or update of provider_id, category_id
  on public.services
  for each row execute function private.tg_services__check_category();
create trigger _100_timestamps before insert or update on public.services
  for each row execute function private.tg__timestamps();
insert into private.limits (name, maximum, reason, counted)
values (
  'services', 500, 'too_many_provider_services',
  'select count(*) from public.services as service where service.provider_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _600_limit after insert on public.services
  referencing new table as added
  for each statement execute function private.tg__limit('services', 'provider_id');

-- Search reads all of them whenever one changes.
insert into private.limits (name, maximum, reason, counted)
values (
  'service_names', 100000, 'too_many_name_characters',
  'select coalesce(sum(length(service.names::text)), 0)
   from public.services as service
   where service.provider_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _610_limit_names after insert on public.services
  referencing new table as added
  for each statement execute function private.tg__limit('service_names', 'provider_id');
create trigger _620_limit_longer_names after update of names on public.services
  for each row when (length(new.names::text) > length(old.names::text))
  execute function private.tg__limit('service_names', 'provider_id');
alter table public.services enable row level security;
grant select on public.services to anon;
grant
  select,
  insert (
    provider_id, category_id, names, descriptions, has_materials, material_descriptions, includes,
    excludes, price_unit, price_amount, price_max_amount, duration_minutes, min_staff_count,
    allows_multiple_crews, sort_order, is_active
  ),
  update (
    category_id, names, descriptions, has_materials, material_descriptions, includes, excludes,
    price_unit, price_amount, price_max_amount, duration_minutes, min_staff_count,
    allows_multiple_crews, sort_order, is_active
  )
on public.services to authenticated;
-- No delete grant: bookings refer to services, so they are switched off.
grant select, insert, update, delete on public.services to service_role;
create policy select_offered on public.services for select to anon
  using (private.is_offered(services));
create policy select_offered_member_or_admin on public.services for select to authenticated
  using (
    private.is_offered(services) and (select private.me()) is not null
    or provider_id in (select private.my_provider_ids())
    or (select private.has_role('admin'))
  );
create policy insert_manager on public.services for insert to authenticated
  with check (provider_id in (select private.my_managed_provider_ids()));
create policy update_manager on public.services for update to authenticated
  using (provider_id in (select private.my_managed_provider_ids()))
  with check (provider_id in (select private.my_managed_provider_ids()));

-- Skills of a provider, in its own words. Everybody reads those of active providers; a provider
-- can't say of itself that one is verified.
create table public.provider_skills (
  provider_id uuid not null references public.providers on delete cascade,
  name        text not null check (private.is_text(name, 80)),
  is_verified boolean not null default false,
  created_at  timestamptz not null default private.now(),
  updated_at  timestamptz not null default private.now(),
  primary key (provider_id, name)
);
comment on table public.provider_skills is 'What a provider says it can do; found by search.';

-- Raises PT400 invalid_name.
create function private.tg_provider_skills__validate()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  new.name := private.parse_text(new.name, 'invalid_name', 80);
  return new;
end;
$$;
comment on function private.tg_provider_skills__validate is
  'Trigger _050_validate of provider_skills.';

create trigger _050_validate before insert or update on public.provider_skills
  for each row execute function private.tg_provider_skills__validate();
create trigger _100_timestamps before insert or update on public.provider_skills
  for each row execute function private.tg__timestamps();
insert into private.limits (name, maximum, reason, counted)
values (
  'provider_skills', 50, 'too_many_skills',
  'select count(*) from public.provider_skills as skill where skill.provider_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _600_limit after insert on public.provider_skills
  referencing new table as added
  for each statement execute function private.tg__limit('provider_skills', 'provider_id');
alter table public.provider_skills enable row level security;
grant select on public.provider_skills to anon;
grant select, insert (provider_id, name), delete on public.provider_skills to authenticated;
grant select, insert, update, delete on public.provider_skills to service_role;
create policy select_of_visible on public.provider_skills for select to anon, authenticated
  using (exists (select 1 from public.providers as provider where provider.id = provider_id));
create policy insert_manager on public.provider_skills for insert to authenticated
  with check (provider_id in (select private.my_managed_provider_ids()));
create policy delete_manager on public.provider_skills for delete to authenticated
  using (provider_id in (select private.my_managed_provider_ids()));

-- Photos of providers: their portfolio, work before and after, certificates, and pictures of
-- services. The files lie in the public bucket provider-photos, as <provider_id>/<file>.
create table public.provider_photos (
  id          uuid primary key default private.uuid_v7(),
  provider_id uuid not null references public.providers on delete cascade,
  service_id  uuid,
  kind        text not null default 'portfolio'
    check (kind in ('portfolio', 'before', 'after', 'certificate', 'service')),
  path        text not null unique
    check (starts_with(path, provider_id::text || '/') and private.is_text(path, 500)),
  captions    jsonb check (private.is_language_map(captions, 300)),
  sort_order  integer not null default 0,
  is_verified boolean not null default false,
  created_at  timestamptz not null default private.now(),
  updated_at  timestamptz not null default private.now(),
  -- Deferred, so that _200_check_service speaks first.
  foreign key (service_id, provider_id) references public.services (id, provider_id)
    on delete cascade deferrable initially deferred,
  check ((kind = 'service') = (service_id is not null))
);
comment on table public.provider_photos is 'Pictures that a provider shows, in its order.';
comment on column public.provider_photos.service_id is
  'The service that a picture of kind service shows.';
comment on column public.provider_photos.path is 'Object of the bucket provider-photos.';
create index provider_photos_provider_id_sort_order_idx
  on public.provider_photos (provider_id, sort_order);
create index provider_photos_service_id_provider_id_idx
  on public.provider_photos (service_id, provider_id);

-- Raises PT400 with the column that is wrong.
create function private.tg_provider_photos__validate()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  new.path := private.parse_provider_path(new.path, new.provider_id, 'invalid_path');
  new.captions := private.parse_language_map(new.captions, 'invalid_captions', 300, false);
  if new.path is null then
    perform private.fail('invalid_path', 'a path of provider-photos');
  end if;
  if coalesce(new.kind, '') not in ('portfolio', 'before', 'after', 'certificate', 'service') then
    perform private.fail(
      'invalid_kind', 'one of portfolio, before, after, certificate, service'
    );
  end if;
  if (new.kind = 'service') <> (new.service_id is not null) then
    perform private.fail(
      'invalid_service_id', 'a service of the provider for the kind service, else absent'
    );
  end if;
  return new;
end;
$$;
comment on function private.tg_provider_photos__validate is
  'Trigger _050_validate of provider_photos.';

-- Raises PT400 invalid_service_id; after the policies, since it knows what strangers must not.
create function private.tg_provider_photos__check_service()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform 1
  from public.services as service
  where service.id = new.service_id and service.provider_id = new.provider_id
  for key share;
  if not found then
    perform private.fail(
      'invalid_service_id', 'a service of the provider for the kind service, else absent'
    );
  end if;
  return null;
end;
$$;
comment on function private.tg_provider_photos__check_service is
  'Trigger _200_check_service of provider_photos.';

create trigger _040_refuse_nulls before insert or update on public.provider_photos
  for each row when (new.sort_order is null)
  execute function private.tg__refuse_nulls('invalid_sort_order');
create trigger _050_validate before insert or update on public.provider_photos
  for each row execute function private.tg_provider_photos__validate();
create trigger _200_check_service after insert or update of provider_id, service_id
  on public.provider_photos
  for each row when (new.service_id is not null)
  execute function private.tg_provider_photos__check_service();
create trigger _100_timestamps before insert or update on public.provider_photos
  for each row execute function private.tg__timestamps();
insert into private.limits (name, maximum, reason, counted)
values (
  'provider_photos', 200, 'too_many_photos',
  'select count(*) from public.provider_photos as photo where photo.provider_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _600_limit after insert on public.provider_photos
  referencing new table as added
  for each statement execute function private.tg__limit('provider_photos', 'provider_id');
alter table public.provider_photos enable row level security;
grant select on public.provider_photos to anon;
grant
  select,
  insert (provider_id, service_id, kind, path, captions, sort_order),
  update (service_id, kind, captions, sort_order),
  delete
on public.provider_photos to authenticated;
grant select, insert, update, delete on public.provider_photos to service_role;
create policy select_of_visible on public.provider_photos for select to anon, authenticated
  using (exists (select 1 from public.providers as provider where provider.id = provider_id));
create policy insert_manager on public.provider_photos for insert to authenticated
  with check (provider_id in (select private.my_managed_provider_ids()));
create policy update_manager on public.provider_photos for update to authenticated
  using (provider_id in (select private.my_managed_provider_ids()))
  with check (provider_id in (select private.my_managed_provider_ids()));
create policy delete_manager on public.provider_photos for delete to authenticated
  using (provider_id in (select private.my_managed_provider_ids()));

-- The bucket of provider_photos. It is public: whoever has an address sees the picture. Owners and
-- managers write in the folder of their provider. (The bucket takes HEIC, but the trigger
-- refuses it and says what to do.)
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values (
  'provider-photos', 'provider-photos', true, 5242880,
  '{image/jpeg,image/png,image/webp,image/heic,image/heif}'
)
on conflict (id) do update set
  public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

create function private.provider_of_photo(path text)
returns uuid
language sql
immutable
set search_path = ''
as $$
  select private.uuid_in(path, '^<id>/[^/]+$')
$$;
comment on function private.provider_of_photo is
  'Of `<provider id>/<file>`; null for any other path.';

create function private.can_change_provider_photo(path text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.provider_of_photo(path) in (select private.my_managed_provider_ids())
$$;
comment on function private.can_change_provider_photo is
  'Whether the path is in the folder of a provider that the user owns or manages.';
grant execute on function private.can_change_provider_photo to authenticated, service_role;

-- A list shows a few files of many, so this must cost nothing for each file.
create policy select_provider_photo_manager on storage.objects for select to authenticated
  using (
    bucket_id = 'provider-photos'
    and split_part(name, '/', 1) = any (array(
      select managed::text from private.my_managed_provider_ids() as managed
    ))
  );
create policy insert_provider_photo_manager on storage.objects for insert to authenticated
  with check (
    bucket_id = 'provider-photos'
    and private.is_upload()
    and private.can_change_provider_photo(name)
  );
create policy update_provider_photo_manager on storage.objects for update to authenticated
  using (bucket_id = 'provider-photos' and private.can_change_provider_photo(name))
  with check (
    bucket_id = 'provider-photos'
    and private.is_upload()
    and private.can_change_provider_photo(name)
  );
create policy delete_provider_photo_manager on storage.objects for delete to authenticated
  using (bucket_id = 'provider-photos' and private.can_change_provider_photo(name));

insert into private.limits (name, maximum, reason, counted)
values (
  'provider_photo_files', 300, 'too_many_provider_files',
  'select count(*)
   from storage.objects as object
   where object.bucket_id = ''provider-photos'' and object.name like $1 || ''/%'''
)
on conflict (name) do nothing;

create function private.tg_objects__guard_provider_photo()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_provider_id uuid := private.provider_of_photo(new.name);
begin
  perform private.require_picture(new.name, new.metadata);
  -- Files of the platform itself have no owner.
  if new.owner_id is not null and not (
    private.is_live(new.owner_id::uuid) and exists (
      select 1
      from public.provider_members as member
      where member.provider_id = v_provider_id
        and member.user_id = new.owner_id::uuid
        and member.role in ('owner', 'manager')
    )
  ) then
    perform private.fail('upload_not_allowed');
  end if;
  if tg_op = 'INSERT' or new.name <> old.name or new.bucket_id <> old.bucket_id then
    perform private.require_room('provider_photo_files', v_provider_id::text, 0);
  end if;
  return null;
end;
$$;
comment on function private.tg_objects__guard_provider_photo is
  'Triggers _500_guard_provider_photo and _510_guard_provider_photo of storage.objects.';

create trigger _500_guard_provider_photo after insert on storage.objects
  for each row when (new.bucket_id = 'provider-photos')
  execute function private.tg_objects__guard_provider_photo();
create trigger _510_guard_provider_photo
  after update of bucket_id, name, version, owner_id, metadata on storage.objects
  for each row when (new.bucket_id = 'provider-photos')
  execute function private.tg_objects__guard_provider_photo();

-- Active providers and services of each category, as changes of counts. Every change of the
-- counted rows of a provider, or of its status, has locked the provider before it counts:
-- private.refresh_search locks it, in triggers that come before these. So nobody counts by a
-- status that is about to change.

create function private.tg_provider_categories__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op <> 'INSERT' then
    insert into private.count_changes (subject_id, counter, change)
    select row.category_id, 'category_providers', - count(*)
    from unchanged as row
    join public.providers as provider on provider.id = row.provider_id
    where provider.status = 'active'
    group by row.category_id;
  end if;
  if tg_op <> 'DELETE' then
    insert into private.count_changes (subject_id, counter, change)
    select row.category_id, 'category_providers', count(*)
    from changed as row
    join public.providers as provider on provider.id = row.provider_id
    where provider.status = 'active'
    group by row.category_id;
  end if;
  return null;
end;
$$;
comment on function private.tg_provider_categories__count is
  'Triggers _900_count_… of provider_categories.';

create trigger _900_count_insert after insert on public.provider_categories
  referencing new table as changed
  for each statement execute function private.tg_provider_categories__count();
create trigger _900_count_update after update on public.provider_categories
  referencing old table as unchanged new table as changed
  for each statement execute function private.tg_provider_categories__count();
create trigger _900_count_delete after delete on public.provider_categories
  referencing old table as unchanged
  for each statement execute function private.tg_provider_categories__count();

create function private.tg_services__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    -- In one statement, so that what stays as it is adds up to nothing whatever the status.
    insert into private.count_changes (subject_id, counter, change)
    select row.category_id, 'category_services', sum(row.change)
    from (
      select before.provider_id, before.category_id, -1 as change
      from unchanged as before
      where before.is_active
      union all
      select after.provider_id, after.category_id, 1
      from changed as after
      where after.is_active
    ) as row
    join public.providers as provider on provider.id = row.provider_id
    where provider.status = 'active'
    group by row.category_id
    having sum(row.change) <> 0;
  elsif tg_op = 'INSERT' then
    insert into private.count_changes (subject_id, counter, change)
    select row.category_id, 'category_services', count(*)
    from changed as row
    join public.providers as provider on provider.id = row.provider_id
    where provider.status = 'active' and row.is_active
    group by row.category_id;
  else
    insert into private.count_changes (subject_id, counter, change)
    select row.category_id, 'category_services', - count(*)
    from unchanged as row
    join public.providers as provider on provider.id = row.provider_id
    where provider.status = 'active' and row.is_active
    group by row.category_id;
  end if;
  return null;
end;
$$;
comment on function private.tg_services__count is 'Triggers _900_count_… of services.';

create trigger _900_count_insert after insert on public.services
  referencing new table as changed
  for each statement execute function private.tg_services__count();
create trigger _900_count_update after update on public.services
  referencing old table as unchanged new table as changed
  for each statement execute function private.tg_services__count();
create trigger _900_count_delete after delete on public.services
  referencing old table as unchanged
  for each statement execute function private.tg_services__count();

-- A provider that becomes active, or is no longer, brings or takes all of its rows. When it is
-- deleted its rows go after it, and find no provider to count for.
create function private.tg_providers__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_change integer := case when tg_op = 'UPDATE' and new.status = 'active' then 1 else -1 end;
begin
  insert into private.count_changes (subject_id, counter, change)
  select chosen.category_id, 'category_providers', v_change
  from public.provider_categories as chosen
  where chosen.provider_id = old.id
  union all
  select service.category_id, 'category_services', v_change * count(*)
  from public.services as service
  where service.provider_id = old.id and service.is_active
  group by service.category_id;
  return case tg_op when 'DELETE' then old else new end;
end;
$$;
comment on function private.tg_providers__count is 'Triggers _900_count_… of providers.';

create trigger _900_count_update after update of status on public.providers
  for each row
  when ((old.status = 'active') <> (new.status = 'active'))
  execute function private.tg_providers__count();
create trigger _900_count_delete before delete on public.providers
  for each row
  when (old.status = 'active')
  execute function private.tg_providers__count();

-- How often a service was looked at and booked.
create table public.service_statistics (
  service_id    uuid primary key references public.services on delete cascade,
  view_count    bigint not null default 0,
  booking_count bigint not null default 0,
  created_at    timestamptz not null default private.now(),
  updated_at    timestamptz not null default private.now()
);
comment on table public.service_statistics is
  'Counts of each service, at most a minute old; a service without a row has none.';
comment on column public.service_statistics.view_count is
  'Signed-in people who looked at it, each once a day.';
comment on column public.service_statistics.booking_count is
  'Bookings with it, however they ended; drafts and deleted bookings don''t count.';
create trigger _100_timestamps before insert or update on public.service_statistics
  for each row execute function private.tg__timestamps();
alter table public.service_statistics enable row level security;
grant select on public.service_statistics to anon, authenticated, service_role;
-- The subquery is itself under the policies of services.
create policy select_of_visible on public.service_statistics for select to anon, authenticated
  using (exists (select 1 from public.services as service where service.id = service_id));

create table private.service_views (
  service_id uuid not null references public.services on delete cascade,
  user_id    uuid not null references public.profiles on delete cascade,
  viewed_on  date not null default (private.now() at time zone 'UTC')::date,
  primary key (service_id, user_id, viewed_on)
);
comment on table private.service_views is 'Who looked at a service on which day; kept for two.';
create index service_views_user_id_idx on private.service_views (user_id);
create index service_views_viewed_on_idx on private.service_views (viewed_on);

insert into private.rate_limits (action, capacity, window_seconds, reason)
values ('view_service', 300, 3600, 'too_many_views')
on conflict (action) do nothing;

create function private.view_service(service_id text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
  v_id uuid := private.parse_uuid(view_service.service_id, 'invalid_service_id');
  v_is_counted boolean;
begin
  if not exists (
    select 1
    from public.services as service
    where service.id = v_id and private.is_offered(service)
  ) then
    perform private.fail('service_not_found');
  end if;
  insert into private.service_views (service_id, user_id)
  values (v_id, v_me)
  on conflict do nothing;
  v_is_counted := found;
  if v_is_counted then
    perform private.take_token(v_me, 'view_service');
    insert into private.count_changes (subject_id, counter, change)
    values (v_id, 'service_views', 1);
  end if;
  return jsonb_build_object('service_id', v_id, 'is_counted', v_is_counted);
end;
$$;
comment on function private.view_service is
  'Counts that the caller looked at a service, once a day: {service_id, is_counted}.';

select private.expose('view_service', 'authenticated');

create function private.add_up_counts()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_changes private.count_changes[];
begin
  with taken as (
    delete from private.count_changes as counted
    where counted.id in (
      select waiting.id from private.count_changes as waiting limit 100000 for update skip locked
    )
    returning counted
  )
  select array_agg(taken.counted) into v_changes from taken;

  insert into public.category_statistics as statistic (
    category_id, provider_count, service_count, booking_count
  )
  select
    category.id,
    coalesce(sum(taken.change) filter (where taken.counter = 'category_providers'), 0),
    coalesce(sum(taken.change) filter (where taken.counter = 'category_services'), 0),
    coalesce(sum(taken.change) filter (where taken.counter = 'category_bookings'), 0)
  from unnest(v_changes) as taken
  join public.categories as category on category.id = taken.subject_id
  group by category.id
  -- In order, so that two runs at once can't wait for each other.
  order by category.id
  on conflict (category_id) do update set
    provider_count = statistic.provider_count + excluded.provider_count,
    service_count = statistic.service_count + excluded.service_count,
    booking_count = statistic.booking_count + excluded.booking_count;

  insert into public.service_statistics as statistic (service_id, view_count, booking_count)
  select
    service.id,
    coalesce(sum(taken.change) filter (where taken.counter = 'service_views'), 0),
    coalesce(sum(taken.change) filter (where taken.counter = 'service_bookings'), 0)
  from unnest(v_changes) as taken
  join public.services as service on service.id = taken.subject_id
  group by service.id
  order by service.id
  on conflict (service_id) do update set
    view_count = statistic.view_count + excluded.view_count,
    booking_count = statistic.booking_count + excluded.booking_count;

  delete from private.service_views as view
  where view.viewed_on < (private.now() at time zone 'UTC')::date - 1;
  return coalesce(cardinality(v_changes), 0);
end;
$$;
comment on function private.add_up_counts is
  'Job: adds up what count_changes holds. Returns how many changes.';

-- "Checked" is true only of what an admin has seen. Each such flag has a trigger that names the
-- columns it was given for; a change of one of them asks for a new check. Triggers _070_uncheck
-- take back only flags that were there before: an admin who writes both at once has looked.

-- Arguments: the column, and its value before a check. It runs with the caller's rights, since it
-- needs nothing but the row.
create function private.tg__uncheck()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  return jsonb_populate_record(new, jsonb_build_object(tg_argv[0], tg_argv[1]));
end;
$$;
comment on function private.tg__uncheck is
  'Triggers _070_uncheck, when a column has changed that was checked.';

create function private.stated(provider public.providers)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_array(
    (provider).market_id, (provider).names, (provider).kind, (provider).vertical_id,
    (provider).location::text, (provider).address, (provider).postcode, (provider).city,
    (provider).payment_link, (provider).payment_qr_path
  )
$$;
comment on function private.stated is
  'What a business says that it is, where it is, and where its customers pay: what admins check.';
grant execute on function private.stated to authenticated, service_role;

-- Whoever reviews it begins anew.
create trigger _070_uncheck before update on public.providers
  for each row
  when (
    old.verification_status in ('verified', 'under_review')
    and new.verification_status = old.verification_status
    and private.stated(old) <> private.stated(new)
  )
  execute function private.tg__uncheck('verification_status', 'pending');

create trigger _070_uncheck before update on public.provider_photos
  for each row
  when (
    old.is_verified
    and new.is_verified
    and (old.provider_id, old.service_id, old.kind, old.path, old.captions)
      is distinct from (new.provider_id, new.service_id, new.kind, new.path, new.captions)
  )
  execute function private.tg__uncheck('is_verified', 'false');

create trigger _070_uncheck before update on public.provider_skills
  for each row
  when (
    old.is_verified
    and new.is_verified
    and (old.provider_id, old.name) is distinct from (new.provider_id, new.name)
  )
  execute function private.tg__uncheck('is_verified', 'false');

-- A featured place is sold for the service as it is, not for what it might become.
create trigger _070_uncheck before update on public.services
  for each row
  when (
    old.is_featured
    and new.is_featured
    and (old.provider_id, old.category_id, old.names)
      is distinct from (new.provider_id, new.category_id, new.names)
  )
  execute function private.tg__uncheck('is_featured', 'false');

comment on column public.providers.verification_status is
  'What the platform has checked; pending again when the business changes what it is, where it is,
where its customers pay, or who owns it.';
comment on column public.provider_photos.is_verified is
  'Checked by the platform; not since its file, kind, service or captions changed.';
comment on column public.provider_skills.is_verified is 'Checked by the platform.';
comment on column public.services.is_featured is
  'Shown first; sold by the platform, for this name and category.';

create function private.recheck_providers(provider_ids uuid[])
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- In every state: an admin who verifies one at the same moment waits, and then sees the change.
  perform 1
  from public.providers as provider
  where provider.id = any (provider_ids)
  order by provider.id
  for no key update;
  update public.providers as provider
  set verification_status = 'pending'
  where provider.id = any (provider_ids)
    and provider.verification_status in ('verified', 'under_review');
end;
$$;
comment on function private.recheck_providers is 'Asks for a new check of them.';

-- Its file is what a picture shows, and a payment code says where the money goes.
create function private.tg_objects__uncheck()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_paths text[] := array_remove(
    array[
      case when old.bucket_id = 'provider-photos' then old.name end,
      case when new.bucket_id = 'provider-photos' then new.name end
    ],
    null
  );
begin
  update public.provider_photos as photo
  set is_verified = false
  where photo.path = any (v_paths) and photo.is_verified;
  perform private.recheck_providers(array(
    select provider.id
    from unnest(v_paths) as changed (path)
    join public.providers as provider
      on provider.id = private.provider_of_photo(changed.path)
      and provider.payment_qr_path = changed.path
  ));
  return null;
end;
$$;
comment on function private.tg_objects__uncheck is
  'Triggers _600_uncheck_… of storage.objects, for the files of businesses.';
create trigger _600_uncheck_new_photo after insert on storage.objects
  for each row when (new.bucket_id = 'provider-photos')
  execute function private.tg_objects__uncheck();
create trigger _600_uncheck_changed_photo
  after update of bucket_id, name, version, metadata on storage.objects
  for each row when ('provider-photos' in (old.bucket_id, new.bucket_id))
  execute function private.tg_objects__uncheck();
create trigger _600_uncheck_deleted_photo after delete on storage.objects
  for each row when (old.bucket_id = 'provider-photos')
  execute function private.tg_objects__uncheck();

create function private.fingerprint(provider public.providers)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select md5(jsonb_build_array(
    private.stated(provider),
    (
      select coalesce(object.version, object.metadata ->> 'eTag')
      from storage.objects as object
      where object.bucket_id = 'provider-photos' and object.name = (provider).payment_qr_path
    ),
    (
      select jsonb_agg(member.user_id order by member.user_id)
      from public.provider_members as member
      where member.provider_id = (provider).id and member.role = 'owner'
    )
  )::text)
$$;
comment on function private.fingerprint is
  'Of what admins check: other when the business, its payment code or its owners are others.';

-- A new owner of a checked business is checked too. Owners that the platform itself adds, and the
-- one who creates the business, need no check.
create function private.tg_provider_members__uncheck()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and old.role = 'owner' then
    return null;
  end if;
  if (select auth.uid()) is not null and exists (
    select 1
    from public.provider_members as other
    where other.provider_id = new.provider_id
      and other.user_id <> new.user_id
      and other.role = 'owner'
  ) then
    perform private.recheck_providers(array[new.provider_id]);
    -- It was the background of the people who owned it before.
    update public.providers as provider
    set background_checked_at = null
    where provider.id = new.provider_id and provider.background_checked_at is not null;
  end if;
  return null;
end;
$$;
comment on function private.tg_provider_members__uncheck is
  'Trigger _450_uncheck of provider_members.';
create trigger _450_uncheck after insert or update of role on public.provider_members
  for each row when (new.role = 'owner')
  execute function private.tg_provider_members__uncheck();
