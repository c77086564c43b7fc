begin;
select plan(56);
select tests.user(name) from unnest(array['owner', 'crew', 'asha', 'ravi', 'rival']) as name;
select tests.provider('firm', 'owner'), tests.provider('other firm', 'rival');
insert into provider_members (provider_id, user_id, role)
values (tests.id('firm'), tests.id('crew'), 'crew_member');
create temporary table talks as
select 'asha' as name, tests.talk('asha', 'firm') as id
union all
select 'ravi', tests.talk('ravi', 'firm');
create function tests.talk_id(wanted text default 'asha') returns uuid language sql as $$
  select id from talks where name = wanted
$$;
create function tests.topic() returns text language sql as $$
  select 'conversation:' || tests.talk_id()
$$;
grant select on talks to authenticated, anon, service_role;
grant execute on all functions in schema tests to authenticated, anon, service_role;

-- Text, position, counters
create temporary table said (n integer primary key, message jsonb);
insert into said
values (1, tests.say('asha', tests.talk_id(), '  Namaste! क्या आप आ सकते हैं?  ', 'one'));
select is(
  (select message - '{id,created_at,conversation_id}'::text[] from said where n = 1),
  jsonb_build_object(
    'position', 1, 'client_id', tests.id('one'), 'kind', 'text',
    'sender', jsonb_build_object('id', tests.id('asha'), 'display_name', 'asha'),
    'sender_side', 'customer',
    'body', 'Namaste! क्या आप आ सकते हैं?', 'media', null, 'location', null, 'booking_id', null,
    'event', null
  ),
  'a text comes back as it was written, trimmed'
);
insert into said values (2, tests.say('owner', tests.talk_id(), 'Yes'));
insert into said values (3, tests.say('asha', tests.talk_id(), 'Good'));
select is(
  (select array_agg((message ->> 'position')::integer order by n) from said), '{1,2,3}',
  'positions count from one'
);
select is(
  tests.say('asha', tests.talk_id(), 'Something else', 'one'), message,
  'the same client id is the same message'
)
from said where n = 1;
select is(
  tests.say('ravi', tests.talk_id('ravi'), 'Hello', 'one') ->> 'body', 'Hello',
  'a client id is its sender''s own'
);
select is(tests.unread(name, tests.talk_id()), unread, name || ' has ' || unread)
from (values ('asha', '1/0'), ('owner', '2/0'), ('crew', '3/0')) as counted (name, unread);
select is(
  tests.as_user(name, 'public.get_badges()') ->> 'unread_messages', unread,
  name || ' is owed ' || unread
)
from (values ('asha', '1'), ('owner', '3'), ('crew', '4'), ('rival', '0')) as owed (name, unread);

-- Reading
create function tests.read(name text, n integer) returns jsonb language sql as $$
  select tests.as_user(
    name, format('public.mark_read(%L, %L)', tests.talk_id(), said.message ->> 'id')
  )
  from said where said.n = read.n
$$;
select is(
  tests.read('owner', 1) - 'conversation_id', '{"unread_count": 1, "last_read_position": 1}',
  'what is after the message read is unread, one''s own not counted'
);
select is(
  tests.read('owner', 3) - 'conversation_id', '{"unread_count": 0, "last_read_position": 3}',
  'all read'
);
select is(
  tests.read('owner', 2) - 'conversation_id', '{"unread_count": 0, "last_read_position": 3}',
  'reading does not go back'
);
select is(
  tests.as_user('owner', format('public.get_conversation(%L)', tests.talk_id()))
    ->> 'last_read_message_id',
  (select message ->> 'id' from said where n = 3), 'the conversation tells what was read last'
);
select is(
  (
    select string_agg(tests.unread(profile.display_name, conversation_id), ' ')
    from conversation_participants as participant
    join profiles as profile on profile.id = participant.user_id
    where unread_count <> (
      select count(*)
      from messages as message
      where message.conversation_id = participant.conversation_id
        and message.position > participant.last_read_position
        and message.sender_id is distinct from participant.user_id
    )
  ),
  null, 'every counter is what counting gives'
);

-- Broadcasts
select is(
  (
    select array_agg(
      concat_ws(' ', sent ->> 'broadcast', sent ->> 'body', sent ->> 'last_read_position')
    )
    from tests.broadcasts(tests.topic()) as sent
  ),
  array[
    'message_created Namaste! क्या आप आ सकते हैं?', 'message_created Yes', 'message_created Good',
    'conversation_read 1', 'conversation_read 3'
  ],
  'the topic is told of messages and reads, each once'
);
select ok(
  (select sent @> said.message from tests.broadcasts(tests.topic()) as sent limit 1),
  'a broadcast carries the whole message'
)
from said where n = 1;
select is(
  (
    select array_agg((sent ->> 'unread_messages')::integer)
    from tests.broadcasts('user:' || tests.id('owner')) as sent
  ),
  '{1,2,3,2,1}', 'each user is told of their own badge alone'
);
select tests.as_user(
  'crew', format('public.set_conversation_flags(%L, is_muted => ''true'')', tests.talk_id())
);
select is(
  tests.as_user('crew', 'public.get_badges()'),
  '{"unread_messages": 1, "unread_conversations": 1}', 'what is muted is not counted'
);

-- Pages
select tests.act_as_postgres();
insert into messages (conversation_id, sender_id, kind, body)
select tests.talk_id(), tests.id('owner'), 'text', 'number ' || n from generate_series(4, 12) as n;
create function tests.page(more text) returns integer[] language sql as $$
  select array_agg((item ->> 'position')::integer)
  from jsonb_array_elements(
    tests.as_user('asha', format('public.list_messages(%L, %s)', tests.talk_id(), more)) -> 'items'
  ) as item
$$;
select is(tests.page(more)::text, positions, more)
from (
  values
    ('page_size => ''3''', '{10,11,12}'),
    ('page_size => ''3'', before => ''10''', '{7,8,9}'),
    ('page_size => ''3'', before => ''3''', '{1,2}'),
    ('page_size => ''3'', before => ''1''', null),
    ('page_size => ''3'', before => ''99''', '{10,11,12}'),
    ('page_size => ''3'', after => ''0''', '{1,2,3}'),
    ('page_size => ''3'', after => ''11''', '{12}'),
    ('page_size => ''3'', after => ''12''', null),
    ('page_size => ''3'', after => ''2147483647''', null)
) as pages (more, positions);

-- What a message may be
create function tests.try(more text, conversation uuid default tests.talk_id())
returns text language sql as $$
  select tests.outcome(
    format('select public.send_message(%L, gen_random_uuid()::text, %s)', conversation, more)
  )
$$;
grant execute on all functions in schema tests to authenticated;
-- The storage of the platform writes these rows when a file is uploaded.
insert into storage.objects (bucket_id, name, metadata)
select
  'chat-media', talks.id || '/' || tests.id('tap') || '.jpg',
  '{"size": 5, "mimetype": "image/jpeg"}'
from talks;
create function tests.picture(talk text, name text) returns text language sql as $$
  select format('''{"path": "%s/%s.jpg", "width": 640}''', tests.talk_id(talk), tests.id(name))
$$;
create temporary table booked (name text, id uuid);
create function tests.booking(wanted text) returns text language sql as $$
  select format('''booking'', booking_id => %L', id) from booked where name = wanted
$$;
grant select on booked to authenticated;
insert into booked
values
  ('asha', tests.book('firm', 'asha', '2 days')),
  ('ravi', tests.book('firm', 'ravi', '3 days')),
  ('elsewhere', tests.book('other firm', 'asha', '2 days'));
grant execute on all functions in schema tests to authenticated;
select tests.act_as('asha');
select is(tests.try(more), outcome, left(more, 90))
from (
  values
    ('''text''', 'PT400 invalid_body'),
    ('''text'', ''  ''', 'PT400 invalid_body'),
    ('''text'', repeat(''x'', 4001)', 'PT400 invalid_body'),
    ('''text'', repeat(''x'', 4000)', 'ok'),
    ('''system'', ''x''', 'PT400 invalid_kind'),
    ('null, ''x''', 'PT400 invalid_kind'),
    ('''text'', ''x'', media => ''{"path": "x"}''', 'PT400 invalid_media'),
    ('''image''', 'PT400 invalid_media'),
    ('''image'', media => ''{"path": 1}''', 'PT400 invalid_media'),
    ('''image'', media => ''{"path": "../x.jpg"}''', 'PT404 media_not_found'),
    ('''image'', media => ' || tests.picture('asha', 'tap'), 'ok'),
    ('''image'', media => ' || tests.picture('asha', 'none'), 'PT404 media_not_found'),
    ('''image'', media => ' || tests.picture('ravi', 'tap'), 'PT404 media_not_found'),
    ('''location'', location => ''{"lat": 26.85, "lng": 81, "address": "Gomti Nagar"}''', 'ok'),
    ('''location'', location => ''{"lat": 91, "lng": 81}''', 'PT400 invalid_location'),
    ('''location'', location => ''{"lat": 26.85}''', 'PT400 invalid_location'),
    ('''location''', 'PT400 invalid_location'),
    ('''booking''', 'PT400 invalid_booking_id'),
    (tests.booking('asha'), 'ok'),
    (tests.booking('ravi'), 'PT404 booking_not_found'),
    (tests.booking('elsewhere'), 'PT404 booking_not_found')
) as tried (more, outcome);
select is(
  tests.as_user('asha', format('public.list_messages(%L)', tests.talk_id())) #> '{items,13,media}',
  jsonb_build_object(
    'path', tests.talk_id() || '/' || tests.id('tap') || '.jpg', 'width', 640, 'size_bytes', 5,
    'mime_type', 'image/jpeg'
  ),
  'type and size of a picture are those that Storage knows'
);
select tests.act_as_postgres();
select is(
  tests.outcome(format(
    'insert into public.messages (conversation_id, kind, %s) values (%L, %L, %s)',
    columns, tests.talk_id(), kind, row_values
  )),
  '23514', kind || ' with ' || columns
)
from (
  values
    ('text', 'event', '''{"type": "x"}'''),
    ('image', 'media', '''{"mime_type": "image/png", "size_bytes": 1}'''),
    ('image', 'media', '''{"path": "x/y.png", "mime_type": "image/png", "size_bytes": 1}'''),
    ('system', 'event', '''{}'''),
    ('location', 'body', '''x''')
) as wrong (kind, columns, row_values);
select * from finish();
rollback;
