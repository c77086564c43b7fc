-- What a provider's bookings tell about it, counted move by move. Earnings are not counted here.
create table public.provider_statistics (
  provider_id                 uuid primary key references public.providers on delete cascade,
  completed_count             integer not null default 0,
  cancelled_by_provider_count integer not null default 0,
  cancelled_by_customer_count integer not null default 0,
  missed_count                integer not null default 0,
  request_count               integer not null default 0,
  declined_count              integer not null default 0,
  unanswered_count            integer not null default 0,
  response_seconds_sum        bigint not null default 0,
  failed_count                integer not null generated always as (
    cancelled_by_provider_count + missed_count
  ) stored,
  job_count                   integer not null generated always as (
    completed_count + cancelled_by_provider_count + cancelled_by_customer_count + missed_count
  ) stored,
  completion_rate             numeric(5, 4) generated always as (
    completed_count::numeric / nullif(
      completed_count + cancelled_by_provider_count + cancelled_by_customer_count + missed_count,
      0
    )
  ) stored,
  acceptance_rate             numeric(5, 4) generated always as (
    (request_count - declined_count - unanswered_count)::numeric / nullif(request_count, 0)
  ) stored,
  response_seconds_average    integer generated always as (
    response_seconds_sum / nullif(request_count, 0)
  ) stored,
  created_at                  timestamptz not null default private.now(),
  updated_at                  timestamptz not null default private.now()
);
comment on table public.provider_statistics is
  'Counts of a provider''s bookings; kept by trigger, a provider without moves has no row.';
comment on column public.provider_statistics.completed_count is
  'Jobs that are completed; one in dispute is not, until it is decided.';
comment on column public.provider_statistics.cancelled_by_provider_count is
  'Agreed jobs that the provider called off.';
comment on column public.provider_statistics.cancelled_by_customer_count is
  'Agreed jobs that the customer called off; withdrawn requests don''t count.';
comment on column public.provider_statistics.missed_count is
  'Agreed jobs that the provider did not come to; one in dispute is not, until it is decided.';
comment on column public.provider_statistics.request_count is
  'Requests that the provider answered or let expire.';
comment on column public.provider_statistics.response_seconds_sum is
  'From each of these requests to the first move of the provider, or to its expiry.';
comment on column public.provider_statistics.failed_count is 'Jobs that failed by the provider.';
comment on column public.provider_statistics.job_count is 'Agreed jobs that are over.';
comment on column public.provider_statistics.completion_rate is
  'completed_count of job_count, 0 to 1; null without jobs.';
comment on column public.provider_statistics.acceptance_rate is
  'Requests that the provider neither declined nor let expire, of all, 0 to 1; null without any.';
comment on column public.provider_statistics.response_seconds_average is
  'response_seconds_sum of request_count, seconds; null without requests.';
create trigger _100_timestamps before insert or update on public.provider_statistics
  for each row execute function private.tg__timestamps();
alter table public.provider_statistics enable row level security;
grant select on public.provider_statistics to authenticated, service_role;
create policy select_member_or_admin on public.provider_statistics for select to authenticated
  using (
    provider_id in (select private.my_provider_ids()) or (select private.has_role('admin'))
  );

-- The trigger counts one move, recompute_provider_statistics all of a provider.
create function private.count_booking_moves(history_ids uuid[])
returns uuid[]
language sql
volatile
security definer
set search_path = ''
as $$
  with moves as (
    select
      booking.provider_id, move.from_status, move.to_status, move.actor,
      move.from_status = 'requested'
        and (move.actor = 'provider' or move.to_status = 'expired') as is_response,
      extract(epoch from move.created_at - entered.created_at) as seconds,
      -- After an admin's decision the same side is to blame as before: the provider, unless it was
      -- the provider who reported that the customer was not there.
      'no_show' in (move.from_status, move.to_status) and not exists (
        select 1
        from public.booking_status_history as report
        where report.booking_id = move.booking_id
          and report.to_status = 'no_show'
          and report.actor = 'provider'
      ) as is_about_missing
    from public.booking_status_history as move
    join public.booking_status_history as entered
      on entered.booking_id = move.booking_id and entered.position = move.position - 1
    join public.bookings as booking on booking.id = move.booking_id
    where move.id = any (history_ids)
  ), counts as (
    select
      moves.provider_id,
      count(*) filter (where moves.to_status = 'completed')
        - count(*) filter (where moves.from_status = 'completed') as completed,
      count(*) filter (where moves.to_status = 'cancelled' and moves.actor = 'provider')
        as cancelled_by_provider,
      count(*) filter (
        where moves.to_status = 'cancelled' and moves.actor = 'customer'
          and moves.from_status in ('awaiting_payment', 'confirmed', 'en_route', 'arrived')
      ) as cancelled_by_customer,
      count(*) filter (where moves.is_about_missing and moves.to_status = 'no_show')
        - count(*) filter (where moves.is_about_missing and moves.from_status = 'no_show')
        as missed,
      count(*) filter (where moves.is_response) as requests,
      count(*) filter (where moves.to_status = 'declined') as declined,
      count(*) filter (where moves.is_response and moves.to_status = 'expired') as unanswered,
      coalesce(sum(round(moves.seconds)) filter (where moves.is_response), 0) as response_seconds
    from moves
    group by moves.provider_id
  ), added as (
    insert into public.provider_statistics as total (
      provider_id, completed_count, cancelled_by_provider_count, cancelled_by_customer_count,
      missed_count, request_count, declined_count, unanswered_count, response_seconds_sum
    )
    select * from counts
    where (
      counts.completed, counts.cancelled_by_provider, counts.cancelled_by_customer, counts.missed,
      counts.requests, counts.declined
    ) <> (0, 0, 0, 0, 0, 0)
    order by counts.provider_id
    on conflict (provider_id) do update set
      completed_count = total.completed_count + excluded.completed_count,
      cancelled_by_provider_count =
        total.cancelled_by_provider_count + excluded.cancelled_by_provider_count,
      cancelled_by_customer_count =
        total.cancelled_by_customer_count + excluded.cancelled_by_customer_count,
      missed_count = total.missed_count + excluded.missed_count,
      request_count = total.request_count + excluded.request_count,
      declined_count = total.declined_count + excluded.declined_count,
      unanswered_count = total.unanswered_count + excluded.unanswered_count,
      response_seconds_sum = total.response_seconds_sum + excluded.response_seconds_sum
    returning total.provider_id
  )
  select array_agg(added.provider_id) from added
$$;
comment on function private.count_booking_moves is
  'Adds these moves to provider_statistics. Returns the providers whose row changed, or null.';
