begin;
select plan(30);
select tests.user('owner'), tests.user('boss');
insert into user_roles (user_id, role) values (tests.id('boss'), 'admin');
select tests.provider('a', 'owner'), tests.provider('b', 'owner'), tests.provider('c', 'owner');
update providers set status = 'draft', verification_status = 'pending';
create function tests.decide(decision text, provider text, more text default '')
returns text
language sql
as $$
  select tests.outcome(format('select %s_provider(%L %s)', decision, tests.id(provider), more))
$$;
create function tests.state(provider text)
returns text
language sql
security definer
as $$
  select status || ' ' || verification_status
  from public.providers
  where id = tests.id(provider)
$$;
grant execute on all functions in schema tests to authenticated;

select tests.act_as('boss');
select is(
  list_verification_queue(), '{"items": [], "next_cursor": null}', 'drafts wait for their owner'
);
select is(tests.decide('verify', 'a'), 'PT409 decision_not_allowed', 'and are not verified');
select tests.act_as('owner');
select submit_provider(tests.id(name)::text) from unnest(array['a', 'b', 'c']) as name;
select tests.act_as('boss');
select is(
  (
    select count(distinct item ->> 'id')
    from jsonb_array_elements(list_verification_queue('localpro') -> 'items') as item
  ),
  3::bigint, 'what is submitted is in the queue'
);
select is(
  jsonb_array_length(list_verification_queue('atyrau') -> 'items'), 0, 'of its market'
);
select is(
  jsonb_array_length(
    list_verification_queue(
      page_size => '2', cursor => list_verification_queue(page_size => '2') ->> 'next_cursor'
    ) -> 'items'
  ),
  1, 'page by page'
);
select is(tests.decide('review', 'a'), 'ok', 'an admin takes one');
select is(tests.state('a'), 'pending under_review', 'and others see that');
select is(tests.decide('verify', 'a', $$, 'Papers seen'$$), 'ok', 'and verifies it');
select is(tests.state('a'), 'active verified', 'so it is active');
select is(tests.decide('verify', 'a'), 'PT409 decision_not_allowed', 'once');
select is(tests.decide('verify', 'b'), 'ok', 'also without notes');
select is(
  tests.decide('reject', 'c', $$, null$$), 'PT400 invalid_reason', 'a refusal has a reason'
);
select is(tests.decide('reject', 'c', $$, 'No licence'$$), 'ok', 'with one it stands');
select is(tests.state('c'), 'draft rejected', 'and the owner may correct it');
select tests.act_as('owner');
select is(
  tests.outcome(format('select submit_provider(%L)', tests.id('c'))), 'ok', 'and submit it again'
);
select tests.act_as('boss');
select is(tests.decide('verify', 'c', $$, 'Licence seen'$$), 'ok', 'with success');
select is(
  tests.decide('suspend', 'a', $$, 'Complaints'$$) || ' ' || tests.state('a'),
  'ok suspended verified', 'an active one is suspended'
);
select is(
  tests.decide('reinstate', 'a', $$, 'Solved'$$) || ' ' || tests.state('a'),
  'ok active verified', 'and comes back'
);
select is(
  tests.decide('reinstate', 'a', $$, 'Again'$$), 'PT409 decision_not_allowed', 'from there only'
);
select is(
  jsonb_array_length(list_verification_queue() -> 'items'), 0, 'nobody waits any more'
);
select is(
  tests.outcome($$select verify_provider(gen_random_uuid()::text)$$),
  'PT404 provider_not_found', 'a provider exists'
);
select is(
  tests.outcome($$select verify_provider('x')$$), 'PT400 invalid_provider_id', 'and has an id'
);
select results_eq(
  'select action, reason from admin_actions order by id',
  $$values ('review_provider', null), ('verify_provider', 'Papers seen'),
    ('verify_provider', null), ('reject_provider', 'No licence'),
    ('verify_provider', 'Licence seen'), ('suspend_provider', 'Complaints'),
    ('reinstate_provider', 'Solved')$$,
  'the log tells all of it'
);
select tests.act_as_postgres();
insert into provider_members (provider_id, user_id, role)
values (tests.id('b'), tests.id('boss'), 'crew_member');
select tests.act_as('boss');
select is(
  tests.decide(action, 'b', more), 'PT409 own_business',
  format('nobody may %s the business they work for', action)
)
from (
  values
    ('review', ''),
    ('verify', ''),
    ('reject', $$, 'x'$$),
    ('suspend', $$, 'x'$$),
    ('reinstate', $$, 'x'$$)
) as decision (action, more);
select tests.act_as_postgres();
select is(tests.state('b'), 'active verified', 'so it stays as it was');
delete from provider_members where user_id = tests.id('boss');
select tests.act_as_postgres();
select is(
  (
    select count(*)
    from providers
    where id in (tests.id('a'), tests.id('b'), tests.id('c')) and status = 'active'
  ),
  3::bigint, 'all are active'
);

select * from finish();
rollback;
