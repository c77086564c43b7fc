begin;
select plan(41);
select tests.user('owner'), tests.user('asha'), tests.user('boss');
insert into user_roles (user_id, role) values (tests.id('boss'), 'admin');
select tests.provider('firm', 'owner');
create temporary table done (name text primary key, id uuid);
grant all on done to authenticated;
create function tests.statistics()
returns text
language sql
stable
as $$
  select format(
    'jobs %s completed %s failed %s cancelled %s/%s missed %s '
      'requests %s declined %s unanswered %s',
    job_count, completed_count, failed_count, cancelled_by_provider_count,
    cancelled_by_customer_count, missed_count, request_count, declined_count, unanswered_count
  )
  from provider_statistics where provider_id = tests.id('firm')
$$;
create function tests.step(name text, booking text, to_status text)
returns void
language plpgsql
as $$
begin
  perform tests.run_as(
    name,
    tests.move((select id from done where done.name = booking), to_status, ', reason => ''x''')
  );
end;
$$;

select is(tests.statistics(), null, 'a business without moves has no row');
insert into done values ('slow', tests.book('firm', 'asha', interval '2 hours'));
select is(tests.statistics(), null, 'a request alone is no move');
select tests.pass('30 minutes');
select tests.step('owner', 'slow', 'confirmed');
select is(
  tests.statistics(),
  'jobs 0 completed 0 failed 0 cancelled 0/0 missed 0 requests 1 declined 0 unanswered 0',
  'an answer is counted'
);
select is(response_seconds_average, 1800, 'with the time it took') from provider_statistics;
select tests.let_pass(id) from done where name = 'slow';
select tests.step('owner', 'slow', 'in_progress'), tests.step('owner', 'slow', 'completed');
select is(
  tests.statistics(),
  'jobs 1 completed 1 failed 0 cancelled 0/0 missed 0 requests 1 declined 0 unanswered 0',
  'a job that is done'
);
select tests.step('asha', 'slow', 'disputed');
select is(completed_count, 0, 'is not while it is in dispute') from provider_statistics;
select tests.step('boss', 'slow', 'completed');
select is(completed_count, 1, 'and is again when an admin says so') from provider_statistics;

insert into done
select name, tests.book('firm', 'asha', ahead)
from (
  values ('declined', interval '3 hours'), ('withdrawn', interval '5 hours'),
    ('expired', interval '7 hours'), ('mine', interval '9 hours'), ('theirs', interval '11 hours'),
    ('missed', interval '13 hours')
) as wish (name, ahead);
select tests.step('owner', 'declined', 'declined'), tests.step('asha', 'withdrawn', 'cancelled');
select tests.step('owner', name, 'confirmed')
from unnest(array['mine', 'theirs', 'missed']) as name;
select tests.step('owner', 'mine', 'cancelled'), tests.step('asha', 'theirs', 'cancelled');
select tests.pass('2 hours 1 minute');
select is(private.run_booking_timers(), 1, 'one expires');
select tests.let_pass(id) from done where name = 'missed';
select tests.step('asha', 'missed', 'no_show');
select is(
  tests.statistics(),
  'jobs 4 completed 1 failed 2 cancelled 1/1 missed 1 requests 6 declined 1 unanswered 1',
  'every way to end is counted once; a withdrawn request is none'
);
select is(completion_rate, 0.2500, 'one of four jobs was completed') from provider_statistics;
select is(acceptance_rate, 0.6667, 'four of six requests were accepted') from provider_statistics;
select tests.step('owner', 'missed', 'disputed');
select is(missed_count, 0, 'a no-show in dispute counts as none') from provider_statistics;
savepoint disputed;
select tests.step('boss', 'missed', 'completed');
select is(completed_count || '/' || missed_count, '2/0', 'it may have been a job')
from provider_statistics;
rollback to disputed;
select tests.step('boss', 'missed', 'cancelled');
select is(job_count || '/' || missed_count, '3/0', 'or nobody''s fault') from provider_statistics;
rollback to disputed;
select tests.step('boss', 'missed', 'no_show');
select is(completed_count || '/' || missed_count, '1/1', 'or is one after all')
from provider_statistics;

-- The customer was not there
insert into done values ('nobody home', tests.book('firm', 'asha', interval '15 hours'));
select tests.step('owner', 'nobody home', 'confirmed');
select tests.let_pass(id) from done where name = 'nobody home';
select tests.step('owner', 'nobody home', 'no_show');
select is(missed_count, 1, 'a customer who is not there is held against nobody')
from provider_statistics;
select tests.step('asha', 'nobody home', 'disputed'), tests.step('boss', 'nobody home', 'no_show');
select is(missed_count, 1, 'not even after a dispute') from provider_statistics;

-- Reviews
select is_empty('select from provider_ratings', 'no review, no row');
insert into done
select 'job ' || n, tests.complete('firm', 'owner', 'asha') from generate_series(1, 12) as n;
-- Reported as done, and disputed
savepoint done;
select tests.step('asha', 'job 1', 'disputed');
select tests.step('boss', 'job 1', 'no_show');
select is(completed_count || '/' || missed_count, '12/2', 'a job that an admin finds to be none')
from provider_statistics;
rollback to done;
select tests.run_as('asha', tests.review(
  (select id from done where name = 'slow'), 5, $$, quality => '4', value => '1'$$
));
select results_eq(
  $$select five_star_count, rating_count, rating_sum, quality_sum, quality_count,
    punctuality_count, value_sum from provider_ratings$$,
  'values (1, 1, 5::bigint, 4::bigint, 1, 0, 1::bigint)', 'a review is counted'
);
select results_eq(
  format('select rating_average, rating_count from providers where id = %L', tests.id('firm')),
  'values (5.00, 1)', 'and search knows'
);
select tests.run_as('owner', tests.review((select id from done where name = 'slow'), 1));
select is(rating_count, 1, 'what the business says of the customer is not')
from provider_ratings;
select tests.run_as('asha', tests.review((select id from done where name = 'job ' || n), 1))
from generate_series(1, 2) as n;
select tests.run_as('asha', tests.review((select id from done where name = 'job ' || n), 5))
from generate_series(3, 12) as n;
select results_eq(
  $$select one_star_count, two_star_count, three_star_count, four_star_count, five_star_count
    from provider_ratings$$,
  'values (2, 0, 0, 0, 11)', 'the distribution'
);
select is(rating_average, 4.38, 'the average') from providers where id = tests.id('firm');
select is(
  jsonb_path_query_first(
    public.provider_reputation(tests.id('firm')::text),
    '$.factors[*] ? (@.factor == "trend").raw_value'
  ),
  '0.62'::jsonb, 'the trend is the last ten against all'
);
select results_eq(
  $$select distinct base_score, entry.rating_average from private.search_entries as entry
    where provider_id = tests.id('firm')$$,
  $$select (reputation_score * 0.4 + 30)::float8, rating_average::float8
    from providers where id = tests.id('firm')$$,
  'search reads the new score'
);

-- From scratch
create temporary table kept as
select to_jsonb(rating) - '{created_at,updated_at}'::text[] as rating,
  to_jsonb(statistics) - '{created_at,updated_at}'::text[] as statistics,
  provider.rating_average, provider.rating_count, provider.reputation_score
from providers as provider
join provider_ratings as rating on rating.provider_id = provider.id
join provider_statistics as statistics on statistics.provider_id = provider.id;
update provider_ratings set one_star_count = 77, value_sum = 0;
update provider_statistics set completed_count = 3, response_seconds_sum = 5;
update providers set rating_count = 5, rating_average = 1, reputation_score = 3
where id = tests.id('firm');
select private.recompute_provider_statistics(array[tests.id('firm')]);
select results_eq(
  $$select to_jsonb(rating) - '{created_at,updated_at}'::text[] as rating,
      to_jsonb(statistics) - '{created_at,updated_at}'::text[] as statistics,
      provider.rating_average, provider.rating_count, provider.reputation_score
    from providers as provider
    join provider_ratings as rating on rating.provider_id = provider.id
    join provider_statistics as statistics on statistics.provider_id = provider.id$$,
  'select * from kept', 'counting from scratch comes to the same'
);

-- Reading them
create function tests.list(more text default '')
returns jsonb
language plpgsql
as $$
declare
  v_answer jsonb;
begin
  execute format('select public.list_reviews(%L %s)', tests.id('firm'), more) into v_answer;
  return v_answer;
end;
$$;
grant execute on all functions in schema tests to anon, authenticated;
select tests.act_as_anon();
select is(
  tests.list(', page_size => ''1''') - '{items,next_cursor}'::text[],
  jsonb_build_object(
    'provider_id', tests.id('firm'), 'rating_count', 13, 'rating_average', 4.38,
    'distribution', '{"1": 2, "2": 0, "3": 0, "4": 0, "5": 11}'::jsonb,
    'averages', '{"quality": 4.00, "punctuality": null, "professionalism": null, "value": 1.00,
      "communication": null}'::jsonb
  ),
  'a page tells of all reviews'
);
select is(
  (tests.list(', sort => ''lowest''') #> '{items,2}') - '{id,created_at,photos}'::text[],
  '{"overall": 5, "quality": null, "punctuality": null, "professionalism": null, "value": null,
    "communication": null, "title": null, "comment": null, "author": {"display_name": "asha"}}'
    ::jsonb,
  'and of each what everybody may know'
);
select is(
  tests.list(', min_rating => ''2'', max_rating => ''4''') -> 'items', '[]'::jsonb,
  'stars are a filter'
);
select is(
  jsonb_array_length(tests.list(', max_rating => ''1''') -> 'items'), 2, 'from one end or both'
);
select tests.act_as_postgres();
create function tests.walk(sort text)
returns setof text
language plpgsql
as $$
declare
  v_page jsonb;
begin
  loop
    v_page := public.list_reviews(
      tests.id('firm')::text, sort, page_size => '2', cursor => v_page ->> 'next_cursor'
    );
    return query select jsonb_path_query(v_page, '$.items[*].id') #>> '{}';
    exit when v_page ->> 'next_cursor' is null;
  end loop;
end;
$$;
select results_eq(
  format('select tests.walk(%L)', sort),
  format(
    $$select id::text from reviews where side = 'customer' order by %s created_at desc, id desc$$,
    stars
  ),
  format('pages of %s reviews have each once, in order', sort)
)
from (
  values ('newest', ''), ('highest', 'overall_rating desc,'), ('lowest', 'overall_rating,')
) as walk (sort, stars);
select is(
  tests.outcome(format(call, tests.id('firm'))), wanted, regexp_replace(call, '\s+', ' ', 'g')
)
from (
  values
    ($$select public.list_reviews('x')$$, 'PT400 invalid_provider_id'),
    ($$select public.list_reviews('%s', 'best')$$, 'PT400 invalid_sort'),
    ($$select public.list_reviews('%s', min_rating => '0')$$, 'PT400 invalid_min_rating'),
    ($$select public.list_reviews('%s', max_rating => '5.5')$$, 'PT400 invalid_max_rating'),
    ($$select public.list_reviews('%s', page_size => '101')$$, 'PT400 invalid_page_size'),
    ($$select public.list_reviews('%s', cursor => 'x')$$, 'PT400 invalid_cursor'),
    (
      $$select public.list_reviews(
        '%s', cursor => private.encode_cursor('[9, "2026-01-01T00:00:00Z", "x"]')
      )$$,
      'PT400 invalid_cursor'
    )
) as attempt (call, wanted);

select * from finish();
rollback;
