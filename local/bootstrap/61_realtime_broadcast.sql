-- What the local Realtime server needs for broadcast, in place of logical replication: notice of
-- every message, and the policies' word on who may read and write.

-- Tells the server of a message when its transaction commits: notifications arrive in the order of
-- the commits. One that is too large for a notification (8000 bytes) names the row instead.
create or replace function realtime.tg_messages__notify() returns trigger
language plpgsql set search_path = '' as $$
declare
  v_notice text;
begin
  if new.binary_payload is null then
    v_notice := json_build_object(
      'id', new.id, 'inserted_at', new.inserted_at, 'topic', new.topic, 'event', new.event,
      'private', new.private, 'payload', new.payload
    )::text;
  end if;
  if v_notice is null or octet_length(v_notice) > 7900 then
    v_notice := json_build_object('id', new.id, 'inserted_at', new.inserted_at)::text;
  end if;
  perform pg_notify('realtime_messages', v_notice);
  return null;
end
$$;

create or replace trigger _900_notify after insert on realtime.messages
  for each row
  when (new.extension = 'broadcast' and new.event is not null and not new.skip_broadcast)
  execute function realtime.tg_messages__notify();

-- May this caller read from, or write to, this topic? Tried with rows that are rolled back: the
-- caller reads two rows written for it, or writes them itself, one per extension. As on hosted the
-- rows carry topic and extension only, so policies can depend on nothing else of a message.
-- Fails with 42501 for a role that is no client's, and with whatever a policy raises.
create or replace function realtime.check_access(
  role_name text,
  topic_name text,
  claims jsonb,
  headers jsonb,
  is_write boolean
) returns table (broadcast boolean, presence boolean)
language plpgsql volatile set search_path = pg_catalog as $$
declare
  v_ids jsonb := jsonb_build_object(
    'broadcast', gen_random_uuid(), 'presence', gen_random_uuid()
  );
  v_extension text;
  v_allowed boolean;
begin
  if not pg_has_role('supabase_realtime_admin', role_name, 'set') then
    raise insufficient_privilege using message = format('role "%s" may not connect', role_name);
  end if;
  begin
    if not is_write then
      insert into realtime.messages (id, topic, extension)
      select value::uuid, topic_name, key from jsonb_each_text(v_ids);
    end if;
    perform
      set_config('realtime.topic', topic_name, true),
      set_config('request.jwt.claims', claims::text, true),
      set_config('request.jwt.claim.sub', coalesce(claims ->> 'sub', ''), true),
      set_config('request.jwt.claim.role', coalesce(claims ->> 'role', ''), true),
      set_config('request.headers', headers::text, true),
      set_config('search_path', 'public, extensions, realtime', true),
      set_config('role', role_name, true);
    foreach v_extension in array array['broadcast', 'presence'] loop
      if is_write then
        begin
          execute 'insert into realtime.messages (topic, extension) values ($1, $2)'
            using topic_name, v_extension;
          v_allowed := true;
        exception when insufficient_privilege then
          v_allowed := false;
        end;
      else
        execute 'select exists (select from realtime.messages where id = $1 and topic = $2)'
          into v_allowed using (v_ids ->> v_extension)::uuid, topic_name;
      end if;
      if v_extension = 'broadcast' then broadcast := v_allowed; else presence := v_allowed; end if;
    end loop;
    raise sqlstate 'RT000';
  exception when sqlstate 'RT000' then
    null; -- Rows, role and settings are as before.
  end;
  return next;
end
$$;

-- Only the server, as supabase_admin, calls these.
revoke all on function
  realtime.tg_messages__notify(),
  realtime.check_access(text, text, jsonb, jsonb, boolean)
from public, postgres, dashboard_user;
