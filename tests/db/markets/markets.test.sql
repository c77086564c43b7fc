begin;
select plan(12);

select results_eq(
  'select id from markets order by id',
  $$values ('atyrau'), ('baitech'), ('bihar'), ('localpro'), ('servicepro')$$,
  'the five markets'
);
select is_empty(
  $$select from markets where not private.covers_languages(names, languages)$$,
  'each is named in its languages'
);
select is_empty(
  'select from markets where not private.is_time_zone(time_zone)', 'their time zones exist'
);
select is_empty(
  $$select from markets as market where not exists (
      select from private.phone_rules as rule
      where rule.country = market.country and rule.calling_code = market.calling_code
    )$$,
  'phones are read as their countries write them'
);
select is((private.require_market('localpro')).currency, 'INR', 'an active market is found');
select is(
  tests.outcome($$select private.require_market('nowhere')$$), 'PT404 market_not_found',
  'another is not'
);
select lives_ok(
  $$select private.require_in_market('localpro', private.point(26.85, 80.95))$$,
  'Lucknow lies in LocalPro'
);
select is(
  tests.outcome($$select private.require_in_market('localpro', private.point(25.6, 85.1))$$),
  'PT400 outside_market', 'Patna does not'
);

update markets set is_active = false where id = 'atyrau';
select tests.act_as_anon();
select is((select count(*) from markets), 4::bigint, 'everybody reads active markets');
select is(tests.outcome($$update markets set currency = 'USD'$$), '42501', 'nobody writes them');
select tests.act_as_postgres();
select is(
  tests.outcome($$select private.require_market('atyrau')$$), 'PT404 market_not_found',
  'an inactive market is not found'
);
select tests.act_as_service();
select is(
  tests.rows_of($$update markets set is_active = true where id = 'atyrau'$$), 1::bigint,
  'service_role does'
);

select * from finish();
rollback;
