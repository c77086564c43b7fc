-- Counts that many transactions change at once. A counter row would make them wait for each other
-- until commit; so each appends its change, and a job adds them up: the cost of a change is the
-- same however large the counts, and they are at most a minute old. Every way in which a count
-- falls or rises has its change, so that the sums are exact.
create table private.count_changes (
  id         uuid primary key default private.uuid_v7(),
  subject_id uuid not null,
  counter    text not null check (counter in (
    'category_providers', 'category_services', 'category_bookings', 'service_views',
    'service_bookings'
  )),
  change     integer not null,
  created_at timestamptz not null default private.now()
);
comment on table private.count_changes is 'Changes of counts that are not yet added up.';
comment on column private.count_changes.subject_id is
  'A category or service, by the counter; one that is gone by then counts nothing.';

create table public.category_statistics (
  category_id    uuid primary key references public.categories on delete cascade,
  provider_count integer not null default 0,
  service_count  integer not null default 0,
  booking_count  integer not null default 0,
  created_at     timestamptz not null default private.now(),
  updated_at     timestamptz not null default private.now()
);
comment on table public.category_statistics is
  'Counts of each category, at most a minute old; a category without a row has none.';
comment on column public.category_statistics.provider_count is
  'Active providers in this very category; those of the categories below are theirs.';
comment on column public.category_statistics.service_count is
  'Services in this very category that are switched on, of active providers.';
comment on column public.category_statistics.booking_count is
  'Bookings with a service that was in this category when it was booked, however they ended; '
  'drafts and deleted bookings don''t count.';
create trigger _100_timestamps before insert or update on public.category_statistics
  for each row execute function private.tg__timestamps();
alter table public.category_statistics enable row level security;
grant select on public.category_statistics to anon, authenticated, service_role;
-- The subquery is itself under the policies of categories.
create policy select_of_visible on public.category_statistics for select to anon, authenticated
  using (exists (select 1 from public.categories as category where category.id = category_id));
