-- Conversations and messages, made by whoever has a part in them. Each leaves the role as it was.

create function tests.as_user(name text, call text)
returns jsonb
language plpgsql
as $$
declare
  v_role text := current_setting('role');
  v_claims text := current_setting('request.jwt.claims', true);
  v_answer jsonb;
begin
  perform tests.act_as(name);
  execute 'select ' || call into v_answer;
  perform set_config('role', v_role, true), set_config('request.jwt.claims', v_claims, true);
  return v_answer;
end;
$$;

create function tests.talk(customer text, provider text)
returns uuid
language sql
as $$
  select (
    tests.as_user(
      customer, format('public.start_conversation(''direct'', %L)', tests.id(provider))
    ) ->> 'id'
  )::uuid
$$;

-- The call, to be executed by whoever acts.
create function tests.send(conversation uuid, body text, client text default null)
returns text
language sql
as $$
  select format(
    'public.send_message(%L, %L, body => %L)',
    conversation, coalesce(tests.id(client), gen_random_uuid()), body
  )
$$;

create function tests.say(name text, conversation uuid, body text, client text default null)
returns jsonb
language sql
as $$
  select tests.as_user(name, tests.send(conversation, body, client))
$$;

-- As `unread/last read` of one participant.
create function tests.unread(name text, conversation uuid)
returns text
language sql
as $$
  select format('%s/%s', unread_count, last_read_position)
  from public.conversation_participants
  where conversation_id = conversation and user_id = tests.id(name)
$$;

-- Rows of one transaction share their time; in an empty table they lie in the order of writing.
truncate realtime.messages;

-- What was broadcast on a topic, oldest first.
create function tests.broadcasts(wanted_topic text)
returns setof jsonb
language sql
as $$
  select jsonb_build_object('broadcast', sent.event) || sent.payload
  from realtime.messages as sent
  where sent.topic = wanted_topic and sent.private
  order by sent.ctid
$$;

grant execute on all functions in schema tests to anon, authenticated, service_role;
