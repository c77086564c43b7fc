begin;
select plan(48);
select tests.user('owner'), tests.user('asha');
-- Businesses on one meridian, 0, 1, 5, 9 and 30 km away; a second one is at the first's place.
select
  tests.provider('p0', 'owner', 26.85, 81.0), tests.provider('p0 twin', 'owner', 26.85, 81.0),
  tests.provider('p1', 'owner', 26.859, 81.0), tests.provider('p5', 'owner', 26.895, 81.0),
  tests.provider('p9', 'owner', 26.931, 81.0), tests.provider('p30', 'owner', 27.12, 81.0);
-- Verification changes the score, so it comes first.
update providers set verification_status = 'pending' where id = tests.id('p9');
update providers set reputation_score = 50;
update providers set reputation_score = 90, rating_average = 4.9, rating_count = 40
where id = tests.id('p5');
update providers set rating_average = 3 where id = tests.id('p1');
update services set price_amount = 90000 where provider_id = tests.id('p1');
update services set price_amount = null, price_unit = 'negotiable'
where provider_id = tests.id('p9');
select tests.category('leaf', 'works'), tests.category('elsewhere');
insert into provider_categories (provider_id, category_id)
values (tests.id('p5'), tests.id('category leaf'));

-- Names of what a search finds, in its order.
create function tests.found(arguments text)
returns text[]
language plpgsql
as $$
declare
  v_page jsonb;
begin
  execute format('select public.search_providers(%s)', arguments) into v_page;
  return array(
    select item.value ->> 'name'
    from jsonb_array_elements(v_page -> 'items') with ordinality as item
    order by item.ordinality
  );
end;
$$;
create function tests.near(more text)
returns text
language sql
as $near$
  select concat_ws(
    ', ', $$'localpro', lat => '26.85', lng => '81.0', category => 'works'$$, nullif(more, '')
  )
$near$;
grant execute on function tests.found(text), tests.near(text) to anon, authenticated;

-- Order
select tests.act_as_anon();
select is(tests.found(tests.near(more)), expected, coalesce(nullif(more, ''), 'by rank'))
from (
  values
    ($$sort => 'distance', radius_km => '50'$$, '{p0 twin,p0,p1,p5,p9,p30}'::text[]),
    ($$sort => 'distance'$$, '{p0 twin,p0,p1,p5,p9}'),
    ($$sort => 'distance', radius_km => '2'$$, '{p0 twin,p0,p1}'),
    ($$sort => 'rating'$$, '{p5,p1,p0 twin,p0,p9}'),
    ($$sort => 'price'$$, '{p0 twin,p0,p5,p1,p9}'),
    ('', '{p5,p0 twin,p0,p1,p9}')
) as search (more, expected);

-- Figures of an item
create temporary table page as select public.search_providers(
  'localpro', lat => '26.85', lng => '81.0', sort => 'distance', language => 'hi'
) -> 'items' as items;
select results_eq(
  $$select item ->> 'name', (item ->> 'distance_km')::numeric, (item ->> 'match_score')::numeric,
      (item ->> 'price_from_amount')::bigint, item ->> 'price_unit',
      (item ->> 'is_verified')::boolean
    from page, jsonb_array_elements(items) as item
    where item ->> 'name' <> 'p0 twin'$$,
  $$values
    -- 0.4 * 50 + 30 verified + 30 near
    ('p0', 0.000, 80.00, 40000::bigint, 'per_service', true),
    ('p1', 1.001, 80.00, 90000, 'per_service', true),
    -- 0.4 * 90 + 30 + 30 * (1 - (5.004 - 2) / 18)
    ('p5', 5.004, 90.99, 40000, 'per_service', true),
    -- 0.4 * 50 + 0 + 30 * (1 - (9.007 - 2) / 18)
    ('p9', 9.007, 38.32, null, 'negotiable', false)$$,
  'distance, score, price and verification'
);
select results_eq(
  $$select item ->> 'currency', item ->> 'kind', (item ->> 'lat')::numeric,
      (item ->> 'lng')::numeric, item ->> 'slug', item #>> '{categories,0,slug}',
      item #>> '{categories,0,name}', (item ->> 'rating_average')::numeric
    from page, jsonb_array_elements(items) as item where item ->> 'name' = 'p1'$$,
  $$values ('INR', 'solo', 26.859, 81.0, 'p1', 'works', 'श्रेणी', 3.00)$$,
  'and what the business is, in the language asked for'
);
select is(
  public.search_providers('localpro', category => 'works') #> '{items,0,distance_km}', 'null',
  'without a place there is no distance'
);

-- Filters
select is(tests.found(tests.near(more)), expected, more)
from (
  values
    ('min_rating => ''3.5''', '{p5}'::text[]),
    ('min_rating => ''3'', sort => ''distance''', '{p1,p5}'),
    ('verified_only => ''true'', sort => ''distance''', '{p0 twin,p0,p1,p5}'),
    ('max_price_amount => ''40000'', sort => ''distance''', '{p0 twin,p0,p5}'),
    ('max_price_amount => ''40000'', min_rating => ''4''', '{p5}')
) as search (more, expected);
select is(tests.found($$'localpro', category => 'leaf'$$), '{p5}', 'a category');
select is(
  cardinality(tests.found($$'localpro', category => 'works'$$)), 6,
  'a category has what is in the categories below it, once'
);
select is(tests.found($$'localpro', category => 'elsewhere'$$), '{}', 'an empty one has none');
select is(tests.found($$'bihar'$$), '{}', 'other markets have others');

-- Pages
select is(
  (
    with recursive pages as (
      select public.search_providers(
        'localpro', lat => '26.85', lng => '81.0', radius_km => '50', sort => sort, page_size => '2'
      ) as page
      union all
      select public.search_providers(
        'localpro', lat => '26.85', lng => '81.0', radius_km => '50', sort => sort,
        page_size => '2', cursor => page ->> 'next_cursor'
      )
      from pages
      where page ->> 'next_cursor' is not null
    )
    select array_agg(item ->> 'name') from pages, jsonb_array_elements(page -> 'items') as item
  ),
  tests.found(format(
    $$'localpro', lat => '26.85', lng => '81.0', radius_km => '50', sort => %L$$, sort
  )),
  'pages by ' || sort || ' hold everything once, ties too'
)
from unnest(array['rank', 'distance', 'rating', 'price']) as sort;
select is(
  tests.found(format(
    $$'localpro', sort => 'price', cursor => %L$$, public.search_providers(
      'localpro', sort => 'price'
    ) #>> '{items,2,cursor}'
  )),
  (tests.found($$'localpro', sort => 'price'$$))[4:],
  'a page may begin after any item'
);

-- Bad input
select is(
  tests.outcome(format('select public.search_providers(%s)', arguments)), expected,
  'refused: ' || arguments
)
from (
  values
    ($$'nowhere'$$, 'PT404 market_not_found'),
    ($$null$$, 'PT404 market_not_found'),
    ($$'localpro', category => 'nothing'$$, 'PT404 category_not_found'),
    ($$'localpro', lat => '26'$$, 'PT400 place_required'),
    ($$'localpro', sort => 'distance'$$, 'PT400 place_required'),
    ($$'localpro', lat => '"x"', lng => '80'$$, 'PT400 invalid_lat'),
    ($$'localpro', lat => '26', lng => '181'$$, 'PT400 invalid_lng'),
    ($$'localpro', radius_km => '501'$$, 'PT400 invalid_radius_km'),
    ($$'localpro', min_rating => '6'$$, 'PT400 invalid_min_rating'),
    ($$'localpro', verified_only => '1'$$, 'PT400 invalid_verified_only'),
    ($$'localpro', max_price_amount => '-1'$$, 'PT400 invalid_max_price_amount'),
    ($$'localpro', language => 'Hindi'$$, 'PT400 invalid_language'),
    ($$'localpro', sort => 'name'$$, 'PT400 invalid_sort'),
    ($$'localpro', page_size => '101'$$, 'PT400 invalid_page_size'),
    ($$'localpro', cursor => 'x'$$, 'PT400 invalid_cursor'),
    -- 1e999 and 1e-999, which no double holds
    ($$'localpro', cursor => 'WyJyYW5rIiwxZTk5OSwieCJd'$$, 'PT400 invalid_cursor'),
    ($$'localpro', cursor => 'WyJyYW5rIiwxZS05OTksIngiXQ'$$, 'PT400 invalid_cursor'),
    (format($$'localpro', cursor => %L, sort => 'price'$$,
      public.search_providers('localpro', page_size => '1') ->> 'next_cursor'),
      'PT400 invalid_cursor'),
    (format($$'localpro', query => %L$$, repeat('x', 201)), 'PT400 invalid_query')
) as refused (arguments, expected);

-- Kept current
select tests.act_as_postgres();
update providers set status = 'suspended' where id = tests.id('p0');
select is(
  tests.found(tests.near($$radius_km => '0.5'$$)), '{p0 twin}', 'a suspended business disappears'
);
update providers set status = 'active' where id = tests.id('p0');
update services set is_active = false where provider_id = tests.id('p0');
select is(
  jsonb_path_query(
    public.search_providers('localpro', query => 'p0'),
    '$.items[*] ? (@.name == "p0").price_from_amount'
  ),
  'null', 'a price goes with its service'
);
update categories set is_active = false where slug = 'leaf';
select is_empty(
  $$select from private.search_entries
    where scope = private.search_scope(tests.id('category leaf')::text)$$,
  'a category that is switched off is no scope'
);
select set_eq(
  'select provider_id from private.search_documents',
  $$select id from public.providers where status = 'active'$$,
  'every active business has a document'
);
select is_empty(
  $$select provider_id from private.search_entries
    where scope = private.search_scope('localpro')
    group by provider_id having count(*) > 1$$,
  'and one entry per scope'
);

-- Blocked
update profiles set status = 'blocked' where id = tests.id('asha');
select tests.act_as('asha');
select is(
  tests.outcome($$select public.search_providers('localpro')$$), 'PT403 user_blocked',
  'a blocked user does not search'
);

select * from finish();
rollback;
