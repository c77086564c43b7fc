-- The score is a pure function of facts and a formula; a reader of the answer can repeat it.
create function private.score_reputation(facts jsonb, formula public.reputation_formulas)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  with fact as (
    select
      fact.*,
      round(fact.recent_average - fact.rating_average, 2) as trend,
      round(
        fact.failed_count::numeric / nullif(fact.completed_count + fact.failed_count, 0), 4
      ) as failure_rate
    from jsonb_to_record(facts) as fact (
      rating_average numeric, recent_average numeric, completed_count integer,
      failed_count integer, response_seconds integer, is_identity_verified boolean,
      is_background_checked boolean, age_days integer
    )
  ), factors as (
    select
      factor.position, factor.name, factor.raw_value,
      greatest(0, least(100, coalesce(
        factor.score, ((formula).scores_without_data ->> factor.name)::numeric
      ))) as score,
      ((formula).weights ->> factor.name)::numeric
        / sum(((formula).weights ->> factor.name)::numeric) over () as weight
    from fact
    cross join lateral (
      values
        (1, 'rating', to_jsonb(fact.rating_average), fact.rating_average / 5 * 100),
        (
          2, 'volume', to_jsonb(fact.completed_count),
          fact.completed_count * 100.0 / (formula).full_volume_count
        ),
        (
          3, 'response', to_jsonb(fact.response_seconds),
          private.step_score((formula).response_steps, fact.response_seconds)
        ),
        (
          4, 'verification',
          jsonb_build_object(
            'identity', fact.is_identity_verified, 'background', fact.is_background_checked
          ),
          case when fact.is_identity_verified then (formula).identity_points else 0 end
            + case when fact.is_background_checked then (formula).background_points else 0 end
        ),
        (5, 'reliability', to_jsonb(fact.failure_rate), (1 - fact.failure_rate) * 100),
        (
          6, 'tenure', to_jsonb(fact.age_days),
          private.step_score((formula).tenure_steps, fact.age_days)
        ),
        (
          7, 'trend', to_jsonb(fact.trend),
          private.step_score((formula).trend_steps, fact.trend)
        )
    ) as factor (position, name, raw_value, score)
  ), penalties as (
    select
      fact.completed_count < (formula).few_jobs_below as has_few_jobs,
      coalesce(fact.failure_rate > (formula).failure_rate_above, false) as has_many_failures
    from fact
  ), total as (
    select
      sum(factors.score * factors.weight) as weighted,
      jsonb_agg(
        jsonb_build_object(
          'factor', factors.name,
          'raw_value', factors.raw_value,
          'score', round(factors.score, 2),
          'weight', round(factors.weight, 4),
          'contribution', round(factors.score * factors.weight, 2)
        )
        order by factors.position
      ) as factors
    from factors
  )
  select jsonb_build_object(
    'score', round(
      total.weighted
        * case when penalties.has_few_jobs then (formula).few_jobs_multiplier else 1 end
        * case when penalties.has_many_failures then (formula).failures_multiplier else 1 end,
      2
    ),
    'score_before_penalties', round(total.weighted, 2),
    'factors', total.factors,
    'penalties', jsonb_path_query_array(
      jsonb_build_array(
        case when penalties.has_few_jobs then
          jsonb_build_object('reason', 'few_jobs', 'multiplier', (formula).few_jobs_multiplier)
        end,
        case when penalties.has_many_failures then
          jsonb_build_object(
            'reason', 'many_failures', 'multiplier', (formula).failures_multiplier
          )
        end
      ),
      '$[*] ? (@ != null)'
    ),
    'formula_version', (formula).version
  )
  from total
  cross join penalties
$$;
comment on function private.score_reputation is
  'Score 0–100 with its factors and penalties.
facts: {rating_average, recent_average, completed_count, failed_count, response_seconds,
is_identity_verified, is_background_checked, age_days}; averages and seconds are null without
data.';

alter table public.providers add column background_checked_at timestamptz;
comment on column public.providers.background_checked_at is
  'When an admin confirmed a background check; null without one, and again when the business takes
another name or kind, or gets another owner.';
create trigger _080_uncheck before update on public.providers
  for each row
  when (
    old.background_checked_at is not null
    and new.background_checked_at = old.background_checked_at
    and (old.names, old.kind) is distinct from (new.names, new.kind)
  )
  execute function private.tg__uncheck('background_checked_at');

-- Rounded as they are shown, so that a reader who repeats the calculation gets the same score.
create function private.reputation_facts(provider_id uuid, recent_count integer)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'rating_average', round(rating.rating_sum::numeric / nullif(rating.rating_count, 0), 2),
    'recent_average', (
      select round(avg(recent.overall_rating), 2)
      from (
        select review.overall_rating
        from public.reviews as review
        where review.provider_id = provider.id and review.side = 'customer'
        order by review.created_at desc, review.id desc
        limit reputation_facts.recent_count
      ) as recent
    ),
    'completed_count', coalesce(statistics.completed_count, 0),
    'failed_count', coalesce(statistics.failed_count, 0),
    'response_seconds', statistics.response_seconds_average,
    'is_identity_verified', provider.verification_status = 'verified',
    'is_background_checked', provider.background_checked_at is not null,
    'age_days', extract(day from private.now() - provider.created_at)
  )
  from public.providers as provider
  left join public.provider_ratings as rating on rating.provider_id = provider.id
  left join public.provider_statistics as statistics on statistics.provider_id = provider.id
  where provider.id = reputation_facts.provider_id
$$;
comment on function private.reputation_facts is
  'What the score of this provider is made of, at constant cost.';

create function private.current_reputation(provider_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select private.score_reputation(
    private.reputation_facts(current_reputation.provider_id, formula.recent_count), formula
  )
  from public.reputation_formulas as formula
  where formula.is_active
$$;
comment on function private.current_reputation is
  'The provider''s score now, by the formula in force.';
