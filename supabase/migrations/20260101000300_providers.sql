-- Built from sql/30_providers by `npm run db:build`: edit it there.

-- Providers: selling businesses, solo or company, of one market.
-- Everybody reads active ones. Owners and managers edit what describes the business; status,
-- verification and figures are never a client's to write.
create table public.providers (
  id                    uuid primary key default private.uuid_v7(),
  market_id             text not null references public.markets on delete restrict,
  slug                  text not null
    check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 100),
  kind                  text not null check (kind in ('solo', 'company')),
  names                 jsonb not null check (private.is_language_map(names, 120)),
  descriptions          jsonb check (private.is_language_map(descriptions, 2000)),
  vertical_id           text references public.verticals on delete restrict,
  experience_years      integer check (experience_years between 0 and 80),
  features              text[] not null default '{}'
    check (cardinality(features) <= 30 and private.are_texts(features, 60)),
  social_links          jsonb not null default '{}' check (jsonb_typeof(social_links) = 'object'),
  payment_link          text
    check (payment_link ~ '^https://' and private.is_text(payment_link, 500)),
  payment_qr_path       text
    check (starts_with(payment_qr_path, id::text || '/') and private.is_text(payment_qr_path, 500)),
  logo_path             text
    check (starts_with(logo_path, id::text || '/') and private.is_text(logo_path, 500)),
  cover_path            text
    check (starts_with(cover_path, id::text || '/') and private.is_text(cover_path, 500)),
  status                text not null default 'draft'
    check (status in ('draft', 'pending', 'active', 'ownerless', 'suspended', 'closed')),
  verification_status   text not null default 'pending'
    check (verification_status in ('pending', 'under_review', 'verified', 'rejected', 'expired')),
  is_accepting_bookings boolean not null default true,
  location              extensions.geography (point, 4326) not null,
  address               text not null check (private.is_text(address, 500)),
  landmark              text check (private.is_text(landmark, 200)),
  postcode              text check (private.is_text(postcode, 20)),
  city                  text check (private.is_text(city, 100)),
  time_zone             text not null,
  buffer_minutes        integer not null default 0 check (buffer_minutes between 0 and 480),
  lead_minutes          integer not null default 0 check (lead_minutes between 0 and 43200),
  rating_average        numeric(3, 2) check (rating_average between 1 and 5),
  rating_count          integer not null default 0 check (rating_count >= 0),
  reputation_score      numeric(5, 2) not null default 0 check (reputation_score between 0 and 100),
  created_at            timestamptz not null default now(),
  updated_at            timestamptz not null default now(),
  unique (market_id, slug),
  unique (id, market_id)
);
comment on table public.providers is 'Selling businesses, solo or company.';
comment on column public.providers.slug is 'Unique in the market; part of addresses.';
comment on column public.providers.names is 'Name of the business, in one language or several.';
comment on column public.providers.vertical_id is 'The trade, where one fits.';
comment on column public.providers.experience_years is 'As the business says, years.';
comment on column public.providers.features is 'What it offers, as "parking" or "home visits".';
comment on column public.providers.social_links is
  'As {"instagram": "https://…", "website": "https://…"}.';
comment on column public.providers.payment_link is
  'Where customers pay the business itself, as a Kaspi or UPI link.';
comment on column public.providers.payment_qr_path is
  'Picture of its payment code; this and the other paths are objects of provider-photos.';
comment on column public.providers.status is
  'draft until its owner submits it, pending until an admin activates it; ownerless while no owner
of an active one has an account that may act.';
comment on column public.providers.is_accepting_bookings is 'The business''s own switch.';
comment on column public.providers.location is 'WGS 84; inside the area of the market.';
comment on column public.providers.time_zone is 'IANA name; working hours are local to it.';
comment on column public.providers.buffer_minutes is 'Kept free after each booking, minutes.';
comment on column public.providers.lead_minutes is 'Shortest notice of a booking, minutes.';
comment on column public.providers.rating_average is
  'Mean of overall ratings 1–5; null without one.';
comment on column public.providers.reputation_score is '0–100.';
create index providers_market_id_postcode_idx on public.providers (market_id, postcode);
create index providers_vertical_id_idx on public.providers (vertical_id);

create function private.parse_provider_path(path text, provider_id uuid, reason text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_path text := private.parse_text(parse_provider_path.path, reason, 500, false);
begin
  if not starts_with(v_path, provider_id::text || '/') then
    perform private.reject(reason, 'a path of provider-photos in the folder of the provider');
  end if;
  return v_path;
end;
$$;
comment on function private.parse_provider_path(text, uuid, text) is
  'A path in the folder of the provider; empty is null.';
grant execute on function private.parse_provider_path(text, uuid, text)
  to authenticated, service_role;

-- Raises PT400 with the column that is wrong, before a check constraint would.
create function private.tg_providers__validate()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if coalesce(new.kind, '') not in ('solo', 'company') then
    perform private.reject('invalid_kind', 'solo or company');
  end if;
  new.names := private.parse_language_map(new.names, 'invalid_names', 120);
  new.descriptions := private.parse_language_map(
    new.descriptions, 'invalid_descriptions', 2000, false
  );
  new.address := private.parse_text(new.address, 'invalid_address', 500);
  new.landmark := private.parse_text(new.landmark, 'invalid_landmark', 200, false);
  new.postcode := private.parse_postcode(new.postcode, 'invalid_postcode');
  new.city := private.parse_text(new.city, 'invalid_city', 100, false);
  if private.is_time_zone(new.time_zone) is not true then
    perform private.reject('invalid_time_zone', 'an IANA time zone, as Asia/Kolkata');
  end if;
  if (new.buffer_minutes between 0 and 480) is not true then
    perform private.reject('invalid_buffer_minutes', 'from 0 to 480');
  end if;
  if (new.lead_minutes between 0 and 43200) is not true then
    perform private.reject('invalid_lead_minutes', 'from 0 to 43200');
  end if;
  -- One that the caller may see; one that has closed since stays.
  if new.vertical_id is not null
    and (tg_op = 'INSERT' or new.vertical_id is distinct from old.vertical_id)
    and not exists (select 1 from public.verticals as vertical where vertical.id = new.vertical_id)
  then
    perform private.reject('invalid_vertical_id', 'the id of a vertical');
  end if;
  if new.experience_years not between 0 and 80 then
    perform private.reject('invalid_experience_years', 'from 0 to 80');
  end if;
  new.features := private.parse_labels(new.features, 'invalid_features', 30, 60);
  new.social_links := private.parse_links(new.social_links, 'invalid_social_links');
  new.payment_link := private.parse_link(new.payment_link, 'invalid_payment_link');
  new.payment_qr_path := private.parse_provider_path(
    new.payment_qr_path, new.id, 'invalid_payment_qr_path'
  );
  new.logo_path := private.parse_provider_path(new.logo_path, new.id, 'invalid_logo_path');
  new.cover_path := private.parse_provider_path(new.cover_path, new.id, 'invalid_cover_path');
  return new;
end;
$$;
comment on function private.tg_providers__validate() is 'Trigger _050_validate of providers.';

-- Clients write neither of the columns.
create function private.tg_providers__require_in_market()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform private.require_in_market(new.market_id, new.location);
  return new;
end;
$$;
comment on function private.tg_providers__require_in_market() is
  'Trigger _055_require_in_market of providers.';

create function private.provider_country(provider_id uuid)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select market.country
  from public.providers as provider
  join public.markets as market on market.id = provider.market_id
  where provider.id = provider_country.provider_id
$$;
comment on function private.provider_country(uuid) is
  'Country of the market of the business; it says how phones without calling code are read.';

create trigger _040_refuse_nulls before insert or update on public.providers
  for each row when (new.is_accepting_bookings is null)
  execute function private.tg__refuse_nulls('invalid_is_accepting_bookings');
create trigger _050_validate before insert or update on public.providers
  for each row execute function private.tg_providers__validate();
create trigger _055_require_in_market before insert or update of market_id, location
  on public.providers
  for each row execute function private.tg_providers__require_in_market();
create trigger _100_timestamps before insert or update on public.providers
  for each row execute function private.tg__timestamps();
alter table public.providers enable row level security;
grant select on public.providers to anon;
grant select, update (
  names, descriptions, kind, is_accepting_bookings, address, landmark, postcode, city, time_zone,
  buffer_minutes, lead_minutes, vertical_id, experience_years, features, social_links,
  payment_link, payment_qr_path, logo_path, cover_path
) on public.providers to authenticated;
-- No insert grant to clients: create_provider makes the row and its owner in one go.
grant select, insert, update on public.providers to service_role;

-- Members of a provider: the users who act for it. A solo technician is a provider with one member.
create table public.provider_members (
  provider_id uuid not null references public.providers on delete cascade,
  user_id     uuid not null references public.profiles on delete cascade,
  role        text not null check (role in ('owner', 'manager', 'crew_lead', 'crew_member')),
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (provider_id, user_id)
);
comment on table public.provider_members is 'Users who act for a provider.';
comment on column public.provider_members.role is
  'owner and manager edit the business; owner, manager and crew_lead decide about bookings; '
  'crew_member reports progress of jobs.';
create index provider_members_user_id_idx on public.provider_members (user_id);
create trigger _100_timestamps before insert or update on public.provider_members
  for each row execute function private.tg__timestamps();
alter table public.provider_members enable row level security;
-- No write grants to clients: joining takes an invitation.
grant select on public.provider_members to authenticated;
grant select, insert, update, delete on public.provider_members to service_role;

-- A business lives by its owners. Accounts that are blocked, banned or deleted count as nobody: an
-- active business that no living account owns is `ownerless`, which hides it and takes no bookings
-- until an owner is back. Triggers hold this, whoever writes.
--
-- Order of locks, everywhere: accounts, then providers, each in the order of their ids, then
-- members, then turns. So a change of members and the end of an account can't wait for each other.

create function private.has_live_owner(provider_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select 1
    from public.provider_members as member
    where member.provider_id = has_live_owner.provider_id
      and member.role = 'owner'
      and private.is_live(member.user_id)
  )
$$;
comment on function private.has_live_owner(uuid) is 'Whether somebody who may act owns it.';
grant execute on function private.has_live_owner(uuid) to service_role;

-- Of the caller's rights: clients can't write the status.
create function private.tg_providers__settle()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if not private.has_live_owner(new.id) then
    new.status := 'ownerless';
  end if;
  return new;
end;
$$;
comment on function private.tg_providers__settle() is 'Trigger _060_settle of providers.';
create trigger _060_settle before insert or update of status on public.providers
  for each row when (new.status = 'active')
  execute function private.tg_providers__settle();

create function private.settle_providers(provider_ids uuid[])
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_count integer;
begin
  -- All of them: one that is activated meanwhile looks pending or suspended until it is locked.
  perform 1
  from public.providers as provider
  where provider.id = any (provider_ids)
  order by provider.id
  for no key update;
  -- A statement of its own, so that it sees what was committed while this one waited.
  update public.providers as provider
  set status = 'active'
  where provider.id = any (provider_ids)
    and provider.status in ('active', 'ownerless')
    and (provider.status = 'active') <> private.has_live_owner(provider.id);
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.settle_providers(uuid[]) is
  'Makes those active that have a living owner, and ownerless those that have none.';

create function private.tg_provider_members__settle()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.settle_providers(array[old.provider_id, new.provider_id]);
  return null;
end;
$$;
comment on function private.tg_provider_members__settle() is
  'Trigger _400_settle of provider_members.';
create trigger _400_settle
  after insert or update of provider_id, user_id, role or delete on public.provider_members
  for each row execute function private.tg_provider_members__settle();

create function private.tg__settle_owned()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.settle_providers(array(
    select member.provider_id
    from public.provider_members as member
    where member.user_id = new.id and member.role = 'owner'
  ));
  return null;
end;
$$;
comment on function private.tg__settle_owned() is
  'Triggers _510_settle_owned of profiles and auth.users, when an account dies or comes back.';
create trigger _510_settle_owned after update of status on public.profiles
  for each row when (old.status <> new.status)
  execute function private.tg__settle_owned();
create trigger _510_settle_owned after update of banned_until, deleted_at on auth.users
  for each row
  when ((old.banned_until, old.deleted_at) is distinct from (new.banned_until, new.deleted_at))
  execute function private.tg__settle_owned();

-- The row of auth.users is locked by now; its profile, which others refer to, is not yet.
create function private.tg_auth_users__lock_providers()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform 1
  from public.providers as provider
  where provider.id in (
    select member.provider_id
    from public.provider_members as member
    where member.user_id = old.id
  )
  order by provider.id
  for no key update;
  return old;
end;
$$;
comment on function private.tg_auth_users__lock_providers() is
  'Trigger _050_lock_providers of auth.users: before the memberships go with the account.';
create trigger _050_lock_providers before delete on auth.users
  for each row execute function private.tg_auth_users__lock_providers();

create index providers_ownerless_idx on public.providers (id) where status = 'ownerless';

create function private.settle_ownerless()
returns integer
language sql
volatile
security definer
set search_path = ''
as $$
  select private.settle_providers(array(
    select provider.id
    from public.providers as provider
    where provider.status = 'ownerless' and private.has_live_owner(provider.id)
  ))
$$;
comment on function private.settle_ownerless() is
  'Job: a ban of Auth ends by the clock, and writes nothing. Returns how many came back.';

-- A share of the account's row, so that it neither dies nor comes back meanwhile.
create function private.tg_provider_members__require_live()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform 1 from auth.users as account where account.id = new.user_id for share;
  if not private.is_live(new.user_id) then
    raise sqlstate 'PT409' using
      message = 'This account is blocked or deleted.',
      detail = 'member_inactive',
      hint = 'Remove the member, or wait until the account is back.';
  end if;
  return new;
end;
$$;
comment on function private.tg_provider_members__require_live() is
  'Trigger _050_require_live of provider_members: the dead get no role.';
create trigger _050_require_live before insert or update of user_id, role
  on public.provider_members
  for each row execute function private.tg_provider_members__require_live();

-- Whichever way somebody becomes an owner or a member, it counts.
insert into private.limits (name, maximum, reason, message, hint, counted)
values (
  'provider_members', 100, 'too_many_members',
  'A business has at most %s members.', 'Remove one first.',
  'select count(*) from public.provider_members as member where member.provider_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _600_limit_members after insert on public.provider_members
  referencing new table as added
  for each statement execute function private.tg__limit('provider_members', 'provider_id');

insert into private.limits (name, maximum, reason, message, hint, counted)
values (
  'memberships', 50, 'too_many_memberships',
  'An account acts for at most %s businesses.', 'Leave one first.',
  'select count(*) from public.provider_members as member where member.user_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _610_limit_memberships after insert on public.provider_members
  referencing new table as added
  for each statement execute function private.tg__limit('memberships', 'user_id');

insert into private.limits (name, maximum, reason, message, hint, counted)
values (
  'owned_providers', 10, 'too_many_providers',
  'An account owns at most %s businesses.', 'Contact support.',
  'select count(*)
   from public.provider_members as member
   where member.user_id = $1::uuid and member.role = ''owner'''
)
on conflict (name) do nothing;
create trigger _620_limit_owned after insert or update of user_id, role on public.provider_members
  for each row when (new.role = 'owner')
  execute function private.tg__limit('owned_providers', 'user_id');

-- Providers of the signed-in user. Used in policies as `in (select …)`, so that they run once.

create function private.my_provider_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select member.provider_id
  from public.provider_members as member
  where member.user_id = (select private.me())
$$;
comment on function private.my_provider_ids() is 'Providers that the user is a member of.';

create function private.my_managed_provider_ids()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select member.provider_id
  from public.provider_members as member
  where member.user_id = (select private.me()) and member.role in ('owner', 'manager')
$$;
comment on function private.my_managed_provider_ids() is
  'Providers that the user owns or manages.';

grant execute on function private.my_provider_ids(), private.my_managed_provider_ids()
  to authenticated, service_role;

-- Raises PT409 own_business.
create function private.reject_own_business()
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  raise sqlstate 'PT409' using
    message = 'Nobody acts for both sides.',
    detail = 'own_business',
    hint = 'Choose another business, or let somebody else act.';
end;
$$;
comment on function private.reject_own_business() is
  'Refuses what would have one person act for both sides.';

-- Raises PT409 own_business.
create function private.require_no_member(provider_id uuid, user_id uuid)
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if exists (
    select 1
    from public.provider_members as member
    where member.provider_id = require_no_member.provider_id
      and member.user_id = require_no_member.user_id
  ) then
    perform private.reject_own_business();
  end if;
end;
$$;
comment on function private.require_no_member(uuid, uuid) is
  'Refuses who works for the business.';

create policy select_active on public.providers for select to anon
  using (status = 'active');
create policy select_active_member_or_admin on public.providers for select to authenticated
  using (
    (status = 'active' and (select private.me()) is not null)
    or id in (select private.my_provider_ids())
    or (select private.has_role('admin'))
  );
create policy update_manager on public.providers for update to authenticated
  using (id in (select private.my_managed_provider_ids()))
  with check (id in (select private.my_managed_provider_ids()));

create policy select_member_or_admin on public.provider_members for select to authenticated
  using (
    provider_id in (select private.my_provider_ids()) or (select private.has_role('admin'))
  );

-- Categories that a provider works in. Everybody reads those of active providers.
create table public.provider_categories (
  provider_id uuid not null,
  category_id uuid not null,
  -- Ties both sides to one market.
  market_id   text not null default '',
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (provider_id, category_id),
  foreign key (provider_id, market_id) references public.providers (id, market_id)
    on delete cascade,
  -- Deferred, so that _200_check_category speaks first.
  foreign key (category_id, market_id) references public.categories (id, market_id)
    on delete restrict deferrable initially deferred
);
comment on table public.provider_categories is 'Categories that a provider works in.';
-- The default is for generated types alone: a column with one need not be given.
comment on column public.provider_categories.market_id is 'The provider''s; set by trigger.';
create index provider_categories_provider_id_market_id_idx
  on public.provider_categories (provider_id, market_id);
create index provider_categories_category_id_market_id_idx
  on public.provider_categories (category_id, market_id);

-- Clients can't write market_id; the provider knows it, to those who see it. Others get no further
-- than the policies.
create function private.tg_provider_categories__set_market()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  new.market_id := (
    select provider.market_id from public.providers as provider where provider.id = new.provider_id
  );
  if new.category_id is null then
    perform private.reject('invalid_category_id', 'a category of the provider''s market');
  end if;
  return new;
end;
$$;
comment on function private.tg_provider_categories__set_market() is
  'Trigger _050_set_market of provider_categories.';

-- Raises PT400 invalid_category_id; after the policies, since it knows what strangers must not.
create function private.tg_provider_categories__check_category()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform 1
  from public.categories as category
  where category.id = new.category_id
    and category.market_id = new.market_id
    -- Seeds and admins prepare what is still to come.
    and ((select auth.uid()) is null or private.is_shown(category))
  for key share;
  if not found then
    perform private.reject('invalid_category_id', 'a category of the provider''s market');
  end if;
  return null;
end;
$$;
comment on function private.tg_provider_categories__check_category() is
  'Trigger _200_check_category of provider_categories.';

create trigger _050_set_market before insert on public.provider_categories
  for each row execute function private.tg_provider_categories__set_market();
create trigger _200_check_category after insert on public.provider_categories
  for each row execute function private.tg_provider_categories__check_category();
create trigger _100_timestamps before insert or update on public.provider_categories
  for each row execute function private.tg__timestamps();
insert into private.limits (name, maximum, reason, message, hint, counted)
values (
  'provider_categories', 10, 'too_many_categories',
  'A business has at most %s categories.', 'Delete one first.',
  'select count(*) from public.provider_categories as chosen where chosen.provider_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _600_limit after insert on public.provider_categories
  referencing new table as added
  for each statement execute function private.tg__limit('provider_categories', 'provider_id');
alter table public.provider_categories enable row level security;
grant select on public.provider_categories to anon;
grant select, insert (provider_id, category_id), delete
  on public.provider_categories to authenticated;
grant select, insert, delete on public.provider_categories to service_role;
-- The subqueries are themselves under the policies of providers and categories.
create policy select_of_visible on public.provider_categories for select to anon
  using (
    exists (select 1 from public.providers as provider where provider.id = provider_id)
    and exists (select 1 from public.categories as category where category.id = category_id)
  );
create policy select_of_visible_or_member on public.provider_categories
  for select to authenticated
  using (
    exists (select 1 from public.providers as provider where provider.id = provider_id)
      and exists (select 1 from public.categories as category where category.id = category_id)
    or provider_id in (select private.my_provider_ids())
  );
create policy insert_manager on public.provider_categories for insert to authenticated
  with check (provider_id in (select private.my_managed_provider_ids()));
create policy delete_manager on public.provider_categories for delete to authenticated
  using (provider_id in (select private.my_managed_provider_ids()));

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
  created_at            timestamptz not null default now(),
  updated_at            timestamptz not null default now(),
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
comment on function private.is_offered(public.services) is
  'Whether it is switched on, of an active provider, in a category that shows: only then is it '
  'read by others, and booked.';
grant execute on function private.is_offered(public.services)
  to anon, authenticated, service_role;

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
comment on function private.currency_of_provider(uuid) is
  'Of its market, also while the market is closed.';
grant execute on function private.currency_of_provider(uuid) to authenticated, service_role;

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
    perform private.reject(
      'invalid_price_unit', 'one of per_hour, per_service, per_item, negotiable'
    );
  end if;
  if (new.price_unit = 'negotiable') <> (new.price_amount is null)
    or new.price_amount not between 0 and 1000000000000
  then
    perform private.reject(
      'invalid_price_amount', 'minor units from 0 to 10^12, and absent if negotiable'
    );
  end if;
  if new.price_max_amount not between coalesce(new.price_amount, 0) and 1000000000000 then
    perform private.reject('invalid_price_max_amount', 'minor units, not below price_amount');
  end if;
  if (new.duration_minutes between 5 and 1440) is not true then
    perform private.reject('invalid_duration_minutes', 'from 5 to 1440');
  end if;
  new.material_descriptions := private.parse_language_map(
    new.material_descriptions, 'invalid_material_descriptions', 500, false
  );
  new.includes := private.parse_language_lists(new.includes, 'invalid_includes', 30, 200);
  new.excludes := private.parse_language_lists(new.excludes, 'invalid_excludes', 30, 200);
  if length(concat(
    new.names, new.descriptions, new.material_descriptions, new.includes, new.excludes
  )) > 30000 then
    raise sqlstate 'PT400' using
      message = 'The texts of this service are too long in all.',
      detail = 'service_too_long',
      hint = 'Names, descriptions and lists have at most 30000 characters in all languages.';
  end if;
  if (new.min_staff_count between 1 and 100) is not true then
    perform private.reject('invalid_min_staff_count', 'from 1 to 100');
  end if;
  if new.category_id is null then
    perform private.reject('invalid_category_id', 'one of the provider''s categories');
  end if;
  new.currency := private.currency_of_provider(new.provider_id);
  return new;
end;
$$;
comment on function private.tg_services__validate() is 'Trigger _050_validate of services.';

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
    perform private.reject('invalid_category_id', 'one of the provider''s categories');
  end if;
  return null;
end;
$$;
comment on function private.tg_services__check_category() is
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
insert into private.limits (name, maximum, reason, message, hint, counted)
values (
  'services', 500, 'too_many_provider_services',
  'A business has at most %s services.', 'Change one that is switched off.',
  'select count(*) from public.services as service where service.provider_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _600_limit after insert on public.services
  referencing new table as added
  for each statement execute function private.tg__limit('services', 'provider_id');

-- Search reads all of them whenever one changes.
insert into private.limits (name, maximum, reason, message, hint, counted)
values (
  'service_names', 100000, 'too_many_name_characters',
  'The names of all services of a business have at most %s characters.', 'Shorten some.',
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

-- Skills of a provider, in its own words. Everybody reads those of active providers; whether one
-- is verified is not the provider's to say.
create table public.provider_skills (
  provider_id uuid not null references public.providers on delete cascade,
  name        text not null check (private.is_text(name, 80)),
  is_verified boolean not null default false,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
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
comment on function private.tg_provider_skills__validate() is
  'Trigger _050_validate of provider_skills.';

create trigger _050_validate before insert or update on public.provider_skills
  for each row execute function private.tg_provider_skills__validate();
create trigger _100_timestamps before insert or update on public.provider_skills
  for each row execute function private.tg__timestamps();
insert into private.limits (name, maximum, reason, message, hint, counted)
values (
  'provider_skills', 50, 'too_many_skills',
  'A business has at most %s skills.', 'Delete one first.',
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
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
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
    perform private.reject('invalid_path', 'a path of provider-photos');
  end if;
  if coalesce(new.kind, '') not in ('portfolio', 'before', 'after', 'certificate', 'service') then
    perform private.reject(
      'invalid_kind', 'one of portfolio, before, after, certificate, service'
    );
  end if;
  if (new.kind = 'service') <> (new.service_id is not null) then
    perform private.reject(
      'invalid_service_id', 'a service of the provider for the kind service, else absent'
    );
  end if;
  return new;
end;
$$;
comment on function private.tg_provider_photos__validate() is
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
    perform private.reject(
      'invalid_service_id', 'a service of the provider for the kind service, else absent'
    );
  end if;
  return null;
end;
$$;
comment on function private.tg_provider_photos__check_service() is
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
insert into private.limits (name, maximum, reason, message, hint, counted)
values (
  'provider_photos', 200, 'too_many_photos',
  'A business has at most %s pictures.', 'Delete one first.',
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
-- managers write in the folder of their provider. (HEIC is let in as far as the trigger, which says
-- what to do with it.)
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
  select substring(path from '^([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})/[^/]+$')::uuid
$$;
comment on function private.provider_of_photo(text) is
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
comment on function private.can_change_provider_photo(text) is
  'Whether the path is in the folder of a provider that the user owns or manages.';
grant execute on function private.can_change_provider_photo(text) to authenticated, service_role;

-- Who lists the bucket is shown a few files of many, so nothing is asked for each.
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

insert into private.limits (name, maximum, error_code, message, hint, counted)
values (
  'provider_photo_files', 300, '42501', 'A business keeps at most %s files.', 'Delete some first.',
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
    perform private.refuse_file('You don''t manage this business.');
  end if;
  if tg_op = 'INSERT' or new.name <> old.name or new.bucket_id <> old.bucket_id then
    perform private.require_room('provider_photo_files', v_provider_id::text, 0);
  end if;
  return null;
end;
$$;
comment on function private.tg_objects__guard_provider_photo() is
  'Triggers _500_guard_provider_photo and _510_guard_provider_photo of storage.objects.';

create trigger _500_guard_provider_photo after insert on storage.objects
  for each row when (new.bucket_id = 'provider-photos')
  execute function private.tg_objects__guard_provider_photo();
create trigger _510_guard_provider_photo
  after update of bucket_id, name, version, owner_id, metadata on storage.objects
  for each row when (new.bucket_id = 'provider-photos')
  execute function private.tg_objects__guard_provider_photo();

-- Where a provider works: circles and polygons, postcodes, districts. One without areas works
-- around its seat. Areas are added and deleted, never changed, so what search keeps of one stays
-- right.
create table public.service_areas (
  id          uuid primary key default private.uuid_v7(),
  provider_id uuid not null references public.providers on delete cascade,
  kind        text not null check (kind in ('radius', 'postcodes', 'districts', 'polygon')),
  lat         double precision check (lat between -80 and 80),
  lng         double precision check (lng between -180 and 180),
  radius_km   double precision check (radius_km between 0.5 and 200),
  postcodes   text[]
    check (cardinality(postcodes) between 1 and 500 and private.are_texts(postcodes, 20)),
  districts   text[]
    check (cardinality(districts) between 1 and 100 and private.are_texts(districts, 100)),
  points      jsonb check (jsonb_array_length(points) between 3 and 200),
  area        extensions.geography (polygon, 4326),
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  check ((kind = 'radius') = (num_nonnulls(lat, lng, radius_km) = 3)),
  check (kind = 'radius' or num_nonnulls(lat, lng, radius_km) = 0),
  check ((kind = 'postcodes') = (postcodes is not null)),
  check ((kind = 'districts') = (districts is not null)),
  check ((kind = 'polygon') = (points is not null)),
  check ((kind in ('radius', 'polygon')) = (area is not null))
);
comment on table public.service_areas is 'Where a provider works; without one, around its seat.';
comment on column public.service_areas.lat is 'Centre of a circle, WGS 84 degrees.';
comment on column public.service_areas.radius_km is 'Of a circle, kilometres.';
comment on column public.service_areas.points is
  'Corners of a polygon: [[lat, lng], …], WGS 84 degrees.';
comment on column public.service_areas.area is
  'The polygon, or a box round the circle; set by trigger.';
create index service_areas_provider_id_idx on public.service_areas (provider_id);

-- Raises PT400 invalid_points.
create function private.parse_polygon(points jsonb)
returns extensions.geography
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_corners extensions.geometry[];
  v_polygon extensions.geometry;
begin
  if jsonb_typeof(parse_polygon.points) is distinct from 'array' then
    perform private.reject('invalid_points', 'an array [[lat, lng], …]');
  end if;
  if jsonb_array_length(parse_polygon.points) not between 3 and 200
    -- Numbers keep all their digits in JSON; these are enough for the precision of a double.
    or octet_length(parse_polygon.points::text) > 12000
    or jsonb_path_exists(
      parse_polygon.points,
      'strict $[*] ? (@.type() != "array" || @.size() != 2
        || @[0].type() != "number" || !(@[0] >= -80 && @[0] <= 80)
        || @[1].type() != "number" || !(@[1] >= -180 && @[1] <= 180))'
    )
  then
    perform private.reject('invalid_points', 'an array of 3 to 200 corners [lat, lng]');
  end if;
  v_corners := array(
    select extensions.st_makepoint((corner.value ->> 1)::float8, (corner.value ->> 0)::float8)
    from jsonb_array_elements(parse_polygon.points) with ordinality as corner (value, position)
    order by corner.position
  );
  v_polygon := extensions.st_setsrid(
    extensions.st_makepolygon(extensions.st_makeline(v_corners || v_corners[1])), 4326
  );
  if not extensions.st_isvalid(v_polygon)
    or extensions.st_xmax(v_polygon) - extensions.st_xmin(v_polygon) > 20
    or extensions.st_ymax(v_polygon) - extensions.st_ymin(v_polygon) > 20
  then
    perform private.reject(
      'invalid_points', 'corners of a polygon that does not cross itself, at most 20 degrees wide'
    );
  end if;
  return v_polygon::extensions.geography;
end;
$$;
comment on function private.parse_polygon(jsonb) is 'The polygon of [[lat, lng], …].';

create function private.circle_box(
  lat double precision, lng double precision, radius_km double precision
)
returns extensions.geography
language sql
immutable
parallel safe
set search_path = ''
as $$
  -- A degree has at least 110.5 km; a hundredth more keeps rounding out of it.
  select extensions.st_makeenvelope(
    greatest(lng - radius_km / 109 / cos(radians(abs(lat) + radius_km / 109)), -180),
    lat - radius_km / 109,
    least(lng + radius_km / 109 / cos(radians(abs(lat) + radius_km / 109)), 180),
    lat + radius_km / 109,
    4326
  )::extensions.geography
$$;
comment on function private.circle_box(double precision, double precision, double precision) is
  'A box in which the circle lies, for an index to find it by.';

grant execute on function
  private.parse_polygon(jsonb),
  private.circle_box(double precision, double precision, double precision)
to authenticated, service_role;

-- Raises PT400 with the column that is wrong.
create function private.tg_service_areas__validate()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if coalesce(new.kind, '') not in ('radius', 'postcodes', 'districts', 'polygon') then
    perform private.reject('invalid_kind', 'one of radius, postcodes, districts, polygon');
  end if;
  new.area := null;
  if new.kind = 'radius' then
    if (new.lat between -80 and 80) is not true then
      perform private.reject('invalid_lat', 'from -80 to 80');
    end if;
    if (new.lng between -180 and 180) is not true then
      perform private.reject('invalid_lng', 'from -180 to 180');
    end if;
    if (new.radius_km between 0.5 and 200) is not true then
      perform private.reject('invalid_radius_km', 'from 0.5 to 200');
    end if;
    new.area := private.circle_box(new.lat, new.lng, new.radius_km);
  elsif num_nonnulls(new.lat, new.lng, new.radius_km) > 0 then
    perform private.reject('invalid_kind', 'radius for a centre and a radius');
  end if;
  if new.kind = 'polygon' then
    new.area := private.parse_polygon(new.points);
  end if;
  if new.kind = 'postcodes' then
    -- No more than it takes to see that there are too many.
    new.postcodes := private.parse_labels(
      array(
        select private.parse_postcode(given.postcode, 'invalid_postcodes')
        from unnest(new.postcodes[:501]) with ordinality as given (postcode, position)
        order by given.position
      ),
      'invalid_postcodes', 500, 20
    );
  end if;
  if new.kind = 'districts' then
    new.districts := private.parse_labels(new.districts, 'invalid_districts', 100, 100);
  end if;
  if (new.kind = 'postcodes') <> (coalesce(cardinality(new.postcodes), 0) > 0) then
    perform private.reject('invalid_postcodes', 'postcodes, and only for the kind postcodes');
  end if;
  if (new.kind = 'districts') <> (coalesce(cardinality(new.districts), 0) > 0) then
    perform private.reject('invalid_districts', 'districts, and only for the kind districts');
  end if;
  if (new.kind = 'polygon') <> (new.points is not null) then
    perform private.reject('invalid_points', 'corners, and only for the kind polygon');
  end if;
  return new;
end;
$$;
comment on function private.tg_service_areas__validate() is
  'Trigger _050_validate of service_areas.';

create trigger _050_validate before insert on public.service_areas
  for each row execute function private.tg_service_areas__validate();
create trigger _100_timestamps before insert or update on public.service_areas
  for each row execute function private.tg__timestamps();
insert into private.limits (name, maximum, reason, message, hint, counted)
values (
  'service_areas', 20, 'too_many_areas',
  'A business has at most %s service areas.', 'Delete one first.',
  'select count(*) from public.service_areas as area where area.provider_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _600_limit after insert on public.service_areas
  referencing new table as added
  for each statement execute function private.tg__limit('service_areas', 'provider_id');

-- Search keeps each name in each category of the business, and in all above them.
insert into private.limits (name, maximum, reason, message, hint, counted)
values (
  'area_names', 500, 'too_many_area_names',
  'The areas of a business name at most %s postcodes and districts.',
  'Delete some, or draw a circle or a polygon.',
  'select coalesce(
     sum(coalesce(cardinality(area.postcodes), 0) + coalesce(cardinality(area.districts), 0)), 0
   )
   from public.service_areas as area
   where area.provider_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _610_limit_names after insert on public.service_areas
  referencing new table as added
  for each statement execute function private.tg__limit('area_names', 'provider_id');
alter table public.service_areas enable row level security;
grant select on public.service_areas to anon;
grant
  select,
  insert (provider_id, kind, lat, lng, radius_km, postcodes, districts, points),
  delete
on public.service_areas to authenticated;
grant select, insert, delete on public.service_areas to service_role;
create policy select_of_visible on public.service_areas for select to anon, authenticated
  using (exists (select 1 from public.providers as provider where provider.id = provider_id));
create policy insert_manager on public.service_areas for insert to authenticated
  with check (provider_id in (select private.my_managed_provider_ids()));
create policy delete_manager on public.service_areas for delete to authenticated
  using (provider_id in (select private.my_managed_provider_ids()));

-- A user becomes a provider: the business as a draft, with the caller as its owner. It appears in
-- search when an admin has activated it.

-- Fails with PT401 not_signed_in, PT403 user_blocked, PT404 market_not_found, category_not_found,
-- vertical_not_found, PT400 invalid_… and outside_market, PT409 too_many_providers.
create function private.create_provider(
  market text,
  names jsonb,
  location jsonb,
  categories jsonb,
  kind text,
  descriptions jsonb,
  idempotency_key text,
  vertical text
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
  v_answer jsonb := private.claim_idempotency_key(
    v_me,
    create_provider.idempotency_key,
    jsonb_build_array(
      'create_provider', market, names, location, categories, kind, descriptions, vertical
    )
  );
  v_market public.markets := private.require_market(create_provider.market);
  v_names jsonb := private.parse_language_map(create_provider.names, 'invalid_names', 120);
  v_location jsonb := private.parse_location(create_provider.location, 'invalid_location');
  v_slugs text[] := private.parse_texts(create_provider.categories, 'invalid_categories', 10);
  v_category_ids uuid[];
  v_vertical public.verticals;
  v_id uuid := private.uuid_v7();
begin
  if v_answer is not null then
    return v_answer;
  end if;
  if v_slugs is null then
    perform private.reject('invalid_categories', 'an array of 1 to 10 category slugs');
  end if;
  if create_provider.kind is null or create_provider.kind not in ('solo', 'company') then
    perform private.reject('invalid_kind', 'solo or company');
  end if;
  v_category_ids := array(
    select category.id
    from public.categories as category
    where category.market_id = v_market.id
      and category.slug = any (v_slugs)
      and private.is_shown(category)
  );
  if cardinality(v_category_ids) < (select count(distinct slug) from unnest(v_slugs) as slug) then
    raise sqlstate 'PT404' using
      message = 'There is no such category in this market.',
      detail = 'category_not_found',
      hint = 'Use slugs of rows of categories.';
  end if;
  select * into v_vertical
  from public.verticals as known
  where known.id = create_provider.vertical and known.is_active;
  if v_vertical.id is null and create_provider.vertical is not null then
    raise sqlstate 'PT404' using
      message = 'There is no such vertical.',
      detail = 'vertical_not_found',
      hint = 'Use the id of a row of verticals.';
  end if;

  insert into public.providers (
    id, market_id, slug, kind, names, descriptions, location, address, landmark, postcode, city,
    time_zone, vertical_id, buffer_minutes, lead_minutes
  )
  values (
    v_id, v_market.id, private.provider_slug(v_names, v_id), create_provider.kind, v_names,
    private.parse_language_map(create_provider.descriptions, 'invalid_descriptions', 2000, false),
    private.point((v_location ->> 'lat')::float8, (v_location ->> 'lng')::float8),
    v_location ->> 'address', v_location ->> 'landmark', v_location ->> 'postcode',
    v_location ->> 'city', v_market.time_zone, v_vertical.id,
    coalesce(v_vertical.default_buffer_minutes, 0), coalesce(v_vertical.default_lead_minutes, 0)
  );
  insert into public.provider_members (provider_id, user_id, role) values (v_id, v_me, 'owner');
  insert into public.provider_categories (provider_id, category_id, market_id)
  select v_id, category_id, v_market.id from unnest(v_category_ids) as category_id;

  select jsonb_build_object(
    'id', provider.id,
    'market_id', provider.market_id,
    'slug', provider.slug,
    'kind', provider.kind,
    'names', provider.names,
    'vertical_id', provider.vertical_id,
    'status', provider.status,
    'verification_status', provider.verification_status
  )
  into v_answer
  from public.providers as provider
  where provider.id = v_id;
  perform private.store_idempotent_response(v_me, create_provider.idempotency_key, v_answer);
  return v_answer;
end;
$$;
comment on function private.create_provider(text, jsonb, jsonb, jsonb, text, jsonb, text, text) is
  'Body of public.create_provider.';

create function private.provider_slug(names jsonb, id uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select concat_ws(
    '-',
    nullif(
      left(
        btrim(regexp_replace(
          lower(extensions.unaccent(private.localized(names, 'en', 'en'))), '[^a-z0-9]+', '-', 'g'
        ), '-'),
        60
      ),
      ''
    ),
    -- The random end of the id keeps equal names apart.
    right(id::text, 8)
  )
$$;
comment on function private.provider_slug(jsonb, uuid) is
  'The English name (or any) in ASCII, and the end of the id.';

create function public.create_provider(
  market text,
  names jsonb,
  location jsonb,
  categories jsonb,
  kind text default 'solo',
  descriptions jsonb default null,
  idempotency_key text default null,
  vertical text default null
)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.create_provider(
    market, names, location, categories, kind, descriptions, idempotency_key, vertical
  )
$$;
comment on function public.create_provider(text, jsonb, jsonb, jsonb, text, jsonb, text, text) is
  'Creates a business as a draft, owned by the caller.
names: {language: text}. location: {address, lat, lng, landmark?, postcode?, city?}.
categories: array of slugs. vertical: id of a row of verticals; its buffer and notice are the first.
Errors: 400 invalid_…, outside_market; 404 market_not_found, category_not_found,
vertical_not_found; 409 too_many_providers, idempotency_key_reused.';

grant execute on function
  private.create_provider(text, jsonb, jsonb, jsonb, text, jsonb, text, text),
  public.create_provider(text, jsonb, jsonb, jsonb, text, jsonb, text, text)
to authenticated;

-- The owner hands a draft in for review; an admin then activates it.

-- Fails with PT401 not_signed_in, PT403 user_blocked, PT400 invalid_provider_id,
-- PT404 provider_not_found, PT409 provider_incomplete and provider_not_draft.
create function private.submit_provider(provider_id text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_id uuid := private.parse_uuid(submit_provider.provider_id, 'invalid_provider_id');
  v_provider public.providers;
begin
  perform private.require_me();
  select * into v_provider
  from public.providers as provider
  where provider.id = v_id and provider.id in (select private.my_managed_provider_ids())
  for no key update;
  if v_provider.id is null then
    raise sqlstate 'PT404' using
      message = 'There is no such provider.',
      detail = 'provider_not_found',
      hint = 'Use the id of a provider that you own or manage.';
  end if;
  if v_provider.status <> 'draft' then
    raise sqlstate 'PT409' using
      message = 'Only a draft can be submitted.',
      detail = 'provider_not_draft',
      hint = format('The provider is %s.', v_provider.status);
  end if;
  if not exists (
    select 1
    from public.services as service
    where service.provider_id = v_id and service.is_active
  ) then
    raise sqlstate 'PT409' using
      message = 'The business has no service yet.',
      detail = 'provider_incomplete',
      hint = 'Add a service first.';
  end if;
  update public.providers as provider set status = 'pending' where provider.id = v_id;
  return jsonb_build_object('id', v_id, 'status', 'pending');
end;
$$;
comment on function private.submit_provider(text) is 'Body of public.submit_provider.';

create function public.submit_provider(provider_id text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.submit_provider(provider_id)
$$;
comment on function public.submit_provider(text) is
  'Hands a draft in for review.
Errors: 400 invalid_provider_id; 404 provider_not_found; 409 provider_incomplete,
provider_not_draft.';

grant execute on function private.submit_provider(text), public.submit_provider(text)
  to authenticated;

-- Active providers and services of each category, as changes of counts. What changes the counted
-- rows of a provider, or its status, has the provider locked by then (private.refresh_search locks
-- it, in triggers that come before these): so nobody counts by a status that is about to change.

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
comment on function private.tg_provider_categories__count() is
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
comment on function private.tg_services__count() is 'Triggers _900_count_… of services.';

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
comment on function private.tg_providers__count() is 'Triggers _900_count_… of providers.';

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
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now()
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
  viewed_on  date not null default (now() at time zone 'UTC')::date,
  primary key (service_id, user_id, viewed_on)
);
comment on table private.service_views is 'Who looked at a service on which day; kept for two.';
create index service_views_user_id_idx on private.service_views (user_id);
create index service_views_viewed_on_idx on private.service_views (viewed_on);

insert into private.rate_limits (action, capacity, window_seconds, reason, message)
values ('view_service', 300, 3600, 'too_many_views', 'You look at too many services.')
on conflict (action) do nothing;

-- Fails with PT401 not_signed_in, PT403 user_blocked, PT400 invalid_service_id,
-- PT404 service_not_found, PT429 too_many_views.
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
    raise sqlstate 'PT404' using
      message = 'There is no such service.',
      detail = 'service_not_found',
      hint = 'Use the id of an active service.';
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
comment on function private.view_service(text) is 'Body of public.view_service.';

create function public.view_service(service_id text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.view_service(service_id)
$$;
comment on function public.view_service(text) is
  'Counts that the caller looked at a service, once a day: {service_id, is_counted}.
Errors: 400 invalid_service_id; 404 service_not_found; 429 too_many_views.';
grant execute on function private.view_service(text), public.view_service(text) to authenticated;

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
  where view.viewed_on < (now() at time zone 'UTC')::date - 1;
  return coalesce(cardinality(v_changes), 0);
end;
$$;
comment on function private.add_up_counts() is
  'Job: adds up what count_changes holds. Returns how many changes.';

-- Invitations to act for a provider, by phone or e-mail. Whoever has that phone or address,
-- confirmed by Auth, sees the invitation and accepts or declines it.
create table public.provider_invitations (
  id           uuid primary key default private.uuid_v7(),
  provider_id  uuid not null references public.providers on delete cascade,
  role         text not null check (role in ('owner', 'manager', 'crew_lead', 'crew_member')),
  phone        text check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  email        text check (email = lower(email) and private.is_text(email, 255)),
  status       text not null default 'pending'
    check (status in ('pending', 'accepted', 'declined', 'revoked')),
  expires_at   timestamptz not null default now() + interval '14 days',
  invited_by   uuid references public.profiles on delete set null,
  responded_by uuid references public.profiles on delete set null,
  responded_at timestamptz,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  check (num_nonnulls(phone, email) = 1)
);
comment on table public.provider_invitations is
  'Invitations to act for a provider; read by its owners and managers and by the invited.';
comment on column public.provider_invitations.phone is 'E.164, with plus.';
comment on column public.provider_invitations.status is
  'One that is pending after expires_at can no longer be accepted.';
create unique index provider_invitations_pending_key
  on public.provider_invitations (provider_id, coalesce(phone, email)) where status = 'pending';
create index provider_invitations_provider_id_created_at_idx
  on public.provider_invitations (provider_id, created_at);
create index provider_invitations_created_at_idx on public.provider_invitations (created_at);
create index provider_invitations_phone_idx on public.provider_invitations (phone);
create index provider_invitations_email_idx on public.provider_invitations (email);
create index provider_invitations_invited_by_idx on public.provider_invitations (invited_by);
create index provider_invitations_responded_by_idx on public.provider_invitations (responded_by);
create trigger _100_timestamps before insert or update on public.provider_invitations
  for each row execute function private.tg__timestamps();
alter table public.provider_invitations enable row level security;

insert into private.limits (name, maximum, error_code, reason, message, hint, counted)
values (
  'daily_invitations', 50, 'PT429', 'too_many_invitations',
  'A business invites at most %s people a day.', 'Try again tomorrow.',
  'select count(*)
   from public.provider_invitations as invitation
   where invitation.provider_id = $1::uuid
     and invitation.created_at > now() - interval ''1 day'''
)
on conflict (name) do nothing;

create function private.my_contacts()
returns setof text
language sql
stable
security definer
set search_path = ''
as $$
  select contact.value
  from auth.users as account
  cross join lateral (
    -- Auth keeps phones without the plus.
    values
      (private.normalize_phone('+' || account.phone), account.phone_confirmed_at),
      (lower(account.email), account.email_confirmed_at)
  ) as contact (value, confirmed_at)
  where account.id = (select private.me()) and contact.confirmed_at is not null
$$;
comment on function private.my_contacts() is
  'Phone and e-mail of the signed-in user, those that are confirmed.';
grant execute on function private.my_contacts() to authenticated, service_role;

grant select on public.provider_invitations to authenticated, service_role;
create policy select_manager_or_invited on public.provider_invitations
  for select to authenticated
  using (
    provider_id in (select private.my_managed_provider_ids())
    or phone in (select private.my_contacts())
    or email in (select private.my_contacts())
  );

create function private.invitation_json(invitation public.provider_invitations)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'id', (invitation).id,
    'provider_id', (invitation).provider_id,
    'provider_names', provider.names,
    'role', (invitation).role,
    'phone', (invitation).phone,
    'email', (invitation).email,
    'status', case
      when (invitation).status = 'pending' and (invitation).expires_at <= now() then 'expired'
      else (invitation).status
    end,
    'expires_at', (invitation).expires_at,
    'created_at', (invitation).created_at
  )
  from public.providers as provider
  where provider.id = (invitation).provider_id
$$;
comment on function private.invitation_json(public.provider_invitations) is
  'An invitation as clients see it.';

-- Fails with PT404 provider_not_found.
create function private.lock_managed_provider(provider_id text, user_id uuid default null)
returns public.provider_members
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
  v_id uuid := private.parse_uuid(lock_managed_provider.provider_id, 'invalid_provider_id');
  v_member public.provider_members;
begin
  -- Accounts first, as everywhere.
  perform 1
  from auth.users as account
  where account.id in (
    select member.user_id
    from public.provider_members as member
    where member.provider_id = v_id
      and member.user_id in (v_me, lock_managed_provider.user_id)
      and v_id in (select private.my_provider_ids())
  )
  order by account.id
  for share;
  -- Changes of the members of one provider take turns; strangers lock nothing.
  perform 1
  from public.providers as provider
  where provider.id = v_id and provider.id in (select private.my_provider_ids())
  for no key update;
  perform private.require_me();
  select * into v_member
  from public.provider_members as member
  where member.provider_id = v_id and member.user_id = v_me;
  if v_member.user_id is null then
    raise sqlstate 'PT404' using
      message = 'There is no such provider.',
      detail = 'provider_not_found',
      hint = 'Use the id of a provider that you act for.';
  end if;
  return v_member;
end;
$$;
comment on function private.lock_managed_provider(text, uuid) is
  'The caller''s membership, with the provider locked, and the accounts of the caller and of the
other member whose power is to change.';

create function private.outranks(actor_role text, role text)
returns boolean
language sql
immutable
set search_path = ''
as $$
  -- Owners decide about everybody, managers about crews.
  select outranks.actor_role = 'owner'
    or outranks.actor_role = 'manager' and outranks.role in ('crew_lead', 'crew_member')
$$;
comment on function private.outranks(text, text) is
  'Whether a member of the first role decides about the second.';

-- Fails with PT403 role_not_allowed.
create function private.require_rank(actor_role text, role text)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
  if private.outranks(require_rank.actor_role, require_rank.role) is not true then
    raise sqlstate 'PT403' using
      message = 'Your role in the business does not allow this.',
      detail = 'role_not_allowed',
      hint = 'Ask an owner.';
  end if;
end;
$$;
comment on function private.require_rank(text, text) is
  'Refuses to decide about a role that is not below the actor''s.';

create function private.parse_member_role(role text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  if coalesce(parse_member_role.role, '') not in ('owner', 'manager', 'crew_lead', 'crew_member')
  then
    perform private.reject('invalid_role', 'owner, manager, crew_lead or crew_member');
  end if;
  return parse_member_role.role;
end;
$$;
comment on function private.parse_member_role(text) is 'A role of provider_members.';

-- Fails with PT400 invalid_…, PT403 role_not_allowed, PT404 provider_not_found,
-- PT409 already_member and too_many_invitations.
create function private.invite_member(provider_id text, role text, phone text, email text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_actor public.provider_members := private.lock_managed_provider(invite_member.provider_id);
  v_role text := private.parse_member_role(invite_member.role);
  v_phone text := private.parse_phone(
    invite_member.phone, 'invalid_phone', private.provider_country(v_actor.provider_id)
  );
  v_email text := lower(private.parse_text(invite_member.email, 'invalid_email', 255, false));
  v_replaced_role text;
  v_invitation public.provider_invitations;
begin
  perform private.require_rank(v_actor.role, v_role);
  if num_nonnulls(v_phone, v_email) <> 1 then
    perform private.reject('invalid_phone', 'given, or else email');
  end if;
  if v_email !~ '^[^@\s]+@[^@\s]+\.[^@\s]+$' then
    perform private.reject('invalid_email', 'an e-mail address');
  end if;
  if exists (
    select 1
    from public.provider_members as member
    join auth.users as account on account.id = member.user_id
    where member.provider_id = v_actor.provider_id
      and (
        private.normalize_phone('+' || account.phone) = v_phone
          and account.phone_confirmed_at is not null
        or lower(account.email) = v_email and account.email_confirmed_at is not null
      )
  ) then
    raise sqlstate 'PT409' using
      message = 'This person is a member already.',
      detail = 'already_member',
      hint = 'Change the role of the member instead.';
  end if;
  perform private.require_room('daily_invitations', v_actor.provider_id::text);
  -- A new invitation takes the place of one that is still open, if the actor may take that back.
  update public.provider_invitations as invitation
  set status = 'revoked', responded_by = v_actor.user_id, responded_at = now()
  where invitation.provider_id = v_actor.provider_id
    and coalesce(invitation.phone, invitation.email) = coalesce(v_phone, v_email)
    and invitation.status = 'pending'
  returning case when invitation.expires_at > now() then invitation.role end
  into v_replaced_role;
  if v_replaced_role is not null then
    perform private.require_rank(v_actor.role, v_replaced_role);
  end if;
  insert into public.provider_invitations as invitation (
    provider_id, role, phone, email, invited_by
  )
  values (v_actor.provider_id, v_role, v_phone, v_email, v_actor.user_id)
  returning invitation.* into v_invitation;
  return private.invitation_json(v_invitation);
end;
$$;
comment on function private.invite_member(text, text, text, text) is
  'Body of public.invite_member.';

create function public.invite_member(
  provider_id text, role text, phone text default null, email text default null
)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.invite_member(provider_id, role, phone, email)
$$;
comment on function public.invite_member(text, text, text, text) is
  'Invites whoever has this phone or e-mail to act for the business; a new invitation replaces an
open one. Owners invite to any role, managers to crews. Expires after 14 days.
phone: with its calling code or as the market''s country writes it.
Errors: 400 invalid_…; 403 role_not_allowed; 404 provider_not_found; 409 already_member;
429 too_many_invitations.';
grant execute on function
  private.invite_member(text, text, text, text), public.invite_member(text, text, text, text)
to authenticated;

-- What becomes of an invitation: accepted or declined by the invited, revoked by the business.

-- Fails with PT401 not_signed_in, PT403 user_blocked and role_not_allowed,
-- PT400 invalid_invitation_id, PT404 invitation_not_found, PT409 invitation_closed,
-- too_many_providers, too_many_memberships and too_many_members.
create function private.answer_invitation(invitation_id text, status text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.lock_me();
  v_id uuid := private.parse_uuid(answer_invitation.invitation_id, 'invalid_invitation_id');
  v_invitation public.provider_invitations;
begin
  -- The provider first, as everywhere; strangers lock nothing.
  perform 1
  from public.providers as provider
  where provider.id = (
    select wanted.provider_id
    from public.provider_invitations as wanted
    where wanted.id = v_id
      and (
        wanted.provider_id in (select private.my_managed_provider_ids())
        or coalesce(wanted.phone, wanted.email) in (select private.my_contacts())
      )
  )
  for no key update;
  select * into v_invitation
  from public.provider_invitations as wanted
  where wanted.id = v_id
    and case answer_invitation.status
      when 'revoked' then wanted.provider_id in (select private.my_managed_provider_ids())
      else coalesce(wanted.phone, wanted.email) in (select private.my_contacts())
    end
  for update;
  if v_invitation.id is null then
    raise sqlstate 'PT404' using
      message = 'There is no such invitation.',
      detail = 'invitation_not_found',
      hint = 'Use an id that list_invitations returned.';
  end if;
  if answer_invitation.status = 'revoked' then
    perform private.require_rank(
      (
        select member.role
        from public.provider_members as member
        where member.provider_id = v_invitation.provider_id and member.user_id = v_me
      ),
      v_invitation.role
    );
  end if;
  if v_invitation.status <> 'pending' or v_invitation.expires_at <= now() then
    raise sqlstate 'PT409' using
      message = 'This invitation is no longer open.',
      detail = 'invitation_closed',
      hint = 'Ask for a new one.';
  end if;
  update public.provider_invitations as invitation
  set status = answer_invitation.status, responded_by = v_me, responded_at = now()
  where invitation.id = v_id
  returning invitation.* into v_invitation;
  if answer_invitation.status = 'accepted' then
    -- Who is a member already keeps the role: an invitation neither lowers nor raises it.
    insert into public.provider_members (provider_id, user_id, role)
    values (v_invitation.provider_id, v_me, v_invitation.role)
    on conflict on constraint provider_members_pkey do nothing;
  end if;
  return private.invitation_json(v_invitation);
end;
$$;
comment on function private.answer_invitation(text, text) is
  'Body of accept_invitation, decline_invitation and revoke_invitation.';

create function public.accept_invitation(invitation_id text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.answer_invitation(invitation_id, 'accepted')
$$;
comment on function public.accept_invitation(text) is
  'The invited joins the business. Errors: 400 invalid_invitation_id; 404 invitation_not_found;
409 invitation_closed, too_many_providers (for an owner), too_many_memberships, too_many_members.';

create function public.decline_invitation(invitation_id text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.answer_invitation(invitation_id, 'declined')
$$;
comment on function public.decline_invitation(text) is
  'The invited does not want to. Errors: as accept_invitation.';

create function public.revoke_invitation(invitation_id text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.answer_invitation(invitation_id, 'revoked')
$$;
comment on function public.revoke_invitation(text) is
  'The business takes it back. Errors: as accept_invitation; 403 role_not_allowed.';

-- Fails with PT401 not_signed_in, PT403 user_blocked, PT400 invalid_provider_id,
-- PT404 provider_not_found.
create function private.list_invitations(provider_id text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_id uuid := private.parse_uuid(
    list_invitations.provider_id, 'invalid_provider_id', false
  );
begin
  perform private.require_me();
  if v_id is not null and v_id not in (select private.my_managed_provider_ids()) then
    raise sqlstate 'PT404' using
      message = 'There is no such provider.',
      detail = 'provider_not_found',
      hint = 'Use the id of a provider that you own or manage.';
  end if;
  return jsonb_build_object('items', (
    select coalesce(
      jsonb_agg(
        private.invitation_json(listed) order by listed.created_at desc, listed.id desc
      ),
      '[]'
    )
    from (
      select *
      from public.provider_invitations as invitation
      where case
        when v_id is null then
          coalesce(invitation.phone, invitation.email) in (select private.my_contacts())
          and invitation.status = 'pending'
          and invitation.expires_at > now()
        else invitation.provider_id = v_id
      end
      order by invitation.created_at desc, invitation.id desc
      limit 100
    ) as listed
  ));
end;
$$;
comment on function private.list_invitations(text) is 'Body of public.list_invitations.';

create function public.list_invitations(provider_id text default null)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select private.list_invitations(provider_id)
$$;
comment on function public.list_invitations(text) is
  'Open invitations of the caller, or with provider_id the last hundred of a business that the
caller manages: {items}, the newest first. Errors: 400 invalid_provider_id;
404 provider_not_found.';

grant execute on function
  private.answer_invitation(text, text), private.list_invitations(text),
  public.accept_invitation(text), public.decline_invitation(text), public.revoke_invitation(text),
  public.list_invitations(text)
to authenticated;

-- What a member offered is worth no more than the member: who is removed, or sinks to a role that
-- may not invite so high, or whose account dies, leaves no invitation behind to come back by.
create function private.tg_provider_members__revoke_invitations()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.provider_invitations as invitation
  set status = 'revoked', responded_at = now()
  where invitation.provider_id = old.provider_id
    and invitation.status = 'pending'
    and case tg_op
      -- Who goes with the whole account is null by now.
      when 'DELETE' then coalesce(invitation.invited_by, old.user_id) = old.user_id
      else invitation.invited_by = old.user_id
        and not private.outranks(new.role, invitation.role)
    end;
  return null;
end;
$$;
comment on function private.tg_provider_members__revoke_invitations() is
  'Trigger _510_revoke_invitations of provider_members; _500_take_part locks the provider first.';
create trigger _510_revoke_invitations after update of role or delete on public.provider_members
  for each row execute function private.tg_provider_members__revoke_invitations();

create function private.tg__revoke_offers()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not private.is_live(new.id) then
    update public.provider_invitations as invitation
    set status = 'revoked', responded_at = now()
    where invitation.invited_by = new.id and invitation.status = 'pending';
  end if;
  return null;
end;
$$;
comment on function private.tg__revoke_offers() is
  'Triggers _520_revoke_offers of profiles and auth.users.';
create trigger _520_revoke_offers after update of status on public.profiles
  for each row when (old.status <> new.status)
  execute function private.tg__revoke_offers();
create trigger _520_revoke_offers after update of banned_until, deleted_at on auth.users
  for each row
  when ((old.banned_until, old.deleted_at) is distinct from (new.banned_until, new.deleted_at))
  execute function private.tg__revoke_offers();

create function private.delete_old_invitations()
returns integer
language sql
volatile
security definer
set search_path = ''
as $$
  with deleted as (
    delete from public.provider_invitations where created_at < now() - interval '90 days'
    returning 1
  )
  select count(*)::integer from deleted
$$;
comment on function private.delete_old_invitations() is
  'Job: forgets invitations long after they have expired. Returns how many.';

-- Members leave, are removed, and get other roles. A business keeps an owner who may act.

-- Fails with PT404 member_not_found, PT403 role_not_allowed, PT409 last_owner.
create function private.lock_member(actor public.provider_members, user_id uuid)
returns public.provider_members
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_member public.provider_members;
begin
  select * into v_member
  from public.provider_members as member
  where member.provider_id = (actor).provider_id and member.user_id = lock_member.user_id
  for update;
  if v_member.user_id is null then
    raise sqlstate 'PT404' using
      message = 'There is no such member.',
      detail = 'member_not_found',
      hint = 'Use the user_id of a row of provider_members.';
  end if;
  return v_member;
end;
$$;
comment on function private.lock_member(public.provider_members, uuid) is
  'Another membership of the provider of the actor.';

create function private.require_other_owner(member public.provider_members)
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if (member).role = 'owner' and not exists (
    select 1
    from public.provider_members as other
    where other.provider_id = (member).provider_id
      and other.user_id <> (member).user_id
      and other.role = 'owner'
      and private.is_live(other.user_id)
  ) then
    raise sqlstate 'PT409' using
      message = 'A business keeps at least one owner.',
      detail = 'last_owner',
      hint = 'Make somebody else an owner first.';
  end if;
end;
$$;
comment on function private.require_other_owner(public.provider_members) is
  'Refuses to lose the last owner; accounts that may not act are none.';

create function private.remove_member(provider_id text, user_id text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.parse_uuid(remove_member.user_id, 'invalid_user_id');
  v_actor public.provider_members := private.lock_managed_provider(remove_member.provider_id);
  v_member public.provider_members := private.lock_member(v_actor, v_user_id);
begin
  -- Everybody may leave.
  if v_member.user_id <> v_actor.user_id then
    perform private.require_rank(v_actor.role, v_member.role);
  end if;
  perform private.require_other_owner(v_member);
  delete from public.provider_members as member
  where member.provider_id = v_member.provider_id and member.user_id = v_member.user_id;
  return jsonb_build_object('provider_id', v_member.provider_id, 'user_id', v_member.user_id);
end;
$$;
comment on function private.remove_member(text, text) is 'Body of public.remove_member.';

create function private.change_member_role(provider_id text, user_id text, role text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.parse_uuid(change_member_role.user_id, 'invalid_user_id');
  v_role text := private.parse_member_role(change_member_role.role);
  v_actor public.provider_members := private.lock_managed_provider(
    change_member_role.provider_id, v_user_id
  );
  v_member public.provider_members := private.lock_member(v_actor, v_user_id);
begin
  -- Both the role that the member has and the one to come are below the actor's.
  perform private.require_rank(v_actor.role, v_member.role);
  perform private.require_rank(v_actor.role, v_role);
  if v_role <> 'owner' then
    perform private.require_other_owner(v_member);
  end if;
  update public.provider_members as member
  set role = v_role
  where member.provider_id = v_member.provider_id and member.user_id = v_member.user_id;
  return jsonb_build_object(
    'provider_id', v_member.provider_id, 'user_id', v_member.user_id, 'role', v_role
  );
end;
$$;
comment on function private.change_member_role(text, text, text) is
  'Body of public.change_member_role.';

create function public.remove_member(provider_id text, user_id text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.remove_member(provider_id, user_id)
$$;
comment on function public.remove_member(text, text) is
  'Removes a member of the business; everybody may remove themselves. Owners remove anybody,
managers crews. Errors: 400 invalid_provider_id, invalid_user_id; 403 role_not_allowed;
404 provider_not_found, member_not_found; 409 last_owner.';

create function public.change_member_role(provider_id text, user_id text, role text)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.change_member_role(provider_id, user_id, role)
$$;
comment on function public.change_member_role(text, text, text) is
  'Gives a member another role: owners any, managers among crews. Errors: as remove_member;
400 invalid_role; 409 member_inactive, too_many_providers (for an owner).';

grant execute on function
  private.remove_member(text, text), private.change_member_role(text, text, text),
  public.remove_member(text, text), public.change_member_role(text, text, text)
to authenticated;

-- Who of a business is there. Right now: members track themselves as present on the topic
-- `provider:<id>`, which anybody who may see the business may watch. When last: a row per member,
-- written at most twice a minute.
create table public.member_presence (
  provider_id  uuid not null,
  user_id      uuid not null,
  last_seen_at timestamptz not null default now(),
  primary key (provider_id, user_id),
  foreign key (provider_id, user_id)
    references public.provider_members (provider_id, user_id) on delete cascade
);
comment on table public.member_presence is
  'When members of a business last used the app; apart from provider_members, since it changes
all the time.';
comment on column public.member_presence.last_seen_at is 'To half a minute.';
create index member_presence_last_seen_at_idx
  on public.member_presence (provider_id, last_seen_at desc);
alter table public.member_presence enable row level security;
-- No write grants: touch_presence writes.
grant select on public.member_presence to authenticated;
create policy select_member_or_admin on public.member_presence for select to authenticated
  using (
    provider_id in (select private.my_provider_ids()) or (select private.has_role('admin'))
  );

-- Fails with PT401 not_signed_in, PT403 user_blocked.
create function private.touch_presence()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_me uuid := private.require_me();
begin
  insert into public.member_presence as seen (provider_id, user_id)
  select member.provider_id, member.user_id
  from public.provider_members as member
  where member.user_id = v_me
  order by member.provider_id
  on conflict (provider_id, user_id) do update set last_seen_at = now()
  -- The limit: whoever calls all the time reads an index and writes nothing.
  where seen.last_seen_at < now() - interval '30 seconds';
  return (
    select jsonb_build_object('last_seen_at', max(seen.last_seen_at))
    from public.member_presence as seen
    where seen.user_id = v_me
  );
end;
$$;
comment on function private.touch_presence() is 'Body of public.touch_presence.';
create index member_presence_user_id_idx on public.member_presence (user_id);

create function public.touch_presence()
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select private.touch_presence()
$$;
comment on function public.touch_presence() is
  'Says that the caller is there, to all businesses that they are a member of: {last_seen_at}, null
for a member of none. Kept to half a minute; calling more often costs next to nothing.';

-- Fails with PT401, PT403 user_blocked, PT400 invalid_provider_id, PT404 provider_not_found.
create function private.provider_last_seen(provider_id text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_id uuid := private.parse_uuid(provider_last_seen.provider_id, 'invalid_provider_id');
begin
  perform private.require_me();
  if not private.can_watch_provider(v_id) then
    raise sqlstate 'PT404' using
      message = 'There is no such provider.',
      detail = 'provider_not_found',
      hint = 'Use the id of a provider.';
  end if;
  return jsonb_build_object(
    'provider_id', v_id,
    'last_seen_at', (
      select max(seen.last_seen_at)
      from public.member_presence as seen
      where seen.provider_id = v_id and private.is_live(seen.user_id)
    )
  );
end;
$$;
comment on function private.provider_last_seen(text) is 'Body of public.provider_last_seen.';

create function public.provider_last_seen(provider_id text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select private.provider_last_seen(provider_id)
$$;
comment on function public.provider_last_seen(text) is
  'When anybody of the business last was there, not who: {provider_id, last_seen_at}.
Errors: 400 invalid_provider_id; 404 provider_not_found.';

create function private.can_watch_provider(provider_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select (select private.me()) is not null and exists (
    select 1
    from public.providers as provider
    where provider.id = can_watch_provider.provider_id
      and (
        provider.status = 'active'
        or provider.id in (select private.my_provider_ids())
        or (select private.has_role('admin'))
      )
  )
$$;
comment on function private.can_watch_provider(uuid) is
  'Whether the user may know whether the business is there.';

create function private.provider_of_topic(topic text)
returns uuid
language sql
immutable
set search_path = ''
as $$
  select substring(
    topic from '^provider:([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$'
  )::uuid
$$;
comment on function private.provider_of_topic(text) is 'Of `provider:<id>`; null for any other.';

create function private.can_join_provider_topic(topic text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.can_watch_provider(private.provider_of_topic(topic))
$$;
comment on function private.can_join_provider_topic(text) is
  'Whether the user may watch who is present on this topic of a business.';

create function private.can_appear_on_topic(topic text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select private.provider_of_topic(topic) in (select private.my_provider_ids())
$$;
comment on function private.can_appear_on_topic(text) is
  'Whether the user may be present on this topic: as a member of the business.';

grant execute on function
  private.touch_presence(),
  public.touch_presence(),
  private.provider_last_seen(text),
  public.provider_last_seen(text)
to authenticated;
grant execute on function
  private.can_join_provider_topic(text), private.can_appear_on_topic(text)
to authenticated, service_role;

-- Joining a private topic takes the right to read broadcasts, though nobody sends any here.
create policy select_provider_watcher on realtime.messages for select to authenticated
  using (
    extension in ('broadcast', 'presence')
    and (select private.can_join_provider_topic((select realtime.topic())))
  );
create policy insert_provider_member on realtime.messages for insert to authenticated
  with check (
    extension = 'presence'
    and (select private.can_appear_on_topic((select realtime.topic())))
  );

-- "Checked" is said of what was there to be checked. Each flag of the platform's has a trigger that
-- names the columns it was given for; who changes one of them asks for a new check. Triggers
-- _070_uncheck take flags back that were there before: an admin who writes both at once has looked.

-- Arguments: the column, and its value before a check. Of the caller's rights: it knows nothing but
-- the row.
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
comment on function private.tg__uncheck() is
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
comment on function private.stated(public.providers) is
  'What a business says that it is, where it is, and where its customers pay: what admins check.';
grant execute on function private.stated(public.providers) to authenticated, service_role;

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

-- The place is sold for this service, and not for what it might become.
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
  -- Whatever their state: an admin who verifies one at once waits, and compares what is there then.
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
comment on function private.recheck_providers(uuid[]) is 'Asks for a new check of them.';

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
comment on function private.tg_objects__uncheck() is
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
comment on function private.fingerprint(public.providers) is
  'Of what admins check: other when the business, its payment code or its owners are others.';

-- Who buys a business that was checked is checked too. The platform itself, and who begins one,
-- makes owners of whom it knows.
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
    -- The background was that of the people who owned it.
    update public.providers as provider
    set background_checked_at = null
    where provider.id = new.provider_id and provider.background_checked_at is not null;
  end if;
  return null;
end;
$$;
comment on function private.tg_provider_members__uncheck() is
  'Trigger _450_uncheck of provider_members.';
create trigger _450_uncheck after insert or update of role on public.provider_members
  for each row when (new.role = 'owner')
  execute function private.tg_provider_members__uncheck();
