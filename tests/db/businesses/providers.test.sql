begin;
select plan(26);
select tests.user('owner'), tests.user('crew'), tests.user('rival'), tests.user('boss');
insert into user_roles (user_id, role) values (tests.id('boss'), 'admin');
select tests.provider('firm', 'owner'), tests.provider('other firm', 'rival');
insert into provider_members (provider_id, user_id, role)
values (tests.id('firm'), tests.id('crew'), 'crew_member');

-- Everybody
select tests.act_as_anon();
select is((select count(*) from providers), 2::bigint, 'everybody sees active businesses');
select is(tests.outcome($$update providers set names = '{"en": "x"}'$$), '42501', 'and edits none');
select is(tests.outcome('select from provider_members'), '42501', 'and sees no members');

-- The owner
select tests.act_as('owner');
select is(
  tests.rows_of($$update providers set names = '{"en": "Best"}', buffer_minutes = 15 returning 1$$),
  1::bigint, 'the owner edits the own business only'
);
select is(
  tests.outcome(format('update providers set %s where id = %L', change, tests.id('firm'))),
  expected, 'refused: ' || change
)
from (
  values
    ($$status = 'active'$$, '42501'),
    ($$verification_status = 'verified'$$, '42501'),
    ('rating_average = 5', '42501'),
    ('reputation_score = 100', '42501'),
    ($$market_id = 'bihar'$$, '42501'),
    ($$slug = 'best'$$, '42501'),
    ($$names = '[]'$$, 'PT400 invalid_names'),
    ($$descriptions = '{"en": ""}'$$, 'PT400 invalid_descriptions'),
    ($$address = ''$$, 'PT400 invalid_address'),
    ($$time_zone = 'x'$$, 'PT400 invalid_time_zone'),
    ($$kind = 'chain'$$, 'PT400 invalid_kind'),
    ('buffer_minutes = 481', 'PT400 invalid_buffer_minutes'),
    ('buffer_minutes = null', 'PT400 invalid_buffer_minutes'),
    ('lead_minutes = -1', 'PT400 invalid_lead_minutes')
) as change (change, expected);
select is((select count(*) from provider_members), 2::bigint, 'the owner sees the own members');
select is(
  tests.outcome(format(
    $$insert into provider_members (provider_id, user_id, role) values (%L, %L, 'owner')$$,
    tests.id('other firm'), tests.id('owner')
  )),
  '42501', 'nobody makes themselves a member'
);

-- The crew
select tests.act_as('crew');
select is(
  tests.rows_of($$update providers set is_accepting_bookings = false returning 1$$), 0::bigint,
  'the crew edits nothing'
);
select is((select count(*) from provider_members), 2::bigint, 'but sees its colleagues');

-- Suspended
select tests.act_as_service();
select is(
  tests.rows_of(format(
    $$update providers set status = 'suspended' where id = %L$$, tests.id('firm')
  )),
  1::bigint, 'service_role suspends'
);
select tests.act_as('rival');
select is((select count(*) from providers), 1::bigint, 'a suspended business is gone for others');
select tests.act_as('crew');
select is((select count(*) from providers), 2::bigint, 'not for its members');
select tests.act_as('boss');
select is((select count(*) from providers), 2::bigint, 'nor for admins');

select * from finish();
rollback;
