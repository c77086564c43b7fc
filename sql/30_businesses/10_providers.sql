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
