-- Markets: where Karigar works. What differs between them is data here; no code asks for a name.
create table public.markets (
  id                       text primary key check (id ~ '^[a-z][a-z0-9_]{1,30}$'),
  names                    jsonb not null check (private.is_language_map(names, 100)),
  country                  text not null check (country ~ '^[A-Z]{2}$'),
  currency                 text not null check (currency ~ '^[A-Z]{3}$'),
  languages                text[] not null
    check (cardinality(languages) > 0 and private.are_texts(languages, 3)),
  default_language         text not null check (default_language = any (languages)),
  time_zone                text not null,
  calling_code             text not null check (calling_code ~ '^[1-9][0-9]{0,2}$'),
  phone_pattern            text not null,
  sms_service              text not null
    check (sms_service in ('twilio', 'msg91', 'africas_talking', 'mobizon')),
  number_prefix            text not null unique check (number_prefix ~ '^[A-Z]{2,4}$'),
  phase                    text not null default 'mvp'
    check (phase in ('mvp', 'full_launch', 'monetisation')),
  tax_name                 text check (private.is_text(tax_name, 50)),
  tax_percent              numeric(5, 2) not null default 0 check (tax_percent between 0 and 100),
  booking_process_id       text not null,
  max_advance_days         integer not null default 90 check (max_advance_days between 1 and 730),
  max_open_bookings        integer not null default 50 check (max_open_bookings between 1 and 1000),
  area                     extensions.geometry (polygon, 4326) not null,
  reach_km                 double precision not null default 50 check (reach_km between 1 and 500),
  requires_start_code      boolean not null default false,
  requires_completion_code boolean not null default false,
  is_active                boolean not null default true,
  created_at               timestamptz not null default private.now(),
  updated_at               timestamptz not null default private.now()
);
comment on table public.markets is
  'Where Karigar works; every provider and booking belongs to one.';
comment on column public.markets.id is 'Slug that clients name the market by.';
comment on column public.markets.names is 'Name in the languages of the market.';
comment on column public.markets.country is 'ISO 3166-1 alpha-2.';
comment on column public.markets.currency is 'ISO 4217; amounts are in its minor unit.';
comment on column public.markets.languages is 'ISO 639 codes; categories have a name in each.';
comment on column public.markets.time_zone is 'IANA name; default of profiles and providers.';
comment on column public.markets.calling_code is 'ITU-T E.164 country code, without plus.';
comment on column public.markets.phone_pattern is
  'Regular expression of a national mobile number, after the calling code.';
comment on column public.markets.sms_service is 'Adapter of the function otp.';
comment on column public.markets.number_prefix is 'Begins booking numbers: BK-2026-000123.';
comment on column public.markets.phase is 'How far the market has launched.';
comment on column public.markets.tax_name is
  'What people call the tax: GST, VAT. For apps to show; null where there is none.';
comment on column public.markets.tax_percent is
  'Standard rate on services, percent. No amount is computed with it yet; invoices will be.';
comment on column public.markets.booking_process_id is 'Process that new bookings follow.';
comment on column public.markets.max_advance_days is 'How far ahead a booking may start.';
comment on column public.markets.max_open_bookings is
  'Bookings that one customer may have ahead at once: they block calendars.';
comment on column public.markets.area is
  'Rough outline, WGS 84; providers and bookings lie inside it.';
comment on column public.markets.reach_km is
  'How far from its seat a business without service areas is found and booked, kilometres.';
comment on column public.markets.requires_start_code is
  'Whether work begins only with the code that the customer shows.';
comment on column public.markets.requires_completion_code is
  'Whether the business ends it only with such a code.';
create index markets_booking_process_id_idx on public.markets (booking_process_id);
create trigger _100_timestamps before insert or update on public.markets
  for each row execute function private.tg__timestamps();
alter table public.markets enable row level security;
grant select on public.markets to anon, authenticated;
grant select, insert, update on public.markets to service_role;
create policy select_active on public.markets for select to anon, authenticated
  using (is_active);

-- Raises PT404 market_not_found.
create function private.require_market(market text)
returns public.markets
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_market public.markets;
begin
  select * into v_market
  from public.markets as found
  where found.id = require_market.market and found.is_active;
  if v_market.id is null then
    perform private.fail('market_not_found');
  end if;
  return v_market;
end;
$$;
comment on function private.require_market is 'The active market of that id.';

-- Raises PT400 outside_market.
create function private.require_in_market(market_id text, location extensions.geography)
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if not exists (
    select 1
    from public.markets as market
    where market.id = require_in_market.market_id
      and extensions.st_covers(market.area, require_in_market.location::extensions.geometry)
  ) then
    perform private.fail('outside_market');
  end if;
end;
$$;
comment on function private.require_in_market is
  'Refuses places outside of the area of the market.';
grant execute on function private.require_in_market to service_role;
