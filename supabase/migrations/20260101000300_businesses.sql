-- Built from sql/30_businesses by `npm run generate`: edit it there.

-- Errors of businesses: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  (
    'category_not_found', 404, 'There is no such category in this market.',
    'Use slugs of rows of categories.'
  ),
  (
    'member_inactive', 409, 'This account is blocked or deleted.',
    'Remove the member, or wait until the account is back.'
  ),
  (
    'own_business', 409, 'You can''t act for both sides.',
    'Choose another business, or let somebody else act.'
  ),
  ('provider_incomplete', 409, 'The business has no service yet.', 'Add a service first.'),
  ('provider_not_draft', 409, 'Only a draft can be submitted.', 'The business is %s.'),
  (
    'provider_not_found', 404, 'There is no such provider.',
    'Use the id of a business that you may see or act for.'
  ),
  (
    'too_many_area_names', 409, 'The areas of a business name at most %s postcodes and districts.',
    'Delete some, or draw a circle or a polygon.'
  ),
  ('too_many_areas', 409, 'A business has at most %s service areas.', 'Delete one first.'),
  ('too_many_categories', 409, 'A business has at most %s categories.', 'Delete one first.'),
  ('too_many_members', 409, 'A business has at most %s members.', 'Remove one first.'),
  (
    'too_many_memberships', 409, 'An account can be a member of at most %s businesses.',
    'Leave one first.'
  ),
  ('too_many_providers', 409, 'An account can own at most %s businesses.', 'Contact support.'),
  ('vertical_not_found', 404, 'There is no such vertical.', 'Use the id of a row of verticals.')
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{buffer_minutes, categories, cover_path, districts, experience_years, features,
  is_accepting_bookings, lead_minutes, logo_path, payment_link, payment_qr_path, points,
  postcodes, social_links, vertical_id}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

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
  created_at            timestamptz not null default private.now(),
  updated_at            timestamptz not null default private.now(),
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
    perform private.fail(reason, 'a path of provider-photos in the folder of the provider');
  end if;
  return v_path;
end;
$$;
comment on function private.parse_provider_path is
  'A path in the folder of the provider; empty is null.';
grant execute on function private.parse_provider_path to authenticated, service_role;

-- Raises PT400 with the column that is wrong, before a check constraint would.
create function private.tg_providers__validate()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if coalesce(new.kind, '') not in ('solo', 'company') then
    perform private.fail('invalid_kind', 'solo or company');
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
    perform private.fail('invalid_time_zone', 'an IANA time zone, as Asia/Kolkata');
  end if;
  if (new.buffer_minutes between 0 and 480) is not true then
    perform private.fail('invalid_buffer_minutes', 'from 0 to 480');
  end if;
  if (new.lead_minutes between 0 and 43200) is not true then
    perform private.fail('invalid_lead_minutes', 'from 0 to 43200');
  end if;
  -- One that the caller may see; one that has closed since stays.
  if new.vertical_id is not null
    and (tg_op = 'INSERT' or new.vertical_id is distinct from old.vertical_id)
    and not exists (select 1 from public.verticals as vertical where vertical.id = new.vertical_id)
  then
    perform private.fail('invalid_vertical_id', 'the id of a vertical');
  end if;
  if new.experience_years not between 0 and 80 then
    perform private.fail('invalid_experience_years', 'from 0 to 80');
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
comment on function private.tg_providers__validate is 'Trigger _050_validate of providers.';

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
comment on function private.tg_providers__require_in_market is
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
comment on function private.provider_country is
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
  created_at  timestamptz not null default private.now(),
  updated_at  timestamptz not null default private.now(),
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
comment on function private.has_live_owner is 'Whether somebody who may act owns it.';
grant execute on function private.has_live_owner to service_role;

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
comment on function private.tg_providers__settle is 'Trigger _060_settle of providers.';
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
comment on function private.settle_providers is
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
comment on function private.tg_provider_members__settle is
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
comment on function private.tg__settle_owned is
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
comment on function private.tg_auth_users__lock_providers is
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
comment on function private.settle_ownerless is
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
    perform private.fail('member_inactive');
  end if;
  return new;
end;
$$;
comment on function private.tg_provider_members__require_live is
  'Trigger _050_require_live of provider_members: the dead get no role.';
create trigger _050_require_live before insert or update of user_id, role
  on public.provider_members
  for each row execute function private.tg_provider_members__require_live();

-- Whichever way somebody becomes an owner or a member, it counts.
insert into private.limits (name, maximum, reason, counted)
values (
  'provider_members', 100, 'too_many_members',
  'select count(*) from public.provider_members as member where member.provider_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _600_limit_members after insert on public.provider_members
  referencing new table as added
  for each statement execute function private.tg__limit('provider_members', 'provider_id');

insert into private.limits (name, maximum, reason, counted)
values (
  'memberships', 50, 'too_many_memberships',
  'select count(*) from public.provider_members as member where member.user_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _610_limit_memberships after insert on public.provider_members
  referencing new table as added
  for each statement execute function private.tg__limit('memberships', 'user_id');

insert into private.limits (name, maximum, reason, counted)
values (
  'owned_providers', 10, 'too_many_providers',
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
comment on function private.my_provider_ids is 'Providers that the user is a member of.';

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
comment on function private.my_managed_provider_ids is 'Providers that the user owns or manages.';

grant execute on function private.my_provider_ids, private.my_managed_provider_ids
  to authenticated, service_role;

-- Raises PT409 own_business.
create function private.reject_own_business()
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform private.fail('own_business');
end;
$$;
comment on function private.reject_own_business is
  'Refuses what would have one person act for both sides.';

-- Raises PT409 own_business. Somebody who joins the business meanwhile waits, and then finds the
-- booking.
create function private.require_no_member(provider_id uuid, user_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.take_turn('both_sides', concat_ws(':', provider_id, user_id));
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
comment on function private.require_no_member is 'Refuses a user who works for the business.';

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
  created_at  timestamptz not null default private.now(),
  updated_at  timestamptz not null default private.now(),
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

-- Clients can't write market_id: it is taken from the provider, if the caller may see that one. All
-- others are refused by the policies.
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
    perform private.fail('invalid_category_id', 'a category of the provider''s market');
  end if;
  return new;
end;
$$;
comment on function private.tg_provider_categories__set_market is
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
    perform private.fail('invalid_category_id', 'a category of the provider''s market');
  end if;
  return null;
end;
$$;
comment on function private.tg_provider_categories__check_category is
  'Trigger _200_check_category of provider_categories.';

create trigger _050_set_market before insert on public.provider_categories
  for each row execute function private.tg_provider_categories__set_market();
create trigger _200_check_category after insert on public.provider_categories
  for each row execute function private.tg_provider_categories__check_category();
create trigger _100_timestamps before insert or update on public.provider_categories
  for each row execute function private.tg__timestamps();
insert into private.limits (name, maximum, reason, counted)
values (
  'provider_categories', 10, 'too_many_categories',
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
  created_at  timestamptz not null default private.now(),
  updated_at  timestamptz not null default private.now(),
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
    perform private.fail('invalid_points', 'an array [[lat, lng], …]');
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
    perform private.fail('invalid_points', 'an array of 3 to 200 corners [lat, lng]');
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
    perform private.fail(
      'invalid_points', 'corners of a polygon that does not cross itself, at most 20 degrees wide'
    );
  end if;
  return v_polygon::extensions.geography;
end;
$$;
comment on function private.parse_polygon is 'The polygon of [[lat, lng], …].';

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
comment on function private.circle_box is
  'A box in which the circle lies, for an index to find it by.';

grant execute on function private.parse_polygon, private.circle_box to authenticated, service_role;

-- Raises PT400 with the column that is wrong.
create function private.tg_service_areas__validate()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if coalesce(new.kind, '') not in ('radius', 'postcodes', 'districts', 'polygon') then
    perform private.fail('invalid_kind', 'one of radius, postcodes, districts, polygon');
  end if;
  new.area := null;
  if new.kind = 'radius' then
    if (new.lat between -80 and 80) is not true then
      perform private.fail('invalid_lat', 'from -80 to 80');
    end if;
    if (new.lng between -180 and 180) is not true then
      perform private.fail('invalid_lng', 'from -180 to 180');
    end if;
    if (new.radius_km between 0.5 and 200) is not true then
      perform private.fail('invalid_radius_km', 'from 0.5 to 200');
    end if;
    new.area := private.circle_box(new.lat, new.lng, new.radius_km);
  elsif num_nonnulls(new.lat, new.lng, new.radius_km) > 0 then
    perform private.fail('invalid_kind', 'radius for a centre and a radius');
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
    perform private.fail('invalid_postcodes', 'postcodes, and only for the kind postcodes');
  end if;
  if (new.kind = 'districts') <> (coalesce(cardinality(new.districts), 0) > 0) then
    perform private.fail('invalid_districts', 'districts, and only for the kind districts');
  end if;
  if (new.kind = 'polygon') <> (new.points is not null) then
    perform private.fail('invalid_points', 'corners, and only for the kind polygon');
  end if;
  return new;
end;
$$;
comment on function private.tg_service_areas__validate is 'Trigger _050_validate of service_areas.';

create trigger _050_validate before insert on public.service_areas
  for each row execute function private.tg_service_areas__validate();
create trigger _100_timestamps before insert or update on public.service_areas
  for each row execute function private.tg__timestamps();
insert into private.limits (name, maximum, reason, counted)
values (
  'service_areas', 20, 'too_many_areas',
  'select count(*) from public.service_areas as area where area.provider_id = $1::uuid'
)
on conflict (name) do nothing;
create trigger _600_limit after insert on public.service_areas
  referencing new table as added
  for each statement execute function private.tg__limit('service_areas', 'provider_id');

-- Search keeps each name in each category of the business, and in all above them.
insert into private.limits (name, maximum, reason, counted)
values (
  'area_names', 500, 'too_many_area_names',
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

create function private.create_provider(
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
    perform private.fail('invalid_categories', 'an array of 1 to 10 category slugs');
  end if;
  if create_provider.kind is null or create_provider.kind not in ('solo', 'company') then
    perform private.fail('invalid_kind', 'solo or company');
  end if;
  v_category_ids := array(
    select category.id
    from public.categories as category
    where category.market_id = v_market.id
      and category.slug = any (v_slugs)
      and private.is_shown(category)
  );
  if cardinality(v_category_ids) < (select count(distinct slug) from unnest(v_slugs) as slug) then
    perform private.fail('category_not_found');
  end if;
  select * into v_vertical
  from public.verticals as known
  where known.id = create_provider.vertical and known.is_active;
  if v_vertical.id is null and create_provider.vertical is not null then
    perform private.fail('vertical_not_found');
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
comment on function private.create_provider is
  'Creates a business as a draft, owned by the caller.
names: {language: text}. location: {address, lat, lng, landmark?, postcode?, city?}.
categories: array of slugs. vertical: id of a row of verticals; its buffer and notice are the
first.';

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
comment on function private.provider_slug is
  'The English name (or any) in ASCII, and the end of the id.';

select private.expose('create_provider', 'authenticated');

-- The owner hands a draft in for review; an admin then activates it.

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
    perform private.fail('provider_not_found');
  end if;
  if v_provider.status <> 'draft' then
    perform private.fail('provider_not_draft', v_provider.status);
  end if;
  if not exists (
    select 1
    from public.services as service
    where service.provider_id = v_id and service.is_active
  ) then
    perform private.fail('provider_incomplete');
  end if;
  update public.providers as provider set status = 'pending' where provider.id = v_id;
  return jsonb_build_object('id', v_id, 'status', 'pending');
end;
$$;
comment on function private.submit_provider is
  'Hands a draft in for review.';

select private.expose('submit_provider', 'authenticated');
