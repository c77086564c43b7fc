-- The badge is what the lists show: whoever does something has read it, what is hidden in the
-- archive is not counted, and a message brings its conversation back.
begin;
select plan(12);
select tests.user(name)
from unnest(array['owner', 'crew', 'asha', 'ravi', 'boss', 'help']) as name;
insert into user_roles (user_id, role)
values (tests.id('boss'), 'admin'), (tests.id('help'), 'support');
select tests.provider('firm', 'owner');
create temporary table talks (name text primary key, id uuid, booking_id uuid);
insert into talks values ('direct', tests.talk('asha', 'firm'));
insert into talks
select 'support', (tests.as_user('asha', 'public.start_conversation(''support'')') ->> 'id')::uuid;
create function tests.talk_about(customer text, ahead interval) returns void language sql as $$
  with booked as (select tests.book('firm', customer, ahead) as id)
  insert into talks
  select customer || ' ' || ahead, (
      tests.as_user(customer, format('public.start_conversation(''booking'', null, %L)', id))
        ->> 'id'
    )::uuid, id
  from booked
$$;
select tests.talk_about('asha', '2 days');
create function tests.talk_id(wanted text) returns uuid language sql as $$
  select id from talks where name = wanted
$$;
create function tests.flag(person text, talk text, flags text) returns jsonb language sql as $$
  select tests.as_user(
    person, format('public.set_conversation_flags(%L, %s)', tests.talk_id(talk), flags)
  )
$$;

-- What the lists of a person show of the unread; muted conversations are told apart there.
create function tests.shown(name text) returns jsonb language plpgsql as $$
declare
  v_cursor text;
  v_page jsonb;
  v_items jsonb := '[]';
begin
  loop
    v_page := tests.as_user(name, format('public.list_conversations(cursor => %L)', v_cursor));
    v_items := v_items || (v_page -> 'items');
    v_cursor := v_page ->> 'next_cursor';
    exit when v_cursor is null;
  end loop;
  return (
    select jsonb_build_object(
      'unread_messages', coalesce(sum((item ->> 'unread_count')::integer), 0),
      'unread_conversations', count(*) filter (where (item ->> 'unread_count')::integer > 0)
    )
    from jsonb_array_elements(v_items) as item
    where not (item ->> 'is_muted')::boolean
  );
end;
$$;
-- What each was told last. Kept before the table is emptied, since space of what was rolled back
-- is used again, and rows lie in no order then.
create temporary table told (name text primary key, badge jsonb);
insert into told
select name, '{"unread_messages": 0, "unread_conversations": 0}'
from unnest(array['owner', 'crew', 'asha', 'ravi', 'boss', 'help']) as name;
create function tests.told(wanted text) returns jsonb language sql as $$
  update told
  set badge = heard.badge
  from (
    select
      array_agg(sent - '{broadcast,id}'::text[]) as badges,
      count(*) as sent
    from tests.broadcasts('user:' || tests.id(wanted)) as sent
  ) as all_heard
  cross join lateral (select all_heard.badges[all_heard.sent] as badge) as heard
  where told.name = wanted and heard.badge is not null;
  select badge from told where name = wanted
$$;

-- Own acts
select tests.as_user(
  'asha',
  format('public.transition_booking(%L, ''cancelled'', ''ill'')', booking_id)
)
from talks where booking_id is not null;
select is(
  concat_ws(' ', tests.unread('asha', id), tests.unread('owner', id)), '0/0 1/0',
  'who cancels has nothing new to read, the other side has'
)
from talks where booking_id is not null;
select is(
  tests.as_user(
    'asha', format('public.list_messages(%L)', tests.talk_id('asha 2 days'))
  ) #> '{items,0,sender}',
  'null', 'the system''s word has no sender'
);
select tests.as_user('owner', format('public.mark_read(%L, %L)', conversation_id, message.id))
from messages as message where kind = 'system';
select is(tests.shown('owner'), tests.told('owner'), 'and once read it is read');

-- The archive
select tests.flag('asha', 'direct', 'is_archived => ''true''');
select tests.say('owner', tests.talk_id('direct'), 'Hello');
select is(
  tests.as_user('asha', 'public.get_badges()'),
  '{"unread_messages": 1, "unread_conversations": 1}', 'a message in the archive is counted'
);
select is(tests.shown('asha'), tests.told('asha'), 'and brings its conversation back');
select tests.flag('asha', 'direct', 'is_archived => ''true''');
select is(
  tests.as_user('asha', 'public.get_badges()'),
  '{"unread_messages": 0, "unread_conversations": 0}', 'what is laid into it unread is not counted'
);
select is(tests.told('asha'), tests.shown('asha'), 'as the user is told');
select tests.say('asha', tests.talk_id('direct'), 'Later');
select is(
  (select is_archived from conversation_participants
    where conversation_id = tests.talk_id('direct') and user_id = tests.id('asha')),
  true, 'one''s own message changes nothing of it'
);
select tests.flag('asha', 'direct', 'is_muted => ''true''');
select tests.say('owner', tests.talk_id('direct'), 'Are you there?');
select is(tests.shown('asha'), tests.told('asha'), 'a muted one stays where it is');
select is(
  tests.flag('asha', 'direct', 'is_archived => ''false'', is_muted => ''false''')
    -> 'unread_count',
  '2', 'all of it is unread when it comes back'
);

-- Whatever people do: after each act every badge, as asked for and as told, is what the lists show.
select tests.talk_about('ravi', (n || ' days')::interval) from generate_series(4, 6) as n;
update private.rate_limits set capacity = 1000000;
truncate private.token_buckets, realtime.messages;
update conversation_participants
set unread_count = 0, is_archived = false, is_muted = false, last_read_position = 0;
update conversation_participants as participant
set last_read_position = conversation.message_count
from conversations as conversation where conversation.id = participant.conversation_id;
update told set badge = '{"unread_messages": 0, "unread_conversations": 0}';

create function tests.any(names text[]) returns text language sql volatile as $$
  select names[1 + floor(random() * cardinality(names))::integer]
$$;
create function tests.act() returns text language plpgsql as $$
declare
  v_talk talks;
  v_person text;
  v_call text;
begin
  select * into v_talk from talks order by random() limit 1;
  select profile.display_name into v_person
  from conversation_participants as participant
  join profiles as profile on profile.id = participant.user_id
  where participant.conversation_id = v_talk.id
  order by random()
  limit 1;
  case floor(random() * 6)::integer
    when 0, 1 then v_call := tests.send(v_talk.id, 'Hello');
    when 2 then
      select format('public.mark_read(%L, %L)', v_talk.id, message.id) into v_call
      from messages as message
      where message.conversation_id = v_talk.id
      order by random()
      limit 1;
    when 3 then
      v_call := format(
        'public.set_conversation_flags(%L, is_muted => %L, is_archived => %L)', v_talk.id,
        tests.any('{true,false,null,null}'), tests.any('{true,false,null}')
      );
    when 4 then
      v_person := coalesce(
        case when v_talk.name like '% days' then split_part(v_talk.name, ' ', 1) end, v_person
      );
      v_person := tests.any(array[v_person, 'owner']);
      v_call := format(
        'public.transition_booking(%L, %L, ''because'')', v_talk.booking_id,
        tests.any('{confirmed,cancelled,en_route}')
      );
    else
      if exists (select 1 from provider_members where user_id = tests.id('crew')) then
        delete from provider_members where user_id = tests.id('crew');
      else
        insert into provider_members (provider_id, user_id, role)
        values (tests.id('firm'), tests.id('crew'), 'manager');
      end if;
      return 'crew comes or goes';
  end case;
  if v_call is not null then
    begin
      perform tests.as_user(v_person, v_call);
    exception when others then
      -- Moves that a booking does not have now.
      perform tests.act_as_postgres();
      return format('%s in vain: %s', v_person, v_call);
    end;
  end if;
  return format('%s: %s', v_person, v_call);
end;
$$;
create function tests.wrong(name text) returns text language sql as $$
  select format('%s: list %s, badge %s, told %s', name, shown, badge, told)
  from (
    select tests.shown(name) as shown, tests.as_user(name, 'public.get_badges()') as badge,
      tests.told(name) as told
  ) as said
  where (shown, shown) is distinct from (badge, told)
$$;
create function tests.walk(steps integer) returns setof text language plpgsql as $$
declare
  v_seed float8 := random();
  v_act text;
  v_wrong text;
begin
  perform setseed(v_seed);
  for step in 1..steps loop
    truncate realtime.messages;
    v_act := tests.act();
    select string_agg(tests.wrong(name), '; ') into v_wrong
    from unnest(array['owner', 'crew', 'asha', 'ravi', 'help', 'boss']) as name;
    if v_wrong is not null then
      return next format('seed %s, step %s, %s: %s', v_seed, step, v_act, v_wrong);
      return;
    end if;
  end loop;
end;
$$;
select is_empty('select tests.walk(40)', 'whatever people do, badges are what lists show');
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
  null, 'and every counter is what counting gives'
);
select * from finish();
rollback;
