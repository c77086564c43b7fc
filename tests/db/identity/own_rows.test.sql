begin;
select plan(33);
select tests.user('asha'), tests.user('bina'), tests.user('owner');
select tests.category('works'), tests.category('later');
update categories set phase = 'monetisation' where slug = 'later';

-- Addresses
select tests.act_as('asha');
create temporary table made (name text, id uuid);
with added as (
  insert into addresses (label, address, lat, lng, is_default)
  values ('Home', 'A 1', 26.8, 81, true)
  returning label, id
)
insert into made select * from added;
with added as (
  insert into addresses (label, address, lat, lng, is_default)
  values ('Office', 'B 2', 26.9, 81, true)
  returning label, id
)
insert into made select * from added;
select results_eq(
  'select label, is_default from addresses order by label',
  $$values ('Home', false), ('Office', true)$$, 'a new default takes the place of the former'
);
update addresses set is_default = true where label = 'Home';
select results_eq(
  'select label from addresses where is_default', $$values ('Home')$$, 'and so does an old address'
);
update addresses set is_default = false;
select is_empty('select from addresses where is_default', 'there need be none');
select is(
  tests.outcome(format('insert into addresses (label, address, lat, lng) values (%s)', row)),
  expected, row
)
from (
  values
    ($$' ', 'x', 1, 1$$, 'PT400 invalid_label'), ($$'x', null, 1, 1$$, 'PT400 invalid_address'),
    ($$'x', 'x', 91, 1$$, 'PT400 invalid_lat'), ($$'x', 'x', 1, 'NaN'$$, 'PT400 invalid_lng')
) as tried (row, expected);
select is(
  tests.outcome($$insert into addresses (user_id, label, address, lat, lng)
    values (tests.id('bina'), 'x', 'x', 1, 1)$$),
  '42501', 'nobody writes addresses of others'
);
select lives_ok(
  $$insert into addresses (label, address, lat, lng) select n, 'x', 1, 1
    from generate_series(1, 48) as n$$,
  'fifty addresses'
);
select is(
  tests.outcome($$insert into addresses (label, address, lat, lng) values ('x', 'x', 1, 1)$$),
  'PT409 too_many_addresses', 'and no more'
);
select tests.act_as('bina');
select is_empty('select from addresses', 'nobody sees addresses of others');
select is(tests.rows_of($$update addresses set label = 'x'$$), 0::bigint, 'nor changes them');
select is(tests.rows_of('delete from addresses'), 0::bigint, 'nor deletes them');

-- Devices
select tests.act_as('asha');
select is(
  public.register_device('android', 'token 1', 'Redmi') ->> 'platform', 'android', 'a device'
);
select is(
  tests.outcome(format('select public.register_device(%s)', arguments)), expected, arguments
)
from (
  values
    ($$'symbian', 'x'$$, 'PT400 invalid_platform'), ($$'web', ''$$, 'PT400 invalid_push_token')
) as tried (arguments, expected);
select tests.act_as('bina');
select is_empty('select from devices', 'nobody sees devices of others');
select public.register_device('android', 'token 1');
select is((select count(*) from devices), 1::bigint, 'a token moves to the user who has it now');
select tests.act_as('asha');
select is_empty('select from devices', 'and away from the former');
select public.register_device('web', 'web ' || n) from generate_series(1, 25) as n;
select is((select count(*) from devices), 20::bigint, 'the longest unseen make room');
select is(
  tests.outcome($$insert into devices (platform, push_token) values ('web', 'x')$$), '42501',
  'devices are registered, not written'
);

-- Preferences
select is(
  tests.outcome(format(
    'insert into preferences (category_ids, channels, language) values (%s)
     on conflict (user_id) do update set category_ids = excluded.category_ids,
       channels = excluded.channels, language = excluded.language', row
  )),
  expected, row
)
from (
  values
    (format('array[%L]::uuid[], ''{"push": false}'', ''hi''', tests.id('category works')), 'ok'),
    (format('array[%L]::uuid[], ''{}'', null', tests.id('category later')),
      'PT400 invalid_category_ids'),
    (format('array[%1$L, %1$L]::uuid[], ''{}'', null', tests.id('category works')),
      'PT400 invalid_category_ids'),
    ($$'{}', '{"fax": true}', null$$, 'PT400 invalid_channels'),
    ($$'{}', '{"push": 1}', null$$, 'PT400 invalid_channels'),
    ($$'{}', '{}', 'Hindi'$$, 'PT400 invalid_language')
) as tried (row, expected);
update profiles set market_id = 'servicepro' where id = tests.id('asha');
select is(
  tests.outcome(format(
    'insert into preferences (user_id, category_ids) values (%L, array[%L]::uuid[])',
    tests.id('bina'), category
  )),
  '42501', 'of others nothing shows, not even their market'
)
from unnest(array[tests.id('category works'), tests.id('category later')]) as category;
update profiles set market_id = 'localpro' where id = tests.id('asha');

-- Sign-ins
select tests.act_as_postgres();
insert into auth.sessions (id, user_id, ip, user_agent)
values (tests.id('session'), tests.id('asha'), '203.0.113.9', 'Firefox');
insert into auth.mfa_amr_claims (id, session_id, authentication_method, created_at, updated_at)
values (gen_random_uuid(), tests.id('session'), 'otp', now(), now());
delete from auth.sessions where id = tests.id('session');
select tests.act_as('asha');
select results_eq(
  'select method, host(ip), user_agent from sign_ins', $$values ('otp', '203.0.113.9', 'Firefox')$$,
  'a sign-in stays when its session has ended'
);
select is(tests.outcome('delete from sign_ins'), '42501', 'nobody rewrites history');
select tests.act_as('bina');
select is_empty('select from sign_ins', 'nobody sees sign-ins of others');

-- Statistics
select tests.act_as_postgres();
select tests.provider('shop', 'owner');
select tests.book('shop', 'asha', '2 days');
select tests.act_as('asha');
select is(
  public.customer_statistics() - 'last_completed_at',
  '{"booking_count": 1, "completed_count": 0, "cancelled_count": 0, "review_count": 0,
    "average_rating_given": null}', 'a customer''s bookings and reviews'
);

select * from finish();
rollback;
