begin;
select plan(39);
select tests.user('owner'), tests.user('crew'), tests.user('lead'), tests.user('asha'),
  tests.user('ravi'), tests.user('rival'), tests.user('boss');
insert into user_roles (user_id, role) values (tests.id('boss'), 'admin');
select tests.provider('firm', 'owner'), tests.provider('other firm', 'rival');
insert into provider_members (provider_id, user_id, role)
values
  (tests.id('firm'), tests.id('crew'), 'crew_member'),
  (tests.id('firm'), tests.id('lead'), 'crew_lead');
create temporary table done (name text primary key, id uuid);
grant all on done to authenticated, anon, service_role;
insert into done
select name, tests.complete('firm', 'owner', 'asha')
from unnest(array['first', 'second', 'late']) as name;
insert into done values ('open', tests.book('firm', 'asha', interval '5 hours'));
create function tests.review(name text, overall text, more text default '')
returns text
language sql
stable
as $$
  select tests.outcome(format(
    'select public.submit_review(%L, %L %s)', (select id from done where done.name = review.name),
    overall, more
  ))
$$;
grant execute on function tests.review(text, text, text) to authenticated, anon, service_role;

-- Strangers
select tests.act_as_anon();
select is(tests.review('first', '5'), '42501', 'not without a session');
select tests.act_as('ravi');
select is(tests.review('first', '5'), 'PT404 booking_not_found', 'not another customer');
select tests.act_as('rival');
select is(tests.review('first', '5'), 'PT404 booking_not_found', 'not another business');
select tests.act_as('crew');
select is(tests.review('first', '5'), 'PT403 review_not_allowed', 'a crew member does not judge');
select tests.act_as('boss');
select is(tests.review('first', '5'), 'PT403 review_not_allowed', 'nor does an admin');

-- Bad input
select tests.act_as('asha');
select is(tests.review('first', stars), 'PT400 invalid_overall', format('overall is not %s', stars))
from unnest(array['0', '6', '4.5', '"5"', 'null', '[]']) as stars;
select is(
  tests.review('first', '5', format(', %s => ''6''', dimension)),
  'PT400 invalid_' || dimension, dimension || ' is 1 to 5'
)
from unnest(array['quality', 'punctuality', 'professionalism', 'value', 'communication'])
  as dimension;
select is(
  tests.review('first', '5', format(', title => %L', repeat('x', 121))), 'PT400 invalid_title',
  'a title is short'
);
select is(
  tests.review('first', '5', format(', comment => %L', repeat('x', 2001))),
  'PT400 invalid_comment', 'a comment is not a book'
);
select is(
  tests.review('first', '5', $$, photos => '["x/customer/a.jpg"]'$$), 'PT400 invalid_photos',
  'photos have been uploaded'
);

-- When
select is(tests.review('open', '5'), 'PT409 booking_not_completed', 'the work comes first');
select tests.act_as_postgres();
select tests.pass('60 days 1 minute');
select tests.act_as('asha');
select is(tests.review('late', '5'), 'PT409 review_window_closed', 'for sixty days');
select tests.act_as_postgres();
update markets set review_days = 61 where id = 'localpro';
select tests.act_as('asha');
select is(tests.review('late', '3'), 'ok', 'or as long as the market says');

-- The customer's review
select results_eq(
  format(
    $$select review - '{id,created_at}'::text[] from public.submit_review(
      %L, '4', quality => '5', value => '3', title => ' Quick ', comment => 'Thanks',
      idempotency_key => 'k'
    ) as review$$, (select id from done where name = 'first')
  ),
  format(
    $$values (jsonb_build_object(
      'booking_id', %1$L, 'side', 'customer', 'provider_id', %2$L, 'customer_id', %3$L,
      'overall', 4, 'quality', 5, 'punctuality', null, 'professionalism', null, 'value', 3,
      'communication', null, 'title', 'Quick', 'comment', 'Thanks', 'photos', '[]'::jsonb
    ))$$,
    (select id from done where name = 'first'), tests.id('firm'), tests.id('asha')
  ),
  'the review is answered'
);
select is(
  tests.review(
    'first', '4', $$, quality => '5', value => '3', title => ' Quick ', comment => 'Thanks',
      idempotency_key => 'k'$$
  ),
  'ok', 'the same call again answers the same'
);
select is(
  tests.review('first', '1', $$, idempotency_key => 'k'$$), 'PT409 idempotency_key_reused',
  'another call under its key does not'
);
select is(tests.review('first', '1'), 'PT409 already_reviewed', 'and it is final');
select is(
  tests.outcome(format('%s reviews %s', verb, rest)), '42501', format('%s is refused', verb)
)
from (
  values
    ('update', 'set overall_rating = 5'), ('delete from', ''),
    ('insert into', '(overall_rating) values (5)')
) as attempt (verb, rest);

-- The other side
select tests.act_as('lead');
select is(tests.review('first', '5', $$, comment => 'Kind'$$), 'ok', 'a crew lead reviews');
select tests.act_as('owner');
select is(tests.review('first', '5'), 'PT409 already_reviewed', 'once for the business');
select tests.act_as_postgres();
select results_eq(
  $$select side, overall_rating, author_id from reviews
    where booking_id = (select id from done where name = 'first') order by side$$,
  $$values ('customer', 4, tests.id('asha')), ('provider', 5, tests.id('lead'))$$,
  'both sides are kept, with their authors'
);
select is(
  tests.outcome(format(
    $$insert into reviews (booking_id, side, provider_id, customer_id, author_id, overall_rating)
      values (%L, 'customer', %L, %L, %L, 5)$$,
    (select id from done where name = 'second'), tests.id('firm'), tests.id(customer),
    tests.id(author)
  )),
  wanted, format('by constraint: %s writes as %s', author, customer)
)
from (
  values ('ravi', 'ravi', '23503'), ('asha', 'ravi', '23514'), ('asha', 'asha', 'ok'),
    ('asha', 'asha', '23505')
) as attempt (customer, author, wanted);

-- Who reads the rows
create function tests.sees(name text, of_side text)
returns bigint
language plpgsql
as $$
declare
  v_count bigint;
begin
  perform tests.act_as(name);
  select count(*) into v_count from public.reviews where side = of_side;
  perform tests.act_as_postgres();
  return v_count;
end;
$$;
select results_eq(
  $$select name, tests.sees(name, 'customer'), tests.sees(name, 'provider')
    from unnest(array['asha', 'crew', 'boss', 'rival', 'ravi']) as name$$,
  $$values ('asha', 3::bigint, 1::bigint), ('crew', 3, 1), ('boss', 3, 1), ('rival', 0, 0),
    ('ravi', 0, 0)$$,
  'both sides and admins see the rows'
);

-- What businesses say of a customer
select tests.act_as('owner');
select is(
  public.customer_rating((select id::text from done where name = 'open')),
  jsonb_build_object(
    'customer_id', tests.id('asha'), 'rating_count', 1, 'rating_average', 5.00
  ),
  'the business of a booking sees the customer''s rating'
);
select tests.act_as('rival');
select is(
  tests.outcome(format(
    'select public.customer_rating(%L)', (select id from done where name = 'open')
  )),
  'PT404 booking_not_found', 'another business does not'
);

select * from finish();
rollback;
