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
