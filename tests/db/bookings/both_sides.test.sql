-- Nobody plays both sides of a booking. Who is its customer stays that, and only that, when the
-- business hires them; who acted for one side never decides for another.
begin;
select plan(37);
select tests.user('owner'), tests.user('asha'), tests.user('boss'), tests.user('judge'),
  tests.user('former');
update auth.users set email_confirmed_at = now() where id = tests.id('asha');
insert into user_roles (user_id, role)
values (tests.id('boss'), 'admin'), (tests.id('judge'), 'admin'), (tests.id('former'), 'admin');
select tests.provider('firm', 'owner');
create temporary table booked as
select name, tests.book('firm', customer, ahead) as id
from (
  values
    ('own', 'asha', interval '2 hours'), ('called off', 'asha', interval '4 hours'),
    ('disputed', 'boss', interval '6 hours'), ('third', 'boss', interval '8 hours'),
    ('fourth', 'boss', interval '10 hours')
) as wish (name, customer, ahead);
grant all on booked to authenticated;
create function tests.named(name text)
returns uuid
language sql
stable
as $$
  select id from booked where booked.name = named.name
$$;
create function tests.try(name text, to_status text)
returns text
language sql
as $$
  select tests.outcome(tests.move(tests.named(name), to_status, $m$, reason => 'x'$m$))
$$;
grant execute on all functions in schema tests to authenticated;

-- The customer is hired: not by an invitation, but the platform may write what it likes
select tests.act_as('owner');
select public.invite_member(tests.id('firm')::text, 'manager', email => 'asha@example.test');
select tests.act_as('asha');
select is(
  tests.outcome(format(
    'select public.accept_invitation(%L)', public.list_invitations() #>> '{items,0,id}'
  )),
  'PT409 own_business', 'a customer with open bookings joins nothing'
);
select tests.act_as_postgres();
insert into provider_members (provider_id, user_id, role)
values (tests.id('firm'), tests.id('asha'), 'manager');
select tests.act_as('asha');
select is(
  tests.outcome(tests.request('firm', interval '20 hours')), 'PT409 own_business',
  'and books there no more'
);
select is(tests.try('own', 'confirmed'), 'PT409 own_business', 'does not accept the own booking');
select is(tests.try('own', 'declined'), 'PT409 own_business', 'nor decline it');
select is(
  tests.try('own', 'completed'), 'PT409 transition_not_allowed',
  'what nobody may is refused as always'
);
select results_eq(
  $$select move ->> 'to_status', move ->> 'actor'
    from jsonb_array_elements(
      public.get_booking(tests.named('own')::text) -> 'allowed_transitions'
    ) as move$$,
  $$values ('cancelled', 'customer')$$,
  'is told of the moves of a customer only'
);
select is(tests.try('called off', 'cancelled'), 'ok', 'still calls off as the customer');
select is(
  (public.get_booking(tests.named('called off')::text)) ->> 'status_actor', 'customer',
  'and is named so'
);

-- Others of the business do the job
select tests.act_as('owner');
select is(tests.try('own', 'confirmed'), 'ok', 'a colleague accepts it');
select tests.act_as_postgres();
update markets set requires_start_code = true where id = 'localpro';
select tests.let_pass(tests.named('own'));
select tests.act_as('asha');
create temporary table shown as
select public.issue_job_code(tests.named('own')::text, 'start') ->> 'code' as code;
grant select on shown to authenticated;
select is(
  tests.outcome(format(
    'select public.confirm_job_code(%L, %L, %L)', tests.named('own'), 'start',
    (select code from shown)
  )),
  'PT409 own_business', 'the customer does not type in their own code'
);
select tests.act_as('owner');
select is(
  tests.outcome(format(
    'select public.confirm_job_code(%L, %L, %L)', tests.named('own'), 'start',
    (select code from shown)
  )),
  'ok', 'a colleague does'
);
select is(tests.try('own', 'completed'), 'ok', 'and does the job');

-- The talk about it
select public.start_conversation('booking', booking_id => tests.named('own')::text);
select tests.act_as_postgres();
select results_eq(
  $$select side, user_id from conversation_participants order by side$$,
  $$values ('customer', tests.id('asha')), ('provider', tests.id('owner'))$$,
  'the customer talks as the customer'
);

-- Reviews
select tests.act_as('asha');
select is(
  tests.outcome(tests.review(tests.named('own'), 5)), 'PT409 own_business',
  'nobody praises their own business'
);
select is(
  tests.outcome(format(
    $$insert into storage.objects (bucket_id, name) values ('review-photos', '%s/%s/a.jpg')$$,
    tests.review_key(tests.named('own')), side
  )),
  '42501', 'nor uploads photos for it: ' || side
)
from unnest('{customer,provider}'::text[]) as side;
select tests.act_as('owner');
select is(
  tests.outcome(tests.review(tests.named('own'), 4)), 'ok', 'a colleague reviews the customer'
);
select tests.act_as_postgres();
select is(
  tests.outcome(format(
    $$insert into reviews (booking_id, side, provider_id, customer_id, author_id, overall_rating)
      values (%L, 'customer', %L, %3$L, %3$L, 5)$$,
    tests.named('own'), tests.id('firm'), tests.id('asha')
  )),
  'PT409 own_business', 'whoever writes it'
);
delete from provider_members where user_id = tests.id('asha');
select tests.act_as('asha');
select is(
  tests.outcome(tests.review(tests.named('own'), 3)), 'ok', 'who has left speaks as any customer'
);
select is(
  tests.outcome(format(
    'select public.accept_invitation(%L)', public.list_invitations() #>> '{items,0,id}'
  )),
  'ok', 'who has no open booking any more joins'
);
select tests.act_as_postgres();
delete from provider_members where user_id = tests.id('asha');

-- Admins
select tests.act_as('owner');
select is(tests.try(name, 'confirmed'), 'ok', 'confirmed: ' || name)
from unnest('{disputed,third,fourth}'::text[]) as name;
select tests.act_as_postgres();
update markets set requires_start_code = false where id = 'localpro';
select tests.let_pass(tests.named('third'));
insert into provider_members (provider_id, user_id, role)
values (tests.id('firm'), tests.id('former'), 'manager'),
  (tests.id('firm'), tests.id('judge'), 'crew_member');
select tests.act_as('former');
select is(tests.try(name, 'in_progress'), 'ok', 'an admin who is a manager starts it: ' || name)
from unnest('{disputed,third}'::text[]) as name;
select is(
  public.get_booking(tests.named('third')::text) #>> '{status_actor}', 'provider',
  'for the business, not for the platform'
);
select tests.act_as('boss');
select is(tests.try(name, 'disputed'), 'ok', 'the customer disputes it: ' || name)
from unnest('{disputed,third}'::text[]) as name;
select is(
  tests.try('disputed', 'completed'), 'PT409 own_business', 'and does not decide it as an admin'
);
select tests.act_as('judge');
select is(
  tests.try('disputed', 'completed'), 'PT409 own_business', 'nor does a member of the business'
);
select tests.act_as_postgres();
delete from provider_members where user_id in (tests.id('judge'), tests.id('former'));
select tests.act_as('former');
select is(
  tests.try('disputed', 'completed'), 'PT409 own_business',
  'nor one who did the job and has left since'
);
select tests.act_as('judge');
select is(tests.try('disputed', 'completed'), 'ok', 'who has no part in it does');

-- Whoever writes
select tests.act_as_postgres();
select is(
  tests.outcome(format(
    $$update bookings
      set status_actor = %L, status_actor_id = %L
      where id = %L$$,
    actor, actor_id, tests.named('fourth')
  )),
  '23514', 'the table holds it: ' || actor
)
from (
  values ('provider', tests.id('boss')), ('customer', tests.id('owner')),
    ('system', tests.id('owner'))
) as attempt (actor, actor_id);
insert into provider_members (provider_id, user_id, role)
values (tests.id('firm'), tests.id('judge'), 'crew_member');
select is(
  tests.outcome(format(
    $$update bookings
      set status = 'cancelled', status_actor = 'admin', status_actor_id = %L, status_reason = 'x'
      where id = %L$$,
    tests.id('judge'), tests.named('fourth')
  )),
  'PT409 own_business', 'also of members who decide'
);
select is(
  tests.outcome(format(
    $$insert into bookings (
        number, market_id, provider_id, customer_id, process_id, status, status_actor, starts_at,
        ends_at, location, address, total_amount, currency
      )
      select 'BK-OWN', market_id, provider_id, %L, process_id, 'requested', 'customer',
        now() + interval '30 days', now() + interval '31 days', location, address, 0, currency
      from bookings where id = %L$$,
    tests.id('judge'), tests.named('fourth')
  )),
  'PT409 own_business', 'and of members who book'
);

select * from finish();
rollback;
