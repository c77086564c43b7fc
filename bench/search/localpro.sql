-- The tables of LocalPro's design that its search reads, with their columns and indexes, and the
-- same providers in them.
create schema localpro;
set local search_path = localpro, extensions, public;

create table users (
  id text primary key, role text not null, phone text unique, phone_verified boolean not null,
  email text, email_verified boolean not null default false, name text not null,
  profile_photo text, password_hash text, is_active boolean not null default true,
  is_banned boolean not null default false, ban_reason text, banned_at timestamp,
  banned_by text, created_at timestamp not null default now(),
  updated_at timestamp not null default now(), last_login_at timestamp
);
create table categories (
  id text primary key, name text not null, name_translations jsonb not null, slug text unique,
  icon text, icon_url text, description text, is_active boolean not null default true,
  sort_order integer not null default 0, meta_title text, meta_description text,
  provider_count integer not null default 0, booking_count integer not null default 0
);
create type verification_status as enum ('PENDING', 'APPROVED', 'REJECTED', 'EXPIRED');
create table provider_profiles (
  id text primary key, user_id text not null unique references users, business_name text,
  description text, category_id text not null references categories, sub_category_ids text[],
  aadhaar_verified boolean not null default false, aadhaar_masked text,
  aadhaar_verified_at timestamp, aadhaar_request_id text,
  background_verified boolean not null default false, background_verified_at timestamp,
  background_check_agency text, profile_status verification_status not null default 'PENDING',
  rejection_reason text, is_active boolean not null default false, service_areas jsonb,
  base_location jsonb, pricing jsonb, working_hours jsonb, availability jsonb,
  location_point geometry(point, 4326), service_area geometry(polygon, 4326),
  total_jobs integer not null default 0, completed_jobs integer not null default 0,
  cancelled_jobs integer not null default 0, disputed_jobs integer not null default 0,
  average_rating numeric(3, 2) not null default 0, quality_rating numeric(3, 2) not null default 0,
  punctuality_rating numeric(3, 2) not null default 0,
  professionalism_rating numeric(3, 2) not null default 0,
  value_rating numeric(3, 2) not null default 0, reputation_score numeric(5, 2) not null default 0,
  trust_score numeric(5, 2) not null default 0, response_time_seconds integer not null default 0,
  acceptance_rate numeric(5, 2) not null default 0, completion_rate numeric(5, 2) not null default 0,
  total_earnings numeric(10, 2) not null default 0,
  pending_earnings numeric(10, 2) not null default 0, embedding vector(1536),
  searchable_text text, created_at timestamp not null default now(),
  updated_at timestamp not null default now(), last_active_at timestamp not null default now()
);

insert into categories (id, name, name_translations, slug)
select id::text, names ->> 'en', names, slug from public.categories where market_id = 'localpro';
insert into users (id, role, phone, phone_verified, name)
select 'user ' || id, 'PROVIDER', id, true, names ->> 'en' from public.providers;
insert into provider_profiles (
  id, user_id, business_name, description, category_id, aadhaar_verified, background_verified,
  profile_status, is_active, base_location, location_point, average_rating, reputation_score,
  searchable_text
)
select
  provider.id::text, 'user ' || provider.id, provider.names ->> 'en',
  provider.descriptions ->> 'en', chosen.category_id::text,
  provider.verification_status = 'verified', provider.verification_status = 'verified',
  'APPROVED', true, jsonb_build_object('address', provider.address, 'city', provider.city),
  provider.location::geometry, provider.rating_average, provider.reputation_score,
  (provider.names ->> 'en') || ' ' || (provider.descriptions ->> 'en')
from public.providers as provider
join public.provider_categories as chosen on chosen.provider_id = provider.id
where provider.slug like 'bench-%'
order by random();

create index on provider_profiles (category_id);
create index on provider_profiles (is_active, profile_status);
create index on provider_profiles (reputation_score desc);
create index on provider_profiles (average_rating desc);
create index on provider_profiles using gist (location_point);
create index on provider_profiles (created_at);
create index on provider_profiles (last_active_at);
create index on provider_profiles using gist (service_area);
create index on provider_profiles (category_id, is_active, profile_status)
  where is_active = true and profile_status = 'APPROVED';
create index on provider_profiles (reputation_score desc, average_rating desc)
  where is_active = true;
create index on provider_profiles using gin (searchable_text gin_trgm_ops);
create index on provider_profiles (
  category_id, is_active, profile_status, average_rating desc, reputation_score desc
) where is_active = true and profile_status = 'APPROVED';
