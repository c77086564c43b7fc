begin;
select plan(8);
select tests.user('asha');
select tests.category('works');

-- The owner imports.
update categories set created_at = '2020-01-02' where slug = 'works';
select is(
  (select created_at from categories where slug = 'works'), '2020-01-02'::timestamptz,
  'the owner says when a row was made'
);
select isnt(
  (select updated_at from categories where slug = 'works'), '2020-01-02'::timestamptz,
  'but not when it changed'
);
insert into categories (market_id, slug, names, created_at, updated_at)
select market_id, 'imported', names, '2020-01-03', '2020-01-03'
from categories
where slug = 'works';
select results_eq(
  $$select created_at, updated_at from categories where slug = 'imported'$$,
  $$values ('2020-01-03'::timestamptz, now())$$, 'also of a new one'
);
insert into categories (market_id, slug, names, created_at)
select market_id, 'unknown', names, null
from categories
where slug = 'works';
select is(
  (select created_at from categories where slug = 'unknown'), now(), 'who does not know says null'
);

-- Nobody else does, not even who may write the column.
select tests.act_as_service();
update categories set created_at = '2020-02-02' where slug = 'works';
select is(
  (select created_at from categories where slug = 'works'), '2020-01-02'::timestamptz,
  'service_role changes nothing'
);
insert into categories (market_id, slug, names, created_at)
select market_id, 'served', names, '2020-02-02'
from categories
where slug = 'works';
select is(
  (select created_at from categories where slug = 'served'), now(), 'service_role says nothing'
);
select tests.act_as('asha');
select is(
  tests.outcome($$update profiles set created_at = '2020-02-02'$$), '42501', 'nor do clients'
);
select is(
  tests.outcome(
    $$insert into addresses (label, address, lat, lng, created_at)
      values ('x', 'x', 1, 1, '2020-02-02')$$
  ),
  '42501', 'of new rows'
);

select * from finish();
rollback;
