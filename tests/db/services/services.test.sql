begin;
select plan(28);
select tests.user('owner'), tests.user('rival');
select tests.provider('firm', 'owner'), tests.provider('other firm', 'rival');
select tests.category('baths');
insert into categories (id, market_id, slug, names)
values (tests.id('foreign'), 'servicepro', 'foreign', '{"en": "Foreign"}');

-- Categories of a business
select tests.act_as('owner');
select is(
  tests.outcome(format(
    'insert into provider_categories (provider_id, category_id) values (%L, %L)',
    tests.id(provider), tests.id(category)
  )),
  expected, 'category ' || category || ' of ' || provider || ': ' || expected
)
from (
  values
    ('firm', 'category baths', 'ok'),
    ('firm', 'category baths', '23505'),
    ('firm', 'foreign', 'PT400 invalid_category_id'),
    ('other firm', 'category baths', '42501')
) as wish (provider, category, expected);
select is(
  (
    select market_id from provider_categories
    where provider_id = tests.id('firm') and category_id = tests.id('category baths')
  ),
  'localpro', 'the market is the provider''s'
);
select is(
  tests.outcome(format(
    $$insert into provider_categories (provider_id, category_id, market_id)
      values (%L, %L, 'localpro')$$,
    tests.id('firm'), tests.id('category baths')
  )),
  '42501', 'and not for clients to say'
);

-- Services
select is(
  tests.rows_of(format(
    $$insert into services (provider_id, category_id, names, price_unit, price_amount,
        price_max_amount, duration_minutes)
      values (%L, %L, '{"hi": "नल"}', 'per_hour', 30000, 50000, 45) returning 1$$,
    tests.id('firm'), tests.id('category baths')
  )),
  1::bigint, 'the owner adds a service'
);
select is(
  (select currency from services where names ->> 'hi' = 'नल'), 'INR',
  'its currency is the market''s'
);
select is(
  tests.outcome(format(
    $$update services set %s where names ->> 'hi' = 'नल'$$, change
  )),
  expected, 'changed: ' || change
)
from (
  values
    ('is_active = false', 'ok'),
    ($$price_unit = 'negotiable', price_amount = null, price_max_amount = null$$, 'ok'),
    ($$price_unit = 'negotiable', price_amount = 5$$, 'PT400 invalid_price_amount'),
    ($$price_unit = 'per_hour'$$, 'PT400 invalid_price_amount'),
    ($$price_unit = 'per_job'$$, 'PT400 invalid_price_unit'),
    ($$price_unit = 'per_item', price_amount = -1$$, 'PT400 invalid_price_amount'),
    ($$price_unit = 'per_item', price_amount = 9, price_max_amount = 8$$,
      'PT400 invalid_price_max_amount'),
    ('duration_minutes = 4', 'PT400 invalid_duration_minutes'),
    ($$names = '{}'$$, 'PT400 invalid_names'),
    (format('category_id = %L', tests.id('foreign')), 'PT400 invalid_category_id'),
    ($$currency = 'USD'$$, '42501'),
    ('is_featured = true', '42501'),
    (format('provider_id = %L', tests.id('other firm')), '42501')
) as change (change, expected);
select is(tests.outcome('delete from services'), '42501', 'services are switched off, not deleted');
select is(
  tests.outcome(format(
    $$insert into services (provider_id, category_id, names, price_amount)
      values (%L, %L, '{"en": "x"}', 1)$$,
    tests.id('other firm'), tests.id('category works')
  )),
  '42501', 'nobody adds services to others'
);
select matches(
  tests.outcome($$delete from provider_categories$$), '^23(503|001)$',
  'a category that a service uses stays'
);

-- Who sees which
select tests.act_as('rival');
select is(
  (select count(*) from services where provider_id = tests.id('firm')), 1::bigint,
  'others see active services'
);
select is(
  tests.rows_of(format(
    'update services set price_amount = 1 where provider_id = %L returning 1', tests.id('firm')
  )),
  0::bigint, 'and edit none'
);
select tests.act_as_postgres();
update providers set status = 'suspended' where id = tests.id('firm');
select tests.act_as_anon();
select is(
  (select count(*) from services) || ' ' || (select count(*) from provider_categories), '1 1',
  'of active businesses'
);
select tests.act_as('owner');
select is(
  (select count(*) from services where provider_id = tests.id('firm')), 2::bigint,
  'the owner sees all'
);

select * from finish();
rollback;
