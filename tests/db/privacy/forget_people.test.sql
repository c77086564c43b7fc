-- A softly deleted account: what names the person goes, what others need of it stays.
begin;
select plan(19);
select tests.user(name) from unnest(array['asha', 'owner', 'help', 'ravi']) as name;
insert into user_roles (user_id, role)
values (tests.id('help'), 'support'), (tests.id('asha'), 'corporate');
select tests.provider('firm', 'owner');
update auth.users set phone = '919876500099' where id = tests.id('asha');
insert into provider_invitations (provider_id, role, phone, email, invited_by)
values
  (tests.id('firm'), 'manager', '+919876500099', null, tests.id('owner')),
  (tests.id('firm'), 'crew_member', null, 'ravi@example.test', tests.id('owner'));
create temporary table booked (name text, id uuid);
insert into booked
values
  ('done', tests.complete('firm', 'owner', 'asha')),
  ('ahead', tests.book('firm', 'asha', '9 days'));
update bookings
set contact_phone = '+919876500099', landmark = 'Blue door', description = 'The tap drips.'
where customer_id = tests.id('asha');
select tests.run_as('asha', tests.review(id, 5, $$, title => 'Good', comment => 'In time.'$$))
from booked where name = 'done';
create temporary table talk as select tests.talk('asha', 'firm') as id;
select tests.say('asha', id, 'My tap drips.') from talk;
select tests.run_as('asha', $$
  select public.register_device('android', 'token');
  insert into addresses (label, address, lat, lng) values ('Home', 'A 1', 26.8, 81);
  insert into preferences (language) values ('hi');
  update profiles set photo_path = 'asha/me.png', language = 'hi', time_zone = 'Asia/Kolkata'
$$);
insert into user_blocks values (tests.id('asha'), tests.id('owner'));
insert into sign_ins (id, user_id, ip) values (gen_random_uuid(), tests.id('asha'), '203.0.113.9');

-- As Auth does it
update auth.users
set deleted_at = now(), email = 'x', phone = null, raw_user_meta_data = '{}'
where id = tests.id('asha');

select is_empty(
  format('select from %s where %I = tests.id(''asha'')', table_name, column_name),
  'nothing is left in ' || table_name
)
from (
  values
    ('devices', 'user_id'), ('addresses', 'user_id'), ('preferences', 'user_id'),
    ('sign_ins', 'user_id'), ('user_roles', 'user_id'), ('user_blocks', 'blocker_id'),
    ('private.idempotency_keys', 'user_id'), ('private.token_buckets', 'user_id')
) as left_over (table_name, column_name);
select results_eq(
  $$select display_name, photo_path, language, time_zone from profiles
    where id = tests.id('asha')$$,
  $$values (null::text, null::text, 'en', 'UTC')$$, 'nor is it in the profile'
);
select results_eq(
  'select email from provider_invitations', $$values ('ravi@example.test')$$,
  'nobody keeps an invitation to the phone that was theirs'
);

-- What others see
select is(
  public.list_reviews(tests.id('firm')::text) #> '{items,0}' ->> key, value,
  'the review says its ' || key
)
from (values ('comment', 'In time.'), ('author', '{"display_name": null}')) as said (key, value);
select is(
  tests.as_user('owner', format('public.list_messages(%L)', id)) #> '{items,0}'
    #> array[key], value::jsonb, 'the message says its ' || key
)
from talk, (
  values
    ('body', '"My tap drips."'),
    ('sender', jsonb_build_object('id', tests.id('asha'), 'display_name', null)::text)
) as said (key, value);
create function tests.seen(booking text) returns jsonb language sql as $$
  select jsonb_build_array(
    answer #> '{customer,display_name}', answer -> 'contact_phone',
    answer #> '{location,landmark}', answer #> '{location,address}', answer -> 'description'
  )
  from booked, tests.as_user('owner', format('public.get_booking(%L)', booked.id)) as answer
  where booked.name = seen.booking
$$;
select is(
  tests.seen('done'), '[null, null, null, "Vipin Khand, Gomti Nagar", "The tap drips."]',
  'of a job that is over the business keeps where and what it was'
);
select is(
  tests.seen('ahead'),
  '[null, "+919876500099", "Blue door", "Vipin Khand, Gomti Nagar", "The tap drips."]',
  'for one that is ahead it needs the rest too'
);
select tests.run_as('owner', tests.move(id, 'declined', $$, 'Nobody there'$$))
from booked where name = 'ahead';
select is(
  tests.seen('ahead'), '[null, null, null, "Vipin Khand, Gomti Nagar", "The tap drips."]',
  'until that is over'
);

-- Somebody of support
select tests.as_user('ravi', 'public.start_conversation(''support'')');
update auth.users set deleted_at = now() where id = tests.id('help');
select is_empty(
  'select from conversation_participants where user_id = tests.id(''help'')',
  'who answered for support does so no more'
);
-- Said again it is the same
update auth.users set deleted_at = now() where id = tests.id('asha');
select is((select count(*) from reviews), 1::bigint, 'and nothing else is gone');

select * from finish();
rollback;
