begin;
select plan(38);
select tests.user(name)
from unnest(array['owner', 'crew', 'asha', 'ravi', 'rival', 'boss', 'help', 'mina']) as name;
insert into user_roles (user_id, role)
values (tests.id('boss'), 'admin'), (tests.id('help'), 'support');
select tests.provider('firm', 'owner'), tests.provider('other firm', 'rival');
create temporary table talks (name text primary key, id uuid);
grant select on talks to authenticated, anon, service_role;
create function tests.talk_id(wanted text) returns text language sql as $$
  select id::text from talks where name = wanted
$$;
create function tests.start(more text) returns text language sql as $$
  select 'select public.start_conversation(' || more || ')'
$$;
create function tests.people(conversation text) returns text language sql as $$
  select string_agg(profile.display_name || ':' || participant.side, ' ' order by display_name)
  from conversation_participants as participant
  join profiles as profile on profile.id = participant.user_id
  where participant.conversation_id = tests.talk_id(conversation)::uuid
$$;
grant execute on all functions in schema tests to authenticated, anon, service_role;

-- Direct
insert into talks values ('direct', tests.talk('asha', 'firm'));
select is(tests.people('direct'), 'asha:customer owner:provider', 'customer and members take part');
select is(tests.talk('asha', 'firm'), tests.talk_id('direct')::uuid, 'started twice it is one');
select isnt(
  tests.talk('ravi', 'firm'), tests.talk_id('direct')::uuid, 'each customer has their own'
);
select is(
  tests.as_user('asha', format('public.get_conversation(%L)', tests.talk_id('direct')))
    - '{id,provider,customer,participants,created_at,last_message_at}'::text[],
  '{
    "kind": "direct", "side": "customer", "booking": null, "message_count": 0,
    "last_message": null, "unread_count": 0, "last_read_position": 0,
    "last_read_message_id": null, "is_muted": false, "is_archived": false, "is_pinned": false
  }'::jsonb,
  'it begins empty'
);
select tests.act_as('asha');
select is(tests.outcome(tests.start(call)), outcome, call)
from (
  values
    ('null', 'PT400 invalid_kind'),
    ('''group''', 'PT400 invalid_kind'),
    ('''direct''', 'PT400 invalid_provider_id'),
    ('''direct'', ''x''', 'PT400 invalid_provider_id'),
    ('''direct'', gen_random_uuid()::text', 'PT404 provider_not_found'),
    ('''direct'', gen_random_uuid()::text, gen_random_uuid()::text', 'PT400 invalid_booking_id'),
    ('''booking''', 'PT400 invalid_booking_id'),
    ('''booking'', null, gen_random_uuid()::text', 'PT404 booking_not_found'),
    ('''support'', gen_random_uuid()::text', 'PT400 invalid_provider_id')
) as tried (call, outcome);
select tests.act_as('owner');
select is(
  tests.outcome(tests.start(format('''direct'', %L', tests.id('firm')))),
  'PT409 own_business', 'nobody talks to their own business'
);
select tests.act_as_postgres();
update providers set status = 'suspended' where id = tests.id('other firm');
select tests.act_as('ravi');
select is(
  tests.outcome(tests.start(format('''direct'', %L', tests.id('other firm')))),
  'PT404 provider_not_found', 'a suspended business is not to be found'
);
select tests.act_as_postgres();

-- About a booking
create temporary table booked as select tests.book('firm', 'asha', '2 days') as id;
grant select on booked to authenticated;
create function tests.about() returns text language sql as $$
  select format('''booking'', null, %L', id) from booked
$$;
grant execute on function tests.about() to authenticated;
select tests.act_as(name), is(
  tests.outcome(tests.start(tests.about())),
  'PT404 booking_not_found', name || ' does not talk about a booking of others'
)
from unnest(array['ravi', 'rival', 'boss', 'help']) as name;
select tests.act_as_postgres();
insert into talks
select 'booking', (
  tests.as_user('owner', format('public.start_conversation(%s)', tests.about())) ->> 'id'
)::uuid;
select is(tests.people('booking'), 'asha:customer owner:provider', 'both sides take part');
select is(
  tests.as_user('asha', format('public.start_conversation(%s)', tests.about())) ->> 'id',
  tests.talk_id('booking'), 'whichever side begins, it is one'
);

-- Members come and go
insert into provider_members (provider_id, user_id, role)
values
  (tests.id('firm'), tests.id('crew'), 'crew_member'),
  (tests.id('firm'), tests.id('asha'), 'manager');
select is(
  tests.people('booking'), 'asha:customer crew:provider owner:provider',
  'who joins takes part; a customer stays one'
);
delete from provider_members
where provider_id = tests.id('firm') and user_id in (tests.id('crew'), tests.id('asha'));
select is(
  tests.people('booking'), 'asha:customer owner:provider', 'who leaves does not; a customer stays'
);
select tests.act_as('crew');
select is(
  tests.outcome(format('select public.get_conversation(%L)', tests.talk_id('booking'))),
  'PT404 conversation_not_found', 'and finds nothing any more'
);
select tests.act_as_postgres();

-- Support
insert into talks
select 'support', (tests.as_user('asha', 'public.start_conversation(''support'')') ->> 'id')::uuid;
select is(tests.people('support'), 'asha:customer boss:support help:support', 'staff takes part');
select is(
  tests.as_user('asha', 'public.start_conversation(''support'')') ->> 'id',
  tests.talk_id('support'), 'one per person'
);
insert into user_roles (user_id, role)
values (tests.id('mina'), 'support'), (tests.id('help'), 'admin');
select is(
  tests.people('support'), 'asha:customer boss:support help:support mina:support',
  'new staff takes part'
);
delete from user_roles where user_id in (tests.id('mina'), tests.id('help')) and role = 'support';
select is(
  tests.people('support'), 'asha:customer boss:support help:support',
  'who is no longer staff does not; who is still an admin does'
);
select is(
  (
    select string_agg(person ->> 'display_name', ' ' order by person ->> 'display_name')
    from jsonb_array_elements(
      tests.as_user(name, format('public.get_conversation(%L)', tests.talk_id('support')))
        -> 'participants'
    ) as person
  ),
  people, name || ' is shown ' || people
)
from (values ('asha', 'asha'), ('help', 'asha boss help')) as seen (name, people);

-- The list
select is(
  (
    select string_agg(talks.name, ' ' order by item.place)
    from jsonb_array_elements(
      tests.as_user('asha', 'public.list_conversations()') -> 'items'
    ) with ordinality as item (conversation, place)
    join talks on talks.id::text = item.conversation ->> 'id'
  ),
  (
    select string_agg(name, ' ' order by last_message_at desc, talks.id desc)
    from talks join conversations using (id)
  ),
  'lists all of the caller''s'
);
select tests.as_user(
  'asha',
  format('public.set_conversation_flags(%L, is_pinned => ''true'')', tests.talk_id('direct'))
);
select tests.as_user(
  'asha',
  format('public.set_conversation_flags(%L, is_archived => ''true'')', tests.talk_id('support'))
);
create function tests.pages(call text) returns text language plpgsql as $$
declare
  v_page jsonb;
  v_names text[];
  v_cursor text;
begin
  loop
    v_page := tests.as_user(
      'asha',
      format('public.list_conversations(page_size => ''1'', cursor => %L%s)', v_cursor, call)
    );
    v_names := v_names || (
      select array_agg(talks.name)
      from talks where id::text = v_page #>> '{items,0,id}'
    );
    v_cursor := v_page ->> 'next_cursor';
    exit when v_cursor is null;
  end loop;
  return array_to_string(v_names, ' ');
end;
$$;
select is(tests.pages(''), 'direct booking', 'pinned first, archived not at all, page by page');
select is(tests.pages(', is_archived => ''true'''), 'support', 'archived on their own');
select is(tests.pages(', kind => ''booking'''), 'booking', 'of one kind');
select tests.act_as('asha');
select is(
  tests.outcome('select public.list_conversations(cursor => ''WyJ4Il0'')'),
  'PT400 invalid_cursor', 'a cursor of another listing is refused'
);

-- Twenty an hour
select tests.act_as_postgres();
-- As many as one account may own, of two.
select tests.provider('firm ' || n, case when n <= 10 then 'ravi' else 'help' end)
from generate_series(1, 20) as n;
select tests.act_as('mina');
select is(
  (
    select string_agg(distinct tests.outcome(
      tests.start(format('''direct'', %L', tests.id('firm ' || n)))
    ), ' ')
    from generate_series(1, 20) as n
  ),
  'ok', 'twenty conversations may be started at once'
);
select is(
  tests.outcome(tests.start(format('''direct'', %L', tests.id('firm')))),
  'PT429 too_many_conversations', 'not one more'
);
select is(
  tests.outcome(tests.start(format('''direct'', %L', tests.id('firm 1')))), 'ok',
  'those that there are still answer'
);
select * from finish();
rollback;
