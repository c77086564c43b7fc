-- Built from sql/65_search by `npm run generate`: edit it there.

-- Errors of search: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  (
    'outside_service_area', 409, 'The business does not work at this place.',
    'Choose one that search_providers finds there.'
  ),
  ('place_required', 400, 'A place needs lat and lng.', 'Send both, or choose another sort.')
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{max_price_amount, query, verified_only}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Words as search compares them, the same for what is stored and what is asked for.

-- Case, accents and compatibility forms go. Devanagari: the nukta goes, and a nasal before a
-- stop is written as anusvara, so प्लम्बर and प्लंबर are one word. Arabic script: vowel marks go,
-- and Arabic and Urdu forms of yeh, kaf and heh are one letter.
create function private.search_words(value text)
returns text[]
language sql
stable
parallel safe
set search_path = ''
as $$
  with folded as (
    select lower(
      regexp_replace(
        normalize(extensions.unaccent(search_words.value), nfkd),
        '[\u0300-\u036f\u064b-\u065f\u0670\u0640\u093c\u200b-\u200f]', '', 'g'
      ) collate pg_catalog.pg_c_utf8
    ) as text
  ), unified as (
    select translate(
      regexp_replace(
        folded.text,
        '[\u0919\u091e\u0923\u0928\u092e]\u094d(?=[\u0915-\u092d])|\u0901',
        U&'\0902',
        'g'
      ),
      U&'\064A\0649\0643\0647\0629\06C0',
      U&'\06CC\06CC\06A9\06C1\06C1\06C1'
    ) as text
    from folded
  )
  select coalesce(array_agg(distinct word order by word), '{}')
  from unified,
    regexp_split_to_table(
      unified.text,
      -- All of ASCII that is no letter or digit, and the punctuation of our scripts.
      '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf'
        || '\u0964\u0965\u060c\u061b\u061f\u06d4\u2010-\u2060\u3000]+'
    ) as word
  where word <> ''
$$;
comment on function private.search_words is 'The different words of a text, folded for comparison.';

-- What search reads instead of the tables of providers: narrow rows, kept current by triggers.

-- What an entry is found under. GiST tells numbers apart by their size: UUIDs of one seed or of one
-- moment look equal to it and would end up mixed in its pages, so their digest stands for them.
create function private.search_scope(id text)
returns bigint
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return ('x' || left(md5(id), 16))::bit(64)::bigint;
end;
$$;
comment on function private.search_scope is 'The scope of the id of a category or market.';

create table private.search_entries (
  -- A category or the whole market, by private.search_scope.
  scope             bigint not null,
  provider_id       uuid not null references public.providers on delete cascade,
  location          extensions.geography (point, 4326) not null,
  base_score        double precision not null,
  rating_average    double precision,
  price_from_amount bigint,
  price_unit        text,
  is_verified       boolean not null,
  is_seated         boolean not null default true,
  has_postcodes     boolean not null default false,
  has_districts     boolean not null default false,
  primary key (scope, provider_id)
);
comment on table private.search_entries is
  'An active provider in each of its categories, in all their ancestors, and in its market.';
comment on column private.search_entries.base_score is
  'Part of the match score that does not depend on the search: 0.4 times the reputation, and 30 '
  'for a verified provider.';
comment on column private.search_entries.price_from_amount is
  'Lowest price of the provider''s active services in this scope, minor units.';
comment on column private.search_entries.is_seated is
  'Whether it is found around its seat: it has no circle or polygon.';
comment on column private.search_entries.has_postcodes is
  'Whether it lists postcodes; then it is not found around its seat by one that is not listed. '
  'has_districts likewise.';
-- The equality first: a search walks the neighbours within its own category only.
create index search_entries_scope_location_idx
  on private.search_entries using gist (scope, location);
-- The best first, as search_candidates sorts them.
create index search_entries_scope_rank_provider_id_idx
  on private.search_entries (scope, (-base_score), provider_id);
create index search_entries_provider_id_idx on private.search_entries (provider_id);

-- The planner reads the whole histogram of places for every search: at the usual size (100)
-- planning took longer than the search itself.
alter table private.search_entries alter column location set statistics 10;

create table private.search_documents (
  provider_id uuid primary key references public.providers on delete cascade,
  words       text[] not null
);
comment on table private.search_documents is
  'Words by which an active provider is found: its names, categories, services and address, in '
  'all languages.';
create index search_documents_words_idx on private.search_documents using gin (words);

create table private.search_vocabulary (
  market_id text not null references public.markets on delete cascade,
  word      text collate "C" not null,
  primary key (market_id, word)
);
comment on table private.search_vocabulary is
  'Words of the documents of a market. A misspelt word is looked up here, among thousands of '
  'words, rather than in the documents.';
create index search_vocabulary_word_idx
  on private.search_vocabulary using gin (word extensions.gin_trgm_ops);

-- The vocabulary follows the documents. A word that leaves one may still be in others. So a
-- change of documents only notes the word, and a job looks later, without waiting for anybody.
create table private.search_words_gone (
  id         uuid primary key default private.uuid_v7(),
  word       text collate "C" not null,
  created_at timestamptz not null default private.now()
);
comment on table private.search_words_gone is
  'Words that have left a document; perhaps no document has them any more.';

-- Holds a share of the words that are added, so that the job forgets none of them before the
-- documents are committed.
create function private.add_search_words(added private.search_vocabulary[])
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_held integer := -1;
begin
  -- In order, so that two transactions that add the same words can't wait for each other; again
  -- where the job forgot one between the two statements.
  while v_held < cardinality(added) loop
    insert into private.search_vocabulary (market_id, word)
    select word.market_id, word.word
    from unnest(added) as word
    order by 1, 2
    on conflict (market_id, word) do nothing;
    perform 1
    from private.search_vocabulary as known
    join unnest(added) as word using (market_id, word)
    order by known.market_id, known.word
    for key share of known;
    get diagnostics v_held = row_count;
  end loop;
end;
$$;
comment on function private.add_search_words is
  'Part of triggers _500_keep_words of search_documents. added: each word once.';

create function private.tg_search_documents__keep_words()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op in ('UPDATE', 'DELETE') then
    insert into private.search_words_gone (word)
    select unnest(before.words) from before
    except
    select unnest(document.words)
    from before
    join private.search_documents as document on document.provider_id = before.provider_id;
  end if;
  if tg_op = 'UPDATE' then
    perform private.add_search_words(array(
      select row(provider.market_id, unnest(after.words))::private.search_vocabulary
      from after
      join public.providers as provider on provider.id = after.provider_id
      except
      select row(provider.market_id, unnest(before.words))::private.search_vocabulary
      from before
      join public.providers as provider on provider.id = before.provider_id
    ));
  elsif tg_op = 'INSERT' then
    perform private.add_search_words(array(
      select distinct row(provider.market_id, word.value)::private.search_vocabulary
      from after
      join public.providers as provider on provider.id = after.provider_id
      cross join unnest(after.words) as word (value)
    ));
  end if;
  return null;
end;
$$;
comment on function private.tg_search_documents__keep_words is
  'Triggers _500_keep_words, _510_keep_words and _520_keep_words of search_documents.';

create trigger _500_keep_words after insert on private.search_documents
  referencing new table as after
  for each statement execute function private.tg_search_documents__keep_words();
create trigger _510_keep_words after update on private.search_documents
  referencing old table as before new table as after
  for each statement execute function private.tg_search_documents__keep_words();
create trigger _520_keep_words after delete on private.search_documents
  referencing old table as before
  for each statement execute function private.tg_search_documents__keep_words();

create function private.forget_words()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_gone private.search_words_gone[] := array(
    select gone from private.search_words_gone as gone order by gone.id limit 20000
  );
  v_held private.search_vocabulary[];
  v_count integer;
begin
  -- A word that somebody else holds is about to be used: it stays noted until they are done.
  v_held := array(
    select known
    from (select distinct gone.word from unnest(v_gone) as gone) as gone
    cross join public.markets as market
    join private.search_vocabulary as known
      on known.market_id = market.id and known.word = gone.word
    for update of known skip locked
  );
  delete from private.search_words_gone as noted
  using unnest(v_gone) as gone
  where noted.id = gone.id
    and gone.word not in (
      select others.word
      from (
        select known.market_id, known.word
        from (select distinct gone.word from unnest(v_gone) as gone) as gone
        cross join public.markets as market
        join private.search_vocabulary as known
          on known.market_id = market.id and known.word = gone.word
        except
        select held.market_id, held.word from unnest(v_held) as held
      ) as others
    );
  -- A statement of its own, so that it sees what was committed before the words were held.
  delete from private.search_vocabulary as known
  using unnest(v_held) as held
  where known.market_id = held.market_id
    and known.word = held.word
    and not exists (
      select 1
      from private.search_documents as document
      join public.providers as provider on provider.id = document.provider_id
      where document.words @> array[held.word] and provider.market_id = held.market_id
    );
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function private.forget_words is
  'Job: takes words out of the vocabulary that no document of their market has any more. Returns how
many.';

-- Rebuilds what search knows of some providers. Every table has a condition on these providers,
-- also where a join implies it. The planner expects so many rows of a recursive query that it would
-- read all providers otherwise.

create function private.refresh_search(
  provider_ids uuid[], parts text[] default '{entries,areas,documents}'
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if provider_ids = '{}' then
    return;
  end if;
  -- Changes of one provider take turns, so that the last one sees all of them.
  perform 1
  from public.providers as provider
  where provider.id = any (provider_ids)
  order by provider.id
  for no key update;
  if 'entries' = any (parts) then
    perform private.refresh_search_entries(provider_ids);
  end if;
  if 'areas' = any (parts) then
    perform private.refresh_search_areas(provider_ids);
  end if;
  if 'documents' = any (parts) then
    perform private.refresh_search_documents(provider_ids);
  end if;
end;
$$;
comment on function private.refresh_search is
  'Brings these parts of search up to date with these providers; those that are not active
disappear.';

create function private.refresh_search_entries(provider_ids uuid[])
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  with recursive scopes as (
    -- A category shows only if all categories above it show.
    select chosen.provider_id, chosen.market_id, chosen.category_id as leaf_id, category.id,
      category.parent_id
    from public.provider_categories as chosen
    join public.categories as category on category.id = chosen.category_id
    where chosen.provider_id = any (provider_ids) and private.is_shown(category)
    union
    select scopes.provider_id, scopes.market_id, scopes.leaf_id, parent.id, parent.parent_id
    from scopes
    join public.categories as parent on parent.id = scopes.parent_id
  ), all_scopes as (
    select scopes.provider_id, scopes.leaf_id, private.search_scope(scopes.id::text) as scope
    from scopes
    union
    select scopes.provider_id, scopes.leaf_id, private.search_scope(scopes.market_id)
    from scopes
  ), wanted as (
    select distinct on (all_scopes.scope, provider.id)
      all_scopes.scope,
      provider.id as provider_id,
      provider.location,
      provider.reputation_score * 0.4
        + case provider.verification_status when 'verified' then 30 else 0 end as base_score,
      provider.rating_average,
      service.price_amount as price_from_amount,
      service.price_unit,
      provider.verification_status = 'verified' as is_verified
    from public.providers as provider
    join all_scopes on all_scopes.provider_id = provider.id
    left join public.services as service
      on service.provider_id = provider.id
      and service.category_id = all_scopes.leaf_id
      and service.is_active
    where provider.id = any (provider_ids) and provider.status = 'active'
    order by all_scopes.scope, provider.id, service.price_amount nulls last, service.id
  ), vanished as (
    delete from private.search_entries as entry
    where entry.provider_id = any (provider_ids)
      and not exists (
        select 1
        from wanted
        where wanted.scope = entry.scope and wanted.provider_id = entry.provider_id
      )
  )
  insert into private.search_entries as entry (
    scope, provider_id, location, base_score, rating_average, price_from_amount, price_unit,
    is_verified
  )
  select * from wanted
  on conflict (scope, provider_id) do update set
    location = excluded.location,
    base_score = excluded.base_score,
    rating_average = excluded.rating_average,
    price_from_amount = excluded.price_from_amount,
    price_unit = excluded.price_unit,
    is_verified = excluded.is_verified
  where entry.base_score <> excluded.base_score
    or entry.rating_average is distinct from excluded.rating_average
    or entry.price_from_amount is distinct from excluded.price_from_amount
    or entry.price_unit is distinct from excluded.price_unit
    or entry.is_verified <> excluded.is_verified
    or not extensions.st_equals(
      entry.location::extensions.geometry, excluded.location::extensions.geometry
    )
$$;
comment on function private.refresh_search_entries is 'Part of private.refresh_search.';

create function private.refresh_search_documents(provider_ids uuid[])
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from private.search_documents as document
  where document.provider_id = any (provider_ids)
    and not exists (
      select 1
      from public.providers as provider
      where provider.id = document.provider_id and provider.status = 'active'
    );

  with recursive branches as (
    select chosen.provider_id, category.parent_id, category.names, category.keywords
    from public.provider_categories as chosen
    join public.categories as category on category.id = chosen.category_id
    where chosen.provider_id = any (provider_ids) and private.is_shown(category)
    union
    select branches.provider_id, parent.parent_id, parent.names, parent.keywords
    from branches
    join public.categories as parent on parent.id = branches.parent_id
  ), texts as (
    select branches.provider_id, text.value
    from branches
    cross join lateral jsonb_each_text(branches.names) as text
    union all
    select branches.provider_id, array_to_string(branches.keywords, ' ')
    from branches
    union all
    select service.provider_id, text.value
    from public.services as service
    cross join lateral jsonb_each_text(service.names) as text
    where service.provider_id = any (provider_ids) and private.is_offered(service)
    union all
    select skill.provider_id, skill.name
    from public.provider_skills as skill
    where skill.provider_id = any (provider_ids)
    union all
    select provider.id, text.value
    from public.providers as provider
    cross join lateral (
      select named.value from jsonb_each_text(provider.names) as named
      union all
      values (provider.address), (provider.landmark), (provider.city), (provider.postcode)
    ) as text
    where provider.id = any (provider_ids)
  ), wanted as (
    select texts.provider_id, private.search_words(string_agg(texts.value, ' ')) as words
    from texts
    join public.providers as provider on provider.id = texts.provider_id
    where provider.id = any (provider_ids) and provider.status = 'active'
    group by texts.provider_id
  )
  insert into private.search_documents as document (provider_id, words)
  select wanted.provider_id, wanted.words
  from wanted
  on conflict (provider_id) do update set words = excluded.words
  where document.words <> excluded.words;
end;
$$;
comment on function private.refresh_search_documents is 'Part of private.refresh_search.';

-- Every statement that changes what a search may find refreshes the providers it touched.

create function private.tg_providers__refresh_search()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_opened uuid[];
  v_reworded uuid[];
  v_moved uuid[];
begin
  if tg_op = 'INSERT' then
    perform private.refresh_search(array(select row.id from changed as row));
    return null;
  end if;
  v_opened := array(
    select row.id
    from changed as row
    join unchanged as earlier on earlier.id = row.id
    where row.status <> earlier.status
  );
  perform private.refresh_search(v_opened);
  v_reworded := array(
    select row.id
    from changed as row
    join unchanged as earlier on earlier.id = row.id
    where row.id <> all (v_opened)
      and (row.names, row.address, row.landmark, row.postcode, row.city)
        is distinct from (
          earlier.names, earlier.address, earlier.landmark, earlier.postcode, earlier.city
        )
  );
  perform private.refresh_search(v_reworded, '{documents}');
  -- Each booking and review moves a figure; the words stay as they are. The update holds the rows.
  v_moved := array(
    select row.id
    from changed as row
    join unchanged as earlier on earlier.id = row.id
    where row.id <> all (v_opened)
      and (
        row.verification_status, row.rating_average, row.reputation_score, row.location::text
      ) is distinct from (
        earlier.verification_status, earlier.rating_average, earlier.reputation_score,
        earlier.location::text
      )
  );
  if v_moved <> '{}' then
    perform private.refresh_search_entries(v_moved);
  end if;
  return null;
end;
$$;
comment on function private.tg_providers__refresh_search is
  'Triggers _800_refresh_search_… of providers.';

create trigger _800_refresh_search_insert after insert on public.providers
  referencing new table as changed
  for each statement execute function private.tg_providers__refresh_search();
create trigger _800_refresh_search_update after update on public.providers
  referencing new table as changed old table as unchanged
  for each statement execute function private.tg_providers__refresh_search();

-- Arguments: the parts of search that the table is in.
create function private.tg__refresh_search_of_provider()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.refresh_search(
    array(select distinct row.provider_id from changed as row), tg_argv
  );
  return null;
end;
$$;
comment on function private.tg__refresh_search_of_provider is
  'Triggers _800_refresh_search_… of tables with provider_id.';

create trigger _800_refresh_search_insert after insert on public.provider_categories
  referencing new table as changed
  for each statement
  execute function private.tg__refresh_search_of_provider('entries', 'areas', 'documents');
create trigger _800_refresh_search_update after update on public.provider_categories
  referencing new table as changed
  for each statement
  execute function private.tg__refresh_search_of_provider('entries', 'areas', 'documents');
create trigger _800_refresh_search_delete after delete on public.provider_categories
  referencing old table as changed
  for each statement
  execute function private.tg__refresh_search_of_provider('entries', 'areas', 'documents');

create trigger _800_refresh_search_insert after insert on public.services
  referencing new table as changed
  for each statement
  execute function private.tg__refresh_search_of_provider('entries', 'documents');
create trigger _800_refresh_search_delete after delete on public.services
  referencing old table as changed
  for each statement
  execute function private.tg__refresh_search_of_provider('entries', 'documents');

-- Search does not read most of what is written about a service.
create function private.tg_services__refresh_search()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_reworded uuid[] := array(
    select distinct row.provider_id
    from changed as row
    join unchanged as earlier on earlier.id = row.id
    where (row.provider_id, row.category_id, row.names, row.is_active)
      <> (earlier.provider_id, earlier.category_id, earlier.names, earlier.is_active)
  );
begin
  perform private.refresh_search(v_reworded, '{entries,documents}');
  perform private.refresh_search(
    array(
      select distinct row.provider_id
      from changed as row
      join unchanged as earlier on earlier.id = row.id
      where row.provider_id <> all (v_reworded)
        and (row.price_amount, row.price_unit)
          is distinct from (earlier.price_amount, earlier.price_unit)
    ),
    '{entries}'
  );
  return null;
end;
$$;
comment on function private.tg_services__refresh_search is
  'Trigger _800_refresh_search_update of services.';
create trigger _800_refresh_search_update after update on public.services
  referencing new table as changed old table as unchanged
  for each statement execute function private.tg_services__refresh_search();

create function private.refresh_search_of_categories(category_ids uuid[])
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_provider_ids uuid[] := array(
    with recursive branch as (
      select top.id
      from unnest(category_ids) as top (id)
      union
      select child.id
      from branch
      join public.categories as child on child.parent_id = branch.id
    )
    select distinct chosen.provider_id
    from branch
    join public.provider_categories as chosen on chosen.category_id = branch.id
  );
begin
  perform private.refresh_search(v_provider_ids);
  return cardinality(v_provider_ids);
end;
$$;
comment on function private.refresh_search_of_categories is
  'Refreshes the providers of these categories and of all below them. Returns how many.';

-- A category is part of the documents of its providers, and of those below it.
create function private.tg_categories__refresh_search()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.refresh_search_of_categories(array(
    select row.id
    from changed as row
    join unchanged as earlier on earlier.id = row.id
    where (
      row.names, row.keywords, row.parent_id, row.is_active, row.phase, row.launches_on
    ) is distinct from (
      earlier.names, earlier.keywords, earlier.parent_id, earlier.is_active, earlier.phase,
      earlier.launches_on
    )
  ));
  return null;
end;
$$;
comment on function private.tg_categories__refresh_search is
  'Trigger _800_refresh_search_update of categories.';

create trigger _800_refresh_search_update after update on public.categories
  referencing new table as changed old table as unchanged
  for each statement execute function private.tg_categories__refresh_search();

-- What search knows of service areas: each area in each scope of its provider.

create table private.search_areas (
  area_id     uuid not null references public.service_areas on delete cascade,
  scope       bigint not null,
  -- Empty for circles and polygons.
  name        text not null,
  provider_id uuid not null,
  area        extensions.geography (polygon, 4326),
  center      extensions.geography (point, 4326),
  radius_m    double precision,
  primary key (area_id, scope, name),
  foreign key (scope, provider_id) references private.search_entries (scope, provider_id)
    on delete cascade
);
comment on table private.search_areas is
  'Service areas of the entries: circles and polygons with their shape, postcodes and districts '
  'with one row per name.';
create index search_areas_scope_area_idx on private.search_areas using gist (scope, area);
create index search_areas_scope_name_idx on private.search_areas (scope, name);
create index search_areas_scope_provider_id_idx on private.search_areas (scope, provider_id);

create function private.area_names(postcodes text[], districts text[])
returns text[]
language sql
stable
set search_path = ''
as $$
  select array(
    select 'postcode ' || upper(regexp_replace(postcode.value, '[\s-]', '', 'g'))
    from unnest(area_names.postcodes) as postcode (value)
    union
    select 'district ' || array_to_string(private.search_words(district.value), ' ')
    from unnest(area_names.districts) as district (value)
  )
$$;
comment on function private.area_names is 'Postcodes and districts as search compares them.';

create function private.refresh_search_areas(provider_ids uuid[])
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- Scopes that went took their rows with them.
  insert into private.search_areas (area_id, scope, name, provider_id, area, center, radius_m)
  select
    area.id, entry.scope, named.name, entry.provider_id, area.area,
    private.point(area.lat, area.lng), area.radius_km * 1000
  from public.service_areas as area
  join private.search_entries as entry on entry.provider_id = area.provider_id
  cross join lateral (
    select unnest(private.area_names(area.postcodes, area.districts)) as name
    union all
    select '' where area.area is not null
  ) as named
  where area.provider_id = any (provider_ids)
    -- Areas never change: what is known of one is all of it.
    and not exists (
      select 1
      from private.search_areas as known
      where known.area_id = area.id and known.scope = entry.scope
    )
  on conflict do nothing;

  update private.search_entries as entry
  set
    is_seated = wanted.is_seated,
    has_postcodes = wanted.has_postcodes,
    has_districts = wanted.has_districts
  from (
    select
      provider.id,
      count(area.area) = 0 as is_seated,
      count(area.postcodes) > 0 as has_postcodes,
      count(area.districts) > 0 as has_districts
    from public.providers as provider
    left join public.service_areas as area on area.provider_id = provider.id
    where provider.id = any (provider_ids)
    group by provider.id
  ) as wanted
  where entry.provider_id = wanted.id
    and (entry.is_seated, entry.has_postcodes, entry.has_districts)
      <> (wanted.is_seated, wanted.has_postcodes, wanted.has_districts);
end;
$$;
comment on function private.refresh_search_areas is 'Part of private.refresh_search.';

create trigger _800_refresh_search_insert after insert on public.service_areas
  referencing new table as changed
  for each statement execute function private.tg__refresh_search_of_provider('areas');
create trigger _800_refresh_search_delete after delete on public.service_areas
  referencing old table as changed
  for each statement execute function private.tg__refresh_search_of_provider('areas');
create trigger _800_refresh_search_insert after insert on public.provider_skills
  referencing new table as changed
  for each statement execute function private.tg__refresh_search_of_provider('documents');
create trigger _800_refresh_search_delete after delete on public.provider_skills
  referencing old table as changed
  for each statement execute function private.tg__refresh_search_of_provider('documents');

-- Whether a category shows is part of the entries, so a launch refreshes its providers, and those
-- of the categories below it.

create function private.tg_markets__refresh_search()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.refresh_search_of_categories(array(
    select category.id
    from public.categories as category
    where category.market_id = new.id and category.phase <> 'mvp'
  ));
  return null;
end;
$$;
comment on function private.tg_markets__refresh_search is 'Trigger _800_refresh_search of markets.';

create trigger _800_refresh_search after update of phase on public.markets
  for each row
  when (old.phase <> new.phase)
  execute function private.tg_markets__refresh_search();

create function private.refresh_launched()
returns integer
language sql
volatile
security definer
set search_path = ''
as $$
  select private.refresh_search_of_categories(array(
    select category.id
    from public.categories as category
    -- The dates that are today somewhere on earth.
    where category.launches_on between (private.now() - interval '12 hours')::date
      and (private.now() + interval '14 hours')::date
  ))
$$;
comment on function private.refresh_launched is
  'Job: refreshes the providers of categories that launch today. Returns how many.';

-- Typo tolerance: the words of a query become words that the market's documents really have.
create function private.match_search_words(market_id text, query text)
returns table (same text[], similar_words text[])
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
    with asked as (
      select word.value
      from unnest(private.search_words(match_search_words.query)) as word (value)
      order by length(word.value) desc, word.value
      limit 8
    ), found as materialized (
      select
        -- The word itself, and from three letters on the words that begin with it: a range of the
        -- index, up to the last code point there is.
        array(
          select known.word
          from private.search_vocabulary as known
          where known.market_id = match_search_words.market_id
            and known.word >= asked.value
            and known.word <= asked.value
              || case when length(asked.value) < 3 then '' else U&'\+10FFFF' end
          order by length(known.word), known.word
          limit 20
        ) as same,
        -- "plumer" and "plumber" are 0.5 alike, "plumer" and "plumbing" 0.33.
        array(
          select known.word
          from private.search_vocabulary as known
          where known.market_id = match_search_words.market_id
            and known.word operator(extensions.%) asked.value
            and extensions.similarity(known.word, asked.value) >= 0.4
            and length(asked.value) >= 4
          order by extensions.similarity(known.word, asked.value) desc, known.word
          limit 5
        ) as similar_words
      from asked
    )
    select found.same, found.similar_words
    from found
    -- A word that nothing resembles ("please") says nothing.
    where found.same <> '{}' or found.similar_words <> '{}';
end;
$$;
comment on function private.match_search_words is
  'One row per word of the query that the market knows: words that are the same or begin so, and '
  'words spelt alike (trigram similarity of 0.4 or more).';

-- Where a provider works, written once for search and for bookings: what is found at a place can be
-- booked there, and what can't be booked there is not found.
create function private.place_names(postcode text, district text)
returns text[]
language sql
stable
set search_path = ''
as $$
  select case
    when num_nonnulls(postcode, district) = 0 then '{}'
    else private.area_names(
      array_remove(array[postcode], null), array_remove(array[district], null)
    )
  end
$$;
comment on function private.place_names is
  'What is known of a place beside its coordinates, as search compares it.';

-- These are conditions on private.search_entries as entry. In their statement the parameters are
-- $1 scope, $2 place, $3 kilometres from the seat, $4 private.place_names, $5 market, $6 postcode.
create function private.search_ways(
  scope bigint, place extensions.geography, postcode text, district text
)
returns text[]
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_named text := case when num_nonnulls(postcode, district) > 0 then
    'select area.provider_id
     from private.search_areas as area
     where area.scope = $1 and area.name = any ($4)'
  end;
  v_seated text := concat_ws(
    ' and ',
    'entry.is_seated',
    case when postcode is not null then 'not entry.has_postcodes' end,
    case when district is not null then 'not entry.has_districts' end
  );
  v_covering text;
  v_worked text;
begin
  if place is null and v_named is null then
    return array['true'];
  elsif place is null then
    return array[format(
      '(
        entry.provider_id in (%s)
        or %s and entry.provider_id in (
          select seat.id
          from public.providers as seat
          where seat.market_id = $5 and seat.postcode = $6
        )
      )',
      v_named, v_seated
    )];
  end if;
  -- Where no area is near, the second way is left out of the plan.
  if exists (
    select 1
    from private.search_areas as area
    where area.scope = search_ways.scope
      and area.area operator(extensions.&&) search_ways.place
  ) then
    v_covering :=
      'select area.provider_id
       from private.search_areas as area
       where area.scope = $1
         and area.area operator(extensions.&&) $2
         and case
           when area.radius_m is null then extensions.st_covers(area.area, $2)
           else extensions.st_dwithin(area.center, $2, area.radius_m, false)
         end';
  end if;
  v_worked := nullif(concat_ws(' union all ', v_covering, v_named), '');
  -- The meaning of st_dwithin, in parts that the planner can estimate. Of st_dwithin itself it
  -- expects so few rows that it never walks the index in order of distance.
  return array[
    v_seated || '
      and entry.location operator(extensions.&&) extensions._st_expand($2, $3 * 1000)
      and (entry.location operator(extensions.<->) $2) <= $3 * 1000'
  ] || case when v_worked is not null then
    array[format('entry.provider_id in (%s)', v_worked)]
  end;
end;
$$;
comment on function private.search_ways is
  'Conditions of the ways to be found at a place; no provider is found in two.';

create function private.works_at(
  provider public.providers, place extensions.geography, postcode text, district text
)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_scope bigint := private.search_scope((provider).market_id);
  v_works boolean;
begin
  if extensions.st_dwithin((provider).location, place, 200, false) then
    return true;
  end if;
  execute format(
    'select exists (
      select 1
      from private.search_entries as entry
      where entry.scope = $1 and entry.provider_id = $7 and ((%s))
    )',
    array_to_string(
      private.search_ways(v_scope, place, works_at.postcode, works_at.district), ') or ('
    )
  )
  into v_works
  using v_scope, place,
    (select market.reach_km from public.markets as market where market.id = (provider).market_id),
    private.place_names(works_at.postcode, works_at.district), (provider).market_id,
    works_at.postcode, (provider).id;
  return v_works;
end;
$$;
comment on function private.works_at is
  'Whether the place is the provider''s own seat (200 m), or search finds it there.';

-- One row of a page of a search.
create type private.search_candidate as (
  provider_id uuid,
  sort_key double precision,
  distance_m double precision,
  match_score double precision,
  price_from_amount bigint,
  price_unit text
);

-- Finds and orders the providers of a page. The statement is put together from the conditions
-- that this search has, so that each search is planned for what it asks: the nearest ones walk
-- the spatial index in order, a category without a place walks the index of scores.
create function private.search_candidates(
  scope bigint,
  market_id text,
  query text,
  place extensions.geography,
  radius_km double precision,
  min_rating double precision,
  is_verified_only boolean,
  max_price_amount bigint,
  sort text,
  after_key double precision,
  after_id uuid,
  row_limit integer,
  postcode text,
  district text
)
returns setof private.search_candidate
language plpgsql
stable
security definer
set search_path = ''
-- Starting workers, and compiling, cost more than such a search takes.
set max_parallel_workers_per_gather = 0
set jit = off
as $$
declare
  v_distance text := case
    when place is null then 'null::double precision'
    else '(entry.location operator(extensions.<->) $2)'
  end;
  -- LocalPro gives 30 points within 2 km and none beyond; here they fade out until 20 km.
  v_score text := 'entry.base_score' || case
    when place is null then ''
    else format(' + 30 * (1 - least(greatest(%s / 1000 - 2, 0), 18) / 18)', v_distance)
  end;
  v_conditions text[] := array[]::text[];
  v_relevance text[] := array[]::text[];
  v_words record;
  v_key text;
  v_ways text[] := private.search_ways(
    search_candidates.scope, place, search_candidates.postcode, search_candidates.district
  );
begin
  if nullif(btrim(query), '') is not null then
    for v_words in
      select * from private.match_search_words(search_candidates.market_id, query)
    loop
      v_conditions := v_conditions || format(
        'document.words operator(pg_catalog.&&) %L::text[]', v_words.same || v_words.similar_words
      );
      v_relevance := v_relevance || format(
        'case when document.words operator(pg_catalog.&&) %L::text[] then 1.0 else 0.7 end',
        v_words.same
      );
    end loop;
    if v_conditions = '{}' then
      return;
    end if;
    v_score := format(
      '(%s) * (%s) / %s', v_score, array_to_string(v_relevance, ' + '), cardinality(v_relevance)
    );
  end if;
  if min_rating is not null then
    v_conditions := v_conditions || 'entry.rating_average >= $7'::text;
  end if;
  if is_verified_only then
    v_conditions := v_conditions || 'entry.is_verified'::text;
  end if;
  if max_price_amount is not null then
    v_conditions := v_conditions || 'entry.price_from_amount <= $8'::text;
  end if;

  v_key := case sort
    when 'distance' then v_distance
    when 'rating' then '-coalesce(entry.rating_average, 0)'
    when 'price' then 'coalesce(entry.price_from_amount, 1e15)::double precision'
    -- Ascending like the index, so that the order can come from it.
    else format('-(%s)', v_score)
  end;
  if after_id is not null then
    v_conditions := v_conditions || format('(%s, entry.provider_id) > ($9, $10)', v_key);
  end if;

  return query execute (
    select string_agg(
      format(
        '(
          select entry.provider_id, %1$s as sort_key, %2$s, (%3$s)::double precision,
            entry.price_from_amount, entry.price_unit
          from private.search_entries as entry %4$s
          where entry.scope = $1 and %5$s
          order by %1$s, entry.provider_id
          limit $11
        )',
        v_key, v_distance, v_score,
        case when v_relevance <> '{}' then
          'join private.search_documents as document on document.provider_id = entry.provider_id'
        end,
        array_to_string(v_conditions || way.condition, ' and ')
      ),
      ' union all '
    ) || case
      when cardinality(v_ways) > 1 then ' order by sort_key, provider_id limit $11'
      else ''
    end
    from unnest(v_ways) as way (condition)
  )
  using scope, place, radius_km,
    private.place_names(search_candidates.postcode, search_candidates.district),
    search_candidates.market_id, search_candidates.postcode, min_rating, max_price_amount,
    after_key, after_id, row_limit;
end;
$$;
comment on function private.search_candidates is
  'Rows of one page in their order; sort_key and provider_id are the keyset.';

-- What a search answers of each provider it found.
create function private.search_items(
  candidates private.search_candidate[], sort text, language text, market public.markets
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_fallback text := (market).default_language;
begin
  return (
    with chosen as (
      select distinct provider_category.provider_id, provider_category.category_id
      from unnest(candidates) as found
      join public.provider_categories as provider_category
        on provider_category.provider_id = found.provider_id
    ), shown as materialized (
      -- Once each: the providers of a page share most of their categories.
      select category.id, category.sort_order, category.slug,
        jsonb_build_object(
          'slug', category.slug,
          'name', private.localized(category.names, language, v_fallback)
        ) as item
      from public.categories as category
      where category.id in (select chosen.category_id from chosen) and private.is_shown(category)
    ), listed as (
      select chosen.provider_id,
        jsonb_agg(shown.item order by shown.sort_order, shown.slug) as categories
      from chosen
      join shown on shown.id = chosen.category_id
      group by chosen.provider_id
    )
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'provider_id', provider.id,
          'slug', provider.slug,
          'name', private.localized(provider.names, language, v_fallback),
          'description', private.localized(provider.descriptions, language, v_fallback),
          'kind', provider.kind,
          'categories', coalesce(listed.categories, '[]'),
          'lat', extensions.st_y(provider.location::extensions.geometry),
          'lng', extensions.st_x(provider.location::extensions.geometry),
          'distance_km', round((found.distance_m / 1000)::numeric, 3),
          'rating_average', provider.rating_average,
          'rating_count', provider.rating_count,
          'is_verified', provider.verification_status = 'verified',
          'reputation_score', provider.reputation_score,
          'price_from_amount', found.price_from_amount,
          'currency', (market).currency,
          'price_unit', found.price_unit,
          'match_score', round(found.match_score::numeric, 2),
          'cursor', private.encode_cursor(
            jsonb_build_array(search_items.sort, found.sort_key, found.provider_id)
          )
        )
        order by found.sort_key, found.provider_id
      ),
      '[]'
    )
    from unnest(candidates) as found
    join public.providers as provider on provider.id = found.provider_id
    left join listed on listed.provider_id = provider.id
  );
end;
$$;
comment on function private.search_items is 'The items of a page, in their order.';

-- Search for providers: near a place, in a category, by words, filtered, ranked, page by page.

create function private.search_providers(
  market text,
  query text default null,
  category text default null,
  lat jsonb default null,
  lng jsonb default null,
  radius_km jsonb default '10',
  min_rating jsonb default null,
  verified_only jsonb default 'false',
  max_price_amount jsonb default null,
  language text default null,
  sort text default 'rank',
  page_size jsonb default '20',
  cursor text default null,
  postcode text default null,
  district text default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_market public.markets := private.require_market(search_providers.market);
  v_query text := private.parse_text(search_providers.query, 'invalid_query', 200, false);
  v_lat numeric := private.parse_number(search_providers.lat, 'invalid_lat', -90, 90);
  v_lng numeric := private.parse_number(search_providers.lng, 'invalid_lng', -180, 180);
  v_radius_km numeric := private.parse_number(
    search_providers.radius_km, 'invalid_radius_km', 0.1, 500, 10
  );
  v_sort text := coalesce(search_providers.sort, 'rank');
  v_page_size integer := private.parse_integer(
    search_providers.page_size, 'invalid_page_size', 1, 100, 20
  );
  v_after jsonb := private.decode_cursor(search_providers.cursor, '{string,number,string}');
  v_language text := coalesce(
    private.parse_language(search_providers.language, 'invalid_language', false),
    v_market.default_language
  );
  v_scope bigint := private.search_scope(v_market.id);
  v_postcode text := private.parse_postcode(search_providers.postcode, 'invalid_postcode');
  v_district text := private.parse_text(
    search_providers.district, 'invalid_district', 100, false
  );
  v_page private.search_candidate[];
  v_items jsonb;
begin
  if auth.uid() is not null then
    perform private.require_me();
  end if;
  if v_sort not in ('rank', 'distance', 'rating', 'price') then
    perform private.fail('invalid_sort', 'rank, distance, rating or price');
  end if;
  if v_after is not null and v_after ->> 0 <> v_sort then
    perform private.fail('invalid_cursor', 'a cursor of the same sort');
  end if;
  if (v_lat is null) <> (v_lng is null) or (v_sort = 'distance' and v_lat is null) then
    perform private.fail('place_required');
  end if;
  if search_providers.category is not null then
    select private.search_scope(asked.id::text) into v_scope
    from public.categories as asked
    where asked.market_id = v_market.id
      and asked.slug = search_providers.category
      and private.is_shown(asked);
    if not found then
      perform private.fail('category_not_found');
    end if;
  end if;

  -- One row more than asked for tells whether there is a next page.
  v_page := array(
    select candidate
    from private.search_candidates(
      v_scope,
      v_market.id,
      v_query,
      private.point(v_lat::float8, v_lng::float8),
      -- No further than a booking may go.
      least(v_radius_km::float8, v_market.reach_km),
      private.parse_number(search_providers.min_rating, 'invalid_min_rating', 1, 5)::float8,
      private.parse_boolean(search_providers.verified_only, 'invalid_verified_only', false),
      private.parse_integer(
        search_providers.max_price_amount, 'invalid_max_price_amount', 0, 1000000000000
      ),
      v_sort,
      private.parse_double(v_after -> 1, 'invalid_cursor'),
      private.parse_uuid(v_after ->> 2, 'invalid_cursor', v_after is not null),
      v_page_size + 1,
      v_postcode,
      v_district
    ) as candidate
    order by candidate.sort_key, candidate.provider_id
  );
  v_items := private.search_items(v_page[:v_page_size], v_sort, v_language, v_market);
  return jsonb_build_object(
    'items', v_items,
    'next_cursor', case when cardinality(v_page) > v_page_size then v_items -> -1 -> 'cursor' end
  );
end;
$$;
comment on function private.search_providers is
  'Active providers of a market: {items, next_cursor}.
query: words in any language, typos allowed. category: a slug; sub-categories are included.
lat, lng: WGS 84 degrees; then only providers that work there: those with service areas that cover
the place, wherever they sit, and those without within radius_km (0.1 to 500), at most reach_km of
the market. What is found at a place can be booked there.
postcode, district: of the customer; they match service areas of that kind, which otherwise count
as having no area; without lat and lng, a provider without areas has to sit in the postcode.
language: a tag as hi or hi-IN; the market''s own by default.
sort: rank (match score), distance, rating, price. page_size: 1 to 100. cursor: of an item or page.
match_score: 0.4 times the reputation, 30 if verified, up to 30 for nearness (all within 2 km, none
from 20 km on), less where words are only alike (after LocalPro''s search, whose step at 2 km it
smooths). distance_km is on the sphere.';

select private.expose('search_providers', 'anon', 'authenticated', 'service_role');

-- A booking is at a place where search finds the business.

-- Raises PT409 outside_service_area.
create function private.tg_bookings__require_reach()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not private.works_at(
    (select provider from public.providers as provider where provider.id = new.provider_id),
    new.location, new.postcode, new.district
  ) then
    perform private.fail('outside_service_area');
  end if;
  return new;
end;
$$;
comment on function private.tg_bookings__require_reach is
  'Triggers _400_require_reach_… of bookings.';

create trigger _400_require_reach_insert before insert on public.bookings
  for each row
  when (new.status <> 'draft')
  execute function private.tg_bookings__require_reach();
-- For a draft that is sent; one that is thrown away, or expires, may be anywhere.
create trigger _400_require_reach_update before update of status on public.bookings
  for each row
  when (old.status = 'draft' and new.blocked is not null)
  execute function private.tg_bookings__require_reach();
