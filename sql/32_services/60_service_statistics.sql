-- How often a service was looked at and booked.
create table public.service_statistics (
  service_id    uuid primary key references public.services on delete cascade,
  view_count    bigint not null default 0,
  booking_count bigint not null default 0,
  created_at    timestamptz not null default private.now(),
  updated_at    timestamptz not null default private.now()
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
  viewed_on  date not null default (private.now() at time zone 'UTC')::date,
  primary key (service_id, user_id, viewed_on)
);
comment on table private.service_views is 'Who looked at a service on which day; kept for two.';
create index service_views_user_id_idx on private.service_views (user_id);
create index service_views_viewed_on_idx on private.service_views (viewed_on);

insert into private.rate_limits (action, capacity, window_seconds, reason)
values ('view_service', 300, 3600, 'too_many_views')
on conflict (action) do nothing;

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
    perform private.fail('service_not_found');
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
comment on function private.view_service is
  'Counts that the caller looked at a service, once a day: {service_id, is_counted}.';

select private.expose('view_service', 'authenticated');

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
  where view.viewed_on < (private.now() at time zone 'UTC')::date - 1;
  return coalesce(cardinality(v_changes), 0);
end;
$$;
comment on function private.add_up_counts is
  'Job: adds up what count_changes holds. Returns how many changes.';
