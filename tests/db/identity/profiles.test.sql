begin;
select plan(27);

-- A profile comes with the user, whatever the metadata.
select tests.user('asha', '{"market": "localpro", "language": "hi", "time_zone": "Asia/Dubai"}');
select results_eq(
  $$select market_id, display_name, language, time_zone, status from profiles
    where id = tests.id('asha')$$,
  $$values ('localpro', 'asha', 'hi', 'Asia/Dubai', 'active')$$,
  'the wishes of the user'
);
insert into auth.users (id, raw_user_meta_data)
select tests.id('odd ' || no), odd::jsonb
from unnest(array[
  '5', '[]', '"x"', 'null', '{"market": 5, "language": {}, "time_zone": [], "name": {"a": 1}}',
  '{"market": "nowhere", "language": "very long", "time_zone": "Mars/Base"}',
  '{"display_name": "", "market": null}'
]) with ordinality as odds (odd, no);
select results_eq(
  $$select market_id, display_name, language, time_zone, count(*) from profiles
    where id <> tests.id('asha') group by 1, 2, 3, 4$$,
  $$values (null::text, null::text, 'en', 'UTC', 7::bigint)$$,
  'odd metadata become defaults'
);
insert into auth.users (id, raw_user_meta_data)
values (
  tests.id('long'),
  jsonb_build_object('display_name', repeat('न', 300), 'full_name', e'a\u0007b')
);
select is(
  (select length(display_name) from profiles where id = tests.id('long')), 100,
  'a name that is too long is cut'
);
insert into auth.users (id, phone) values
  (tests.id('kenya'), '254712345678'), (tests.id('india'), '919876500001');
select results_eq(
  $$select market_id, time_zone from profiles where id in (tests.id('kenya'), tests.id('india'))
    order by 1$$,
  $$values ('baitech', 'Africa/Nairobi'), (null, 'UTC')$$,
  'a calling code tells the market where only one has it'
);
delete from auth.users where id = tests.id('long');
select is_empty($$select from profiles where id = tests.id('long')$$, 'it goes with the user');

-- Own profile
select tests.user('ravi');
select tests.act_as('asha');
select results_eq('select id from profiles', $$values (tests.id('asha'))$$, 'users see themselves');
select is(
  tests.rows_of($$update profiles set display_name = ' Asha ', language = 'ur' returning 1$$),
  1::bigint, 'and edit themselves'
);
select is(
  (select display_name || ' ' || language from profiles), 'Asha ur', 'texts are trimmed'
);
select is(
  tests.rows_of(format($$update profiles set language = 'en' where id = %L$$, tests.id('ravi'))),
  0::bigint, 'but nobody else'
);
select is(
  tests.outcome(format('update profiles set %s', change)), expected, 'refused: ' || change
)
from (
  values
    ($$status = 'active'$$, '42501'),
    ($$id = gen_random_uuid()$$, '42501'),
    ($$status_reason = 'x'$$, '42501'),
    ($$language = 'hindi'$$, 'PT400 invalid_language'),
    ($$language = null$$, 'PT400 invalid_language'),
    ($$time_zone = 'IST'$$, 'PT400 invalid_time_zone'),
    ($$market_id = 'nowhere'$$, 'PT400 invalid_market_id'),
    ($$display_name = repeat('x', 101)$$, 'PT400 invalid_display_name')
) as change (change, expected);
select is(
  tests.outcome($$insert into profiles (id) values (gen_random_uuid())$$), '42501', 'no insert'
);
select is(tests.outcome('delete from profiles'), '42501', 'no delete');

select tests.act_as_anon();
select is(
  tests.outcome('select from profiles'), '42501', 'nobody without a session reads profiles'
);

-- A block works with the token that the user still has.
select tests.act_as_service();
select is(
  tests.rows_of(format(
    $$update profiles set status = 'blocked', status_reason = 'spam' where id = %L$$,
    tests.id('asha')
  )),
  1::bigint, 'service_role blocks'
);
select tests.act_as('asha');
select is(private.me(), null, 'a blocked user is nobody');
select is_empty('select from profiles', 'and sees nothing');
select is(
  tests.outcome('select private.require_me()'), 'PT403 user_blocked', 'and is told so by RPCs'
);
select tests.act_as_postgres();
select isnt(
  (select status_changed_at from profiles where id = tests.id('asha')), null, 'the time is kept'
);

-- So does a ban or deletion in Auth.
update profiles set status = 'active' where id = tests.id('asha');
update auth.users set banned_until = now() + interval '1 hour' where id = tests.id('asha');
select tests.act_as('asha');
select is(private.me(), null, 'a user whom Auth banned is nobody');
select tests.act_as_postgres();
select tests.pass('1 hour');
select tests.act_as('asha');
select is(private.me(), tests.id('asha'), 'until the ban is over');

select * from finish();
rollback;
