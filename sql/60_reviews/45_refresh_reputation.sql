-- Keeps rating_average, rating_count and reputation_score of providers true. They are what search
-- reads, so its own trigger follows.

create function private.refresh_reputation(provider_ids uuid[])
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  select 1
  from public.providers as provider
  where provider.id = any (provider_ids)
  order by provider.id
  for no key update;

  update public.providers as provider
  set
    rating_average = fresh.rating_average,
    rating_count = fresh.rating_count,
    reputation_score = fresh.reputation_score
  from (
    select
      listed.id,
      round(rating.rating_sum::numeric / nullif(rating.rating_count, 0), 2) as rating_average,
      coalesce(rating.rating_count, 0) as rating_count,
      (private.current_reputation(listed.id) ->> 'score')::numeric as reputation_score
    from unnest(provider_ids) as listed (id)
    left join public.provider_ratings as rating on rating.provider_id = listed.id
  ) as fresh
  where provider.id = fresh.id
    and (provider.rating_average, provider.rating_count, provider.reputation_score)
      is distinct from (fresh.rating_average, fresh.rating_count, fresh.reputation_score)
$$;
comment on function private.refresh_reputation is
  'Brings the ratings and the score of these providers up to date; constant cost for each.';

create function private.tg_reviews__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- Counts first, score after.
  perform private.count_reviews(array(select row.id from added as row));
  perform private.refresh_reputation(array(
    select distinct row.provider_id from added as row where row.side = 'customer'
  ));
  return null;
end;
$$;
comment on function private.tg_reviews__count is 'Trigger _500_count of reviews.';

create trigger _500_count after insert on public.reviews
  referencing new table as added
  for each statement execute function private.tg_reviews__count();

create function private.tg_booking_status_history__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_history_ids uuid[] := array(
    select row.id from added as row where row.from_status is not null
  );
  v_provider_ids uuid[];
begin
  if v_history_ids = '{}' then
    return null;
  end if;
  v_provider_ids := private.count_booking_moves(v_history_ids);
  if v_provider_ids is not null then
    perform private.refresh_reputation(v_provider_ids);
  end if;
  return null;
end;
$$;
comment on function private.tg_booking_status_history__count is
  'Trigger _500_count of booking_status_history.';

create trigger _500_count after insert on public.booking_status_history
  referencing new table as added
  for each statement execute function private.tg_booking_status_history__count();

create function private.tg_providers__refresh_reputation()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.refresh_reputation(array[new.id]);
  return null;
end;
$$;
comment on function private.tg_providers__refresh_reputation is
  'Triggers _500_refresh_reputation_… of providers.';

create trigger _500_refresh_reputation_insert after insert on public.providers
  for each row execute function private.tg_providers__refresh_reputation();
create trigger _500_refresh_reputation_update
  after update of verification_status, background_checked_at on public.providers
  for each row
  when (
    (old.verification_status, old.background_checked_at)
      is distinct from (new.verification_status, new.background_checked_at)
  )
  execute function private.tg_providers__refresh_reputation();

-- Everything else moves with a review or a booking; tenure moves with the calendar.
create function private.refresh_tenure()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_provider_ids uuid[] := array(
    select provider.id
    from public.providers as provider
    where exists (
      select 1
      from public.reputation_formulas as formula
      cross join lateral jsonb_array_elements(formula.tenure_steps) as step
      where formula.is_active
        -- A week, so that nights on which the job did not run are made up for.
        and extract(day from private.now() - provider.created_at) - (step ->> 'from')::numeric
          between 0 and 7
    )
  );
begin
  perform private.refresh_reputation(v_provider_ids);
  return cardinality(v_provider_ids);
end;
$$;
comment on function private.refresh_tenure is
  'Job: scores the providers that reached another step of tenure. Returns how many it looked at.';
