begin;
select plan(36);

-- The formula by itself: the examples of docs/reputation.md.
create function tests.score(facts jsonb)
returns jsonb
language sql
stable
as $$
  select private.score_reputation(
    '{"rating_average": null, "recent_average": null, "completed_count": 0, "failed_count": 0,
      "response_seconds": null, "is_identity_verified": true, "is_background_checked": false,
      "age_days": 0}'::jsonb || facts,
    formula
  )
  from reputation_formulas as formula where version = 1
$$;
select is((tests.score(facts::jsonb) ->> 'score')::numeric, wanted, name)
from (
  values
    (
      'a new business of high quality', 72.73,
      '{"rating_average": 5, "recent_average": 5, "completed_count": 5, "response_seconds": 300,
        "age_days": 30}'
    ),
    (
      'the same with one job less has few jobs', 58.04,
      '{"rating_average": 5, "recent_average": 5, "completed_count": 4, "response_seconds": 300,
        "age_days": 30}'
    ),
    (
      'an established, excellent business', 97.64,
      '{"rating_average": 4.8, "recent_average": 4.8, "completed_count": 200,
        "response_seconds": 480, "is_background_checked": true, "age_days": 180}'
    ),
    (
      'an average business', 70.77,
      '{"rating_average": 4.2, "recent_average": 4.2, "completed_count": 50,
        "response_seconds": 2700, "age_days": 90}'
    ),
    (
      'a declining business', 71.82,
      '{"rating_average": 4, "recent_average": 3.5, "completed_count": 85, "failed_count": 15,
        "response_seconds": 7200, "age_days": 365}'
    ),
    (
      'the same with one failure more has many failures', 64.57,
      '{"rating_average": 4, "recent_average": 3.5, "completed_count": 85, "failed_count": 16,
        "response_seconds": 7200, "age_days": 365}'
    ),
    ('a business without anything', 17.45, '{"is_identity_verified": false}'),
    (
      'everything at its best is 100', 100,
      '{"rating_average": 5, "recent_average": 5.31, "completed_count": 100, "response_seconds": 0,
        "is_background_checked": true, "age_days": 180}'
    )
) as example (name, wanted, facts);
select is(
  tests.score('{"rating_average": 4.1, "recent_average": 4.4, "completed_count": 150,
    "failed_count": 50, "response_seconds": 601, "age_days": 179}') #- '{factors,0}',
  '{
    "score": 72.04, "score_before_penalties": 80.05, "formula_version": 1,
    "factors": [
      {"factor": "volume", "raw_value": 150, "score": 100.00, "weight": 0.1818,
        "contribution": 18.18},
      {"factor": "response", "raw_value": 601, "score": 80.00, "weight": 0.1364,
        "contribution": 10.91},
      {"factor": "verification", "raw_value": {"identity": true, "background": false},
        "score": 50.00, "weight": 0.1364, "contribution": 6.82},
      {"factor": "reliability", "raw_value": 0.2500, "score": 75.00, "weight": 0.0909,
        "contribution": 6.82},
      {"factor": "tenure", "raw_value": 179, "score": 75.00, "weight": 0.0455,
        "contribution": 3.41},
      {"factor": "trend", "raw_value": 0.30, "score": 90.00, "weight": 0.0455,
        "contribution": 4.09}
    ],
    "penalties": [{"reason": "many_failures", "multiplier": 0.900}]
  }'::jsonb,
  'the answer says where the score comes from'
);
select results_eq(
  format('select private.step_score(%s, value) from reputation_formulas, unnest(%L::numeric[])
    as value where version = 1', steps, at),
  format('select unnest(%L::numeric[])', wanted),
  steps
)
from (
  values
    ('response_steps', '{0,600,601,1800,1801,3600,3601,7200,7201,90000}',
      '{100,100,80,80,60,60,40,40,20,20}'),
    ('tenure_steps', '{0,29,30,89,90,179,180,4000}', '{20,20,50,50,75,75,100,100}'),
    ('trend_steps', '{-4,-0.3,-0.29,-0.1,-0.09,0,0.1,0.11,0.3,0.31,4}',
      '{60,60,70,70,80,80,80,90,90,100,100}')
) as edge (steps, at, wanted);
select is(private.step_score('[{"score": 5}]', null), null, 'no value, no step');

-- Formulas are configuration that can't be wrong
select is(
  tests.outcome(format(
    'update reputation_formulas set %s; set constraints all immediate', change
  )),
  '23514', regexp_replace(change, '\s+', ' ', 'g')
)
from unnest(array[
  $$weights = '{"rating": 1}'$$,
  $$weights = '{"rating": 0, "volume": 0, "response": 0, "verification": 0, "reliability": 0,
    "tenure": 0, "trend": 0}'$$,
  $$weights = weights || '{"trend": -1}'$$, $$weights = weights || '{"luck": 1}'$$,
  $$scores_without_data = scores_without_data || '{"trend": 101}'$$,
  $$trend_steps = '[{"from": 0, "score": 120}, {"score": 0}]'$$, $$trend_steps = '[]'$$,
  $$trend_steps = '[{"from": 0, "score": 1}]'$$, 'background_points = 51', 'is_active = false'
]) as change;
set constraints all immediate;
create temporary table draft as select * from reputation_formulas;
update draft set version = 2, is_active = false, weights = '{"rating": 0, "volume": 0,
  "response": 0, "verification": 7, "reliability": 0, "tenure": 0, "trend": 0}', few_jobs_below = 0;
insert into reputation_formulas select * from draft;
select is(
  tests.outcome('update reputation_formulas set is_active = true; set constraints all immediate'),
  '23P01', 'two can''t be in force'
);
select tests.user('owner'), tests.provider('firm', 'owner');
select is(
  (select reputation_score from providers where id = tests.id('firm')), 22.91,
  'a new business has its score at once'
);
select is(
  tests.outcome('select private.activate_reputation_formula(3)'), 'P0002', 'there is no version 3'
);
select is(tests.outcome('select private.activate_reputation_formula(2)'), 'ok', 'but a second');
select results_eq(
  $$select version, is_active from reputation_formulas order by version$$,
  'values (1, false), (2, true)', 'which takes over'
);
select is(
  (select reputation_score from providers where id = tests.id('firm')), 50.00,
  'and scores every business'
);
update providers set background_checked_at = now() where id = tests.id('firm');
select is(
  (select reputation_score from providers where id = tests.id('firm')), 100.00,
  'a background check counts at once'
);
update providers set verification_status = 'rejected' where id = tests.id('firm');
select is(
  (select reputation_score from providers where id = tests.id('firm')), 50.00,
  'so does the verification'
);

-- Tenure
select private.activate_reputation_formula(1);
select tests.pass('31 days');
select is(private.refresh_tenure(), 1, 'the nightly job looks at who reached a step');
select is(
  (select reputation_score from providers where id = tests.id('firm')),
  ((public.provider_reputation(tests.id('firm')::text)) ->> 'score')::numeric,
  'and stores the score that the reader sees'
);
select tests.pass('19 days');
select is(private.refresh_tenure(), 0, 'and at nobody else');

-- Who may read it
create function tests.reads(name text, provider text)
returns text
language plpgsql
as $$
declare
  v_outcome text;
begin
  if name = 'anon' then
    perform tests.act_as_anon();
  else
    perform tests.act_as(name);
  end if;
  v_outcome := tests.outcome(format('select public.provider_reputation(%L)', provider));
  perform tests.act_as_postgres();
  return v_outcome;
end;
$$;
select tests.user('asha'), tests.user('ravi');
update profiles set status = 'blocked' where id = tests.id('ravi');
select is(
  array[
    tests.reads('anon', tests.id('firm')::text), tests.reads('asha', tests.id('firm')::text),
    tests.reads('ravi', tests.id('firm')::text), tests.reads('asha', gen_random_uuid()::text),
    tests.reads('asha', 'x')
  ],
  '{ok,ok,PT403 user_blocked,PT404 provider_not_found,PT400 invalid_provider_id}',
  'everybody reads why an active business has its score'
);
update providers set status = 'suspended' where id = tests.id('firm');
select is(
  array[tests.reads('anon', tests.id('firm')::text), tests.reads('asha', tests.id('firm')::text),
    tests.reads('owner', tests.id('firm')::text)],
  '{PT404 provider_not_found,PT404 provider_not_found,ok}',
  'of another one only its members do'
);

select * from finish();
rollback;
