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
