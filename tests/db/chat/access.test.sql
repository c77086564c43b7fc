begin;
select plan(44);
select tests.user(name)
from unnest(array['owner', 'asha', 'ravi', 'rival', 'boss', 'help']) as name;
insert into user_roles (user_id, role)
values (tests.id('boss'), 'admin'), (tests.id('help'), 'support');
select tests.provider('firm', 'owner'), tests.provider('other firm', 'rival');
create temporary table talk as select tests.talk('asha', 'firm') as id;
create temporary table said as select tests.say('asha', talk.id, 'Hello') as message from talk;
grant select on talk, said to authenticated, anon, service_role;
create function tests.topic(ending text default '') returns text language sql as $$
  select 'conversation:' || id || ending from talk
$$;

-- Reading
create function tests.seen() returns text language sql as $$
  select concat_ws(
    ' ',
    tests.rows_of('select from conversations where id = (select id from talk)'),
    tests.rows_of('select from messages where conversation_id = (select id from talk)'),
    tests.rows_of(
      'select from conversation_participants where conversation_id = (select id from talk)'
    ),
    tests.outcome('select public.get_conversation(id::text) from talk'),
    tests.outcome('select public.list_messages(id::text) from talk'),
    tests.outcome('select public.mark_read(id::text, message ->> ''id'') from talk, said'),
    tests.outcome('select public.set_conversation_flags(id::text) from talk'),
    tests.outcome('select ' || tests.send(id, 'I am here'))
  )
  from talk
$$;
grant execute on all functions in schema tests to authenticated, anon, service_role;
select tests.act_as(name),
  is(
    tests.seen(), '1 1 1 ok ok ok ok ok',
    name || ' takes part, and of participants sees only themselves'
  )
from unnest(array['asha']) as name;
select tests.act_as(name),
  is(
    tests.seen(),
    '0 0 0 ' || repeat('PT404 conversation_not_found ', 4) || 'PT404 conversation_not_found',
    name || ' finds nothing'
  )
from unnest(array['ravi', 'rival', 'boss', 'help']) as name;
select tests.act_as('ravi');
select is(
  public.list_conversations() || public.get_badges(),
  '{"items": [], "next_cursor": null, "unread_messages": 0, "unread_conversations": 0}',
  'nor does anything appear in the lists of others'
);
select tests.act_as('owner');
select is(
  tests.outcome(format('select public.mark_read(id::text, %L) from talk', gen_random_uuid())),
  'PT404 message_not_found', 'a message of elsewhere is not found'
);

-- Nobody writes but through the functions
select tests.act_as(name), is(
  (
    select string_agg(distinct tests.outcome(statement), ' ')
    from unnest(array[
      'update conversations set message_count = 0', 'delete from conversations',
      'insert into conversations (kind) values (''support'')',
      'update messages set body = ''x''', 'delete from messages',
      'insert into messages (kind) values (''text'')',
      'update conversation_participants set unread_count = 0',
      'delete from conversation_participants',
      'insert into conversation_participants (side) values (''support'')',
      'insert into user_blocks values (gen_random_uuid(), gen_random_uuid())',
      'delete from user_blocks'
    ]) as statement
  ),
  '42501', name || ' writes to no table'
)
from unnest(array['asha', 'boss']) as name;

select tests.act_as_postgres();
-- Topics, as the Realtime server asks: may this caller read or write a row of this topic?
create function tests.may(verb text, wanted_topic text, wanted_extension text)
returns text language plpgsql as $$
begin
  perform set_config('realtime.topic', wanted_topic, true);
  if verb = 'read' then
    return tests.rows_of(format(
      'select from realtime.messages where topic = %L and extension = %L',
      wanted_topic, wanted_extension
    ))::text;
  end if;
  return tests.outcome(format(
    'insert into realtime.messages (topic, extension) values (%L, %L)',
    wanted_topic, wanted_extension
  ));
end;
$$;
create function tests.rights(wanted_topic text) returns text language sql as $$
  select concat_ws(
    ' ', tests.may('read', wanted_topic, 'broadcast'), tests.may('read', wanted_topic, 'presence'),
    tests.may('write', wanted_topic, 'broadcast'), tests.may('write', wanted_topic, 'presence')
  )
$$;
grant execute on all functions in schema tests to authenticated, anon, service_role;
delete from realtime.messages;
insert into realtime.messages (topic, extension)
select topic, extension
from unnest(array[
  tests.topic(), tests.topic(':activity'), tests.topic(':other'), 'user:' || tests.id('asha'),
  'conversation:x'
]) as topic, unnest(array['broadcast', 'presence']) as extension;
select tests.act_as(name), is(tests.rights(topic), rights, name || ' on ' || kind)
from (
  values
    ('asha', tests.topic(), 'the topic', '1 1 42501 42501'),
    ('owner', tests.topic(), 'the topic', '1 1 42501 42501'),
    ('ravi', tests.topic(), 'the topic', '0 0 42501 42501'),
    ('boss', tests.topic(), 'the topic', '0 0 42501 42501'),
    ('ravi', tests.topic(':activity'), 'its activity', '0 0 42501 42501'),
    ('asha', tests.topic(':other'), 'another topic', '0 0 42501 42501'),
    ('asha', 'conversation:x', 'no conversation', '0 0 42501 42501'),
    ('asha', 'user:' || tests.id('asha'), 'their own topic', '1 0 42501 42501'),
    ('ravi', 'user:' || tests.id('asha'), 'a topic of others', '0 0 42501 42501'),
    ('boss', 'user:' || tests.id('asha'), 'a topic of others', '0 0 42501 42501'),
    ('asha', tests.topic(':activity'), 'its activity', '1 1 ok ok')
) as tried (name, topic, kind, rights);

-- Blocks
select tests.act_as_postgres();
create function tests.block(name text, is_blocked boolean default true) returns text
language sql as $$
  select format(
    'select public.set_user_block(%L, %L::jsonb)', tests.id(name), to_jsonb(is_blocked)
  )
$$;
grant execute on all functions in schema tests to authenticated;
select tests.act_as('owner');
select is(tests.outcome(tests.block(name)), outcome, 'owner blocks ' || name)
from (
  values
    ('ravi', 'PT404 user_not_found'), ('nobody', 'PT404 user_not_found'),
    ('owner', 'PT404 user_not_found'), ('asha', 'ok'), ('asha', 'ok')
) as tried (name, outcome);
select is(tests.rows_of('select from user_blocks'), 1::bigint, 'who blocked sees it');
select tests.act_as('asha');
select is(tests.rows_of('select from user_blocks'), 0::bigint, 'who is blocked does not');
select is(
  tests.outcome('select ' || tests.send(id, 'Hello?')), 'PT403 blocked_by_participant',
  'who is blocked can''t write'
)
from talk;
select is(
  tests.may('write', tests.topic(':activity'), 'broadcast'), '42501', 'nor send that they type'
);
select is(
  tests.outcome('select public.list_messages(id::text) from talk'), 'ok',
  'what was said can be read'
);
select tests.act_as('owner');
select is(tests.outcome('select ' || tests.send(id, 'Goodbye')), 'ok', 'who blocked can write')
from talk;
select is(tests.outcome(tests.block('asha', false)), 'ok', 'it can be taken back');
select tests.act_as('asha');
select is(tests.outcome('select ' || tests.send(id, 'Hello!')), 'ok', 'and then writing works')
from talk;

-- Support is exempt
select tests.act_as_postgres();
create temporary table helped as
select (tests.as_user('asha', 'public.start_conversation(''support'')') ->> 'id')::uuid as id;
grant select on helped to authenticated;
select tests.act_as('help');
select is(tests.outcome(tests.block('asha')), 'ok', 'staff may block');
select tests.act_as('asha');
select is(tests.outcome('select ' || tests.send(id, 'Help!')), 'ok', 'yet support can be reached')
from helped;
select is(
  tests.outcome(tests.block('help')), 'PT404 user_not_found',
  'whose id nobody can try out, to learn who answers for it'
);

-- Blocked by the platform
select tests.act_as_postgres();
update profiles set status = 'blocked' where id = tests.id('asha');
select tests.act_as('asha');
select is(
  tests.seen(), '0 0 0 ' || repeat('PT403 user_blocked ', 4) || 'PT403 user_blocked',
  'a blocked account finds nothing'
);
select is(tests.rights(tests.topic(':activity')), '0 0 42501 42501', 'and joins nothing');
select tests.act_as_postgres();
update profiles set status = 'active' where id = tests.id('asha');

-- Thirty messages in ten seconds
update private.token_buckets set tokens = 30 where user_id = tests.id('owner');
select tests.act_as('owner');
select is(
  (
    select string_agg(distinct tests.outcome('select ' || tests.send(talk.id, 'number ' || n)), ' ')
    from talk, generate_series(1, 30) as n
  ),
  'ok', 'thirty messages may be sent at once'
);
select tests.act_as_postgres();
create function tests.hint(statement text) returns text language plpgsql as $$
declare
  v_hint text;
begin
  execute statement;
  return null;
exception when others then
  get stacked diagnostics v_hint = pg_exception_hint;
  return v_hint;
end;
$$;
grant execute on all functions in schema tests to authenticated;
select tests.act_as('owner');
select matches(tests.hint(
  (select string_agg('select ' || tests.send(id, 'and more'), ';') from talk, generate_series(1, 5))
), '^Try again in [1-9][0-9]* seconds\.$', 'then the sender has to wait');
select tests.act_as_postgres();
select tests.pass('5 seconds');
select lives_ok(
  format('select private.take_token(%L, ''send_message'')', tests.id('owner')),
  'tokens come back with time'
);

-- Moves of a booking are told in its conversation, and only there
create temporary table booked as select tests.book('firm', 'asha', '2 days') as id;
select tests.as_user('owner', format('public.transition_booking(%L, ''confirmed'')', id))
from booked;
select is(
  tests.rows_of('select from messages where kind = ''system'''), 0::bigint, 'no talk, no word'
);
create temporary table about as
select (
  tests.as_user('asha', format('public.start_conversation(''booking'', null, %L)', id)) ->> 'id'
)::uuid as id
from booked;
select tests.as_user('owner', format('public.transition_booking(%L, ''cancelled'', ''ill'')', id))
from booked;
select is(
  (
    select event - 'history_id' || jsonb_build_object('at', position)
    from messages where conversation_id = (select id from about)
  ),
  '{
    "type": "booking_status_changed", "from_status": "confirmed", "to_status": "cancelled",
    "actor": "provider", "reason": "ill", "at": 1
  }'::jsonb,
  'a move is told as the system''s message'
);
select is(
  (select concat_ws(' ', tests.unread('asha', id), tests.unread('owner', id)) from about),
  '1/0 0/0', 'and is news to the other side'
);
select * from finish();
rollback;
