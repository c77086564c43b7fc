begin;
select plan(22);
select tests.user('asha'), tests.user('boss'), tests.user('owner');
insert into user_roles (user_id, role) values (tests.id('boss'), 'admin');
select tests.category('now'), tests.category('later'), tests.category('paid');
update categories set phase = 'full_launch' where slug = 'later';
update categories set phase = 'monetisation' where slug = 'paid';

-- Slugs of the test's categories that the acting role sees.
create function tests.visible()
returns text[]
language sql
as $$
  select array_agg(slug order by slug) from public.categories where slug in ('now', 'later', 'paid')
$$;
grant execute on function tests.visible() to anon, authenticated;

select tests.act_as_anon();
select is(tests.visible(), '{now}', 'what has not launched is hidden');
select tests.act_as('asha');
select is(tests.visible(), '{now}', 'from users too');
select tests.act_as('boss');
select is(tests.visible(), '{later,now,paid}', 'admins prepare it');
select tests.act_as_postgres();
update markets set phase = 'full_launch' where id = 'localpro';
select tests.act_as_anon();
select is(tests.visible(), '{later,now}', 'it shows when the market has reached its phase');
select tests.act_as_postgres();
update markets set phase = 'monetisation' where id = 'localpro';
select is(
  private.is_launched('localpro', phase, null), true, 'the last phase includes ' || phase
)
from unnest(array['mvp', 'full_launch', 'monetisation']) as phase;
update markets set phase = 'mvp' where id = 'localpro';

-- Days are the market's: in Kolkata it is already tomorrow when it is 18:30 in UTC.
update categories
set launches_on = (private.now() at time zone 'Asia/Kolkata')::date
  + case slug when 'later' then 1 else 2 end
where slug in ('later', 'paid');
select tests.pass('1 day');
select tests.act_as_anon();
select is(tests.visible(), '{later,now}', 'a day that has come is as good, one to come is not');

-- What is hidden can't be used
select is(
  tests.outcome($$select public.search_providers('localpro', category => 'paid')$$),
  'PT404 category_not_found', 'nobody searches in it'
);
select tests.act_as('owner');
select is(
  tests.outcome(format(
    $$select public.create_provider('localpro', '{"en": "A"}', %L, '["now", "paid"]')$$,
    tests.place()
  )),
  'PT404 category_not_found', 'nobody begins a business in it'
);
select tests.act_as_postgres();
select tests.provider('shop', 'owner');
select tests.act_as('owner');
select is(
  tests.outcome(format(
    'insert into provider_categories (provider_id, category_id) values (%L, %L)',
    tests.id('shop'), tests.id('category paid')
  )),
  'PT400 invalid_category_id', 'nor adds it to one'
);
select is(
  tests.outcome(format(
    'insert into provider_categories (provider_id, category_id) values (%L, %L)',
    tests.id('shop'), tests.id('category later')
  )),
  'ok', 'a launched one can be added'
);

-- Verticals
select tests.act_as_anon();
select is_empty(
  $$select from verticals where not names ?& '{en,hi,ur,sw,ru,kk}'$$,
  'verticals are named in the languages of the markets'
);
select is(tests.outcome($$update verticals set icon = 'x'$$), '42501', 'nobody writes them');
select tests.act_as('owner');
create temporary table firm as select public.create_provider(
  'localpro', '{"en": "Green"}', tests.place(), '["now"]', vertical => 'lawn_care'
) as firm;
select results_eq(
  $$select vertical_id, buffer_minutes, lead_minutes from providers
    where id = (select (firm ->> 'id')::uuid from firm)$$,
  $$values ('lawn_care', 30, 1440)$$, 'a business begins with what is usual in its trade'
);
select is(
  tests.outcome(format(
    $$select public.create_provider('localpro', '{"en": "A"}', %L, '["now"]', vertical => 'x')$$,
    tests.place()
  )),
  'PT404 vertical_not_found', 'trades that don''t exist are refused'
);

-- Counts
select tests.act_as_postgres();
select private.add_up_counts();
create function tests.counts()
returns text
language sql
as $$
  select concat_ws(' ', provider_count, service_count, booking_count)
  from public.category_statistics where category_id = tests.id('category works')
$$;
select is(tests.counts(), '1 1 0', 'a business and its service count');
select tests.provider('second', 'owner'), tests.service('second', 'more');
select tests.book('second', 'asha', '2 days');
update services set is_active = false where id = tests.id('second more');
select is(private.add_up_counts() > 0, true, 'changes wait until the job adds them up');
select is(tests.counts(), '2 2 1', 'what is switched off does not count, a booking does');
update providers set status = 'suspended' where id = tests.id('shop');
select private.add_up_counts();
select is(tests.counts(), '1 1 1', 'a suspended business takes its rows with it');
update providers set status = 'active' where id = tests.id('shop');
select private.add_up_counts();
select is(tests.counts(), '2 2 1', 'and brings them back');
select is(private.add_up_counts(), 0, 'each change is added once');

select * from finish();
rollback;
