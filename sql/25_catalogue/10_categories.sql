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
