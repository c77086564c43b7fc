-- What is hidden is hidden on every way to it, and so is what is below it.
begin;
select plan(40);
select tests.user('asha'), tests.user('boss'), tests.user('owner');
insert into user_roles (user_id, role) values (tests.id('boss'), 'admin');
select
  tests.category('trade'), tests.category('branch', 'trade'), tests.category('works', 'branch');
select tests.provider('shop', 'owner');

-- What the acting role gets of the category `works` and of the shop, one letter for each way.
create function tests.ways()
returns text
-- Postgres 17 keeps the plan of a function in SQL, and with it the policies of the first role.
language plpgsql
as $$
begin
  return concat(
    case when exists (select from public.categories where slug = 'works') then 'c' end,
    case when exists (
      select from public.category_statistics where category_id = tests.id('category works')
    ) then 'n' end,
    case when exists (
      select from public.provider_categories where provider_id = tests.id('shop')
    ) then 'p' end,
    case when exists (
      select from public.services where provider_id = tests.id('shop')
    ) then 's' end,
    case when exists (
      select from public.service_statistics where service_id = tests.id('shop visit')
    ) then 'v' end,
    case when public.search_providers('localpro', 'shop') -> 'items' <> '[]' then 'q' end,
    case when public.search_providers('localpro', 'visit') -> 'items' <> '[]' then 'w' end,
    case tests.outcome($q$select public.search_providers('localpro', category => 'works')$q$)
      when 'ok' then 'S'
    end,
    case tests.outcome($q$select public.search_providers('localpro', category => 'trade')$q$)
      when 'ok' then 'T'
    end
  );
end;
$$;
grant execute on function tests.ways() to anon, authenticated;
select tests.act_as('asha');
select public.view_service(tests.id('shop visit')::text);
select tests.act_as_postgres();
select private.add_up_counts();
select tests.act_as_anon();
select is(tests.ways(), 'cnpsvqwST', 'what shows is found on every way');
select tests.act_as('asha');
select is(tests.ways(), 'cnpsvqwST', 'by users too');

select tests.act_as_postgres();
create function tests.hide(slug text, change text)
returns void
language plpgsql
as $$
begin
  execute format('update public.categories set %s where slug = %L', change, slug);
end;
$$;

-- Each way to hide, at each level
create temporary table attempts (level text, change text, back text);
insert into attempts
select level, change, back
from unnest(array['works', 'branch', 'trade']) as level,
  (values
    ('is_active = false', 'is_active = true'),
    ($$phase = 'full_launch'$$, $$phase = 'mvp'$$)
  ) as change (change, back);
create function tests.ways_while_hidden(level text, change text, back text, who text)
returns text
language plpgsql
as $$
declare
  v_ways text;
begin
  perform tests.hide(level, change);
  perform case who when 'anon' then tests.act_as_anon() else tests.act_as(who) end;
  v_ways := tests.ways();
  perform tests.act_as_postgres();
  perform tests.hide(level, back);
  return v_ways;
end;
$$;
select is(
  tests.ways_while_hidden(level, change, back, who),
  case level when 'trade' then '' else 'T' end,
  who || ': ' || level || ' with ' || change || ' hides all below it'
)
from attempts, unnest(array['anon', 'asha']) as who;
select is(
  tests.ways_while_hidden(level, change, back, 'boss'),
  case level when 'trade' then 'cnpsv' else 'cnpsvT' end,
  'admins see it: ' || level || ' with ' || change
)
from attempts;
select is(
  tests.ways_while_hidden('trade', 'is_active = false', 'is_active = true', 'owner'), 'psv',
  'the business sees what is its own'
);
select tests.act_as('asha');
select is(tests.ways(), 'cnpsvqwST', 'and all is back');

-- Launches of the category above
select tests.act_as_postgres();
select tests.hide('trade', $$phase = 'full_launch'$$);
update markets set phase = 'full_launch' where id = 'localpro';
select is(
  tests.ways(), 'cnpsvqwST', 'a market that reaches the phase of a category shows all below'
);
update markets set phase = 'mvp' where id = 'localpro';
select is(tests.ways(), 'cnpsv', 'and search forgets it when it goes back');
select tests.hide(
  'trade', 'launches_on = (private.now() at time zone ''Asia/Kolkata'')::date + 1'
);
select tests.pass('1 day');
select ok(private.refresh_launched() > 0, 'when the day of a category comes');
select is(tests.ways(), 'cnpsvqwST', 'all below it is found');
select is(
  tests.outcome($$update categories set parent_id = tests.id('category works')
    where slug = 'trade'$$),
  'PT400 category_loop', 'no category is above itself'
);

-- What can't be seen can't be booked
select tests.act_as('asha');
select is(tests.outcome(tests.request('shop', '2 days')), 'ok', 'what shows is booked');
select tests.act_as_postgres();
create function tests.request_while(change text, back text)
returns text
language plpgsql
as $$
declare
  v_outcome text;
begin
  execute change;
  perform tests.act_as('asha');
  v_outcome := tests.outcome(tests.request('shop', '3 days'));
  perform tests.act_as_postgres();
  execute back;
  return v_outcome;
end;
$$;
select is(tests.request_while(change, back), expected, change || ': ' || expected)
from (
  values
    (
      $$update categories set is_active = false where slug = 'works'$$,
      $$update categories set is_active = true where slug = 'works'$$, 'PT404 service_not_found'
    ),
    (
      $$update categories set is_active = false where slug = 'trade'$$,
      $$update categories set is_active = true where slug = 'trade'$$, 'PT404 service_not_found'
    ),
    (
      $$update services set is_active = false where id = tests.id('shop visit')$$,
      $$update services set is_active = true where id = tests.id('shop visit')$$,
      'PT404 service_not_found'
    ),
    (
      $$update providers set status = 'draft' where id = tests.id('shop')$$,
      $$update providers set status = 'active' where id = tests.id('shop')$$,
      'PT404 provider_not_found'
    ),
    (
      $$update providers set status = 'pending' where id = tests.id('shop')$$,
      $$update providers set status = 'active' where id = tests.id('shop')$$,
      'PT404 provider_not_found'
    ),
    (
      $$update providers set status = 'suspended' where id = tests.id('shop')$$,
      $$update providers set status = 'active' where id = tests.id('shop')$$,
      'PT409 provider_not_bookable'
    ),
    (
      $$update providers set status = 'closed' where id = tests.id('shop')$$,
      $$update providers set status = 'active' where id = tests.id('shop')$$,
      'PT409 provider_not_bookable'
    ),
    (
      $$update markets set is_active = false where id = 'localpro'$$,
      $$update markets set is_active = true where id = 'localpro'$$,
      'PT409 provider_not_bookable'
    )
) as attempt (change, back, expected);
select tests.service('shop', 'gone');
delete from services where id = tests.id('shop gone');
select tests.act_as('asha');
select is(
  tests.outcome(format(
    'select public.request_booking(%L, %L, %L, %L)', tests.id('shop'),
    jsonb_build_array(tests.id('shop gone')), tests.at('3 days'), tests.place()
  )),
  'PT404 service_not_found', 'a deleted service is not booked'
);
select is(
  tests.outcome(tests.request('never', '3 days')), 'PT404 provider_not_found',
  'nor is a business that is not there'
);
select tests.act_as_postgres();
select tests.hide('trade', 'is_active = false');
select tests.act_as('asha');
select is(
  tests.outcome(format('select public.view_service(%L)', tests.id('shop visit'))),
  'PT404 service_not_found', 'what is hidden is not looked at'
);
select is(
  tests.outcome(format(
    'insert into preferences (category_ids) values (array[%L]::uuid[])', tests.id('category works')
  )),
  'PT400 invalid_category_ids', 'and not wished for'
);

select * from finish();
rollback;
