-- The formula of the reputation score as data: one version is in force, earlier ones are kept, so
-- that a score can always be explained.

-- Steps are a JSON array of {from, score}: the highest `from` that the value reaches gives the
-- score. The step without `from` is for every value below the others.
create function private.is_steps(steps jsonb)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select count(*) filter (where not step.value ? 'from') = 1
    and bool_and(
      jsonb_typeof(step.value) = 'object'
        and coalesce(jsonb_typeof(step.value -> 'from'), 'number') = 'number'
        and jsonb_typeof(step.value -> 'score') = 'number'
        and step.value -> 'score' between '0' and '100'
    )
  from jsonb_array_elements(case jsonb_typeof(steps) when 'array' then steps else '[]' end) as step
$$;
comment on function private.is_steps is
  'Whether these are steps: scores from 0 to 100, exactly one step without `from`.';

create function private.step_score(steps jsonb, value numeric)
returns numeric
language sql
immutable
parallel safe
set search_path = ''
as $$
  select (step.value ->> 'score')::numeric
  from jsonb_array_elements(steps) as step
  where coalesce((step.value ->> 'from')::numeric, '-infinity') <= step_score.value
  order by coalesce((step.value ->> 'from')::numeric, '-infinity') desc
  limit 1
$$;
comment on function private.step_score is
  'Score of the step that the value reaches; null for null.';

create function private.is_reputation_map(map jsonb, maximum numeric)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select jsonb_typeof(map) = 'object'
    and (
      select array_agg(entry.key order by entry.key)
      from jsonb_each(case jsonb_typeof(map) when 'object' then map else '{}' end) as entry
      where jsonb_typeof(entry.value) = 'number'
        and (entry.value #>> '{}')::numeric between 0 and maximum
    ) = '{rating,reliability,response,tenure,trend,verification,volume}'
$$;
comment on function private.is_reputation_map is
  'Whether the map has a number from 0 to the maximum for each of the seven factors.';

create table public.reputation_formulas (
  version               integer primary key check (version > 0),
  description           text not null,
  is_active             boolean not null default false,
  weights               jsonb not null check (
    private.is_reputation_map(weights, 1000) and weights @? 'strict $.* ? (@ > 0)'
  ),
  scores_without_data   jsonb not null
    check (private.is_reputation_map(scores_without_data, 100)),
  full_volume_count     integer not null check (full_volume_count > 0),
  response_steps        jsonb not null check (private.is_steps(response_steps)),
  identity_points       integer not null check (identity_points between 0 and 100),
  background_points     integer not null,
  tenure_steps          jsonb not null check (private.is_steps(tenure_steps)),
  recent_count          integer not null check (recent_count between 1 and 100),
  trend_steps           jsonb not null check (private.is_steps(trend_steps)),
  few_jobs_below        integer not null check (few_jobs_below >= 0),
  few_jobs_multiplier   numeric(4, 3) not null check (few_jobs_multiplier between 0 and 1),
  failure_rate_above    numeric(5, 4) not null check (failure_rate_above between 0 and 1),
  failures_multiplier   numeric(4, 3) not null check (failures_multiplier between 0 and 1),
  created_at            timestamptz not null default private.now(),
  updated_at            timestamptz not null default private.now(),
  check (background_points between 0 and 100 - identity_points),
  -- Checked at commit, so that one statement can hand over from one version to another.
  constraint reputation_formulas_one_active_excl
    exclude (is_active with =) where (is_active) deferrable initially deferred
);
comment on table public.reputation_formulas is
  'Versions of the formula of the reputation score; exactly one is in force.';
comment on column public.reputation_formulas.is_active is
  'Switched by private.activate_reputation_formula.';
comment on column public.reputation_formulas.weights is
  'Weight of each factor; they count in proportion to their sum.';
comment on column public.reputation_formulas.scores_without_data is
  'Score of a factor that has no data yet, 0 to 100.';
comment on column public.reputation_formulas.full_volume_count is
  'Completed jobs that make the volume 100.';
comment on column public.reputation_formulas.response_steps is
  'By the average time to the first answer to a request, seconds.';
comment on column public.reputation_formulas.tenure_steps is 'By days since the business joined.';
comment on column public.reputation_formulas.recent_count is
  'How many of the latest reviews are compared with all.';
comment on column public.reputation_formulas.trend_steps is
  'By the average of the latest reviews minus the average of all, stars.';
comment on column public.reputation_formulas.few_jobs_below is
  'With fewer completed jobs the score is multiplied by few_jobs_multiplier.';
comment on column public.reputation_formulas.failure_rate_above is
  'With a larger part of its jobs failed the score is multiplied by failures_multiplier.';
create trigger _100_timestamps before insert or update on public.reputation_formulas
  for each row execute function private.tg__timestamps();

-- The exclusion constraint allows at most one active version, this trigger at least one.
create function private.tg_reputation_formulas__keep_one_active()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not exists (select 1 from public.reputation_formulas as formula where formula.is_active) then
    raise check_violation using
      message = 'One version of the reputation formula is active.',
      hint = 'Use private.activate_reputation_formula.';
  end if;
  return null;
end;
$$;
comment on function private.tg_reputation_formulas__keep_one_active is
  'Trigger _900_keep_one_active of reputation_formulas.';

create constraint trigger _900_keep_one_active
  after update or delete on public.reputation_formulas
  deferrable initially deferred
  for each row execute function private.tg_reputation_formulas__keep_one_active();
alter table public.reputation_formulas enable row level security;
grant select on public.reputation_formulas to anon, authenticated, service_role;
create policy select_everybody on public.reputation_formulas for select to anon, authenticated
  using (true);

insert into public.reputation_formulas (
  version, description, is_active, weights, scores_without_data, full_volume_count,
  response_steps, identity_points, background_points, tenure_steps, recent_count, trend_steps,
  few_jobs_below, few_jobs_multiplier, failure_rate_above, failures_multiplier
)
values (
  1, 'Seven factors: see docs/reputation.md.', true,
  '{"rating": 40, "volume": 20, "response": 15, "verification": 15, "reliability": 10,
    "tenure": 5, "trend": 5}',
  '{"rating": 0, "volume": 0, "response": 60, "verification": 0, "reliability": 100,
    "tenure": 0, "trend": 80}',
  100,
  '[{"score": 100}, {"from": 601, "score": 80}, {"from": 1801, "score": 60},
    {"from": 3601, "score": 40}, {"from": 7201, "score": 20}]',
  50, 50,
  '[{"score": 20}, {"from": 30, "score": 50}, {"from": 90, "score": 75},
    {"from": 180, "score": 100}]',
  10,
  '[{"score": 60}, {"from": -0.29, "score": 70}, {"from": -0.09, "score": 80},
    {"from": 0.11, "score": 90}, {"from": 0.31, "score": 100}]',
  5, 0.8, 0.15, 0.9
)
on conflict (version) do nothing;
