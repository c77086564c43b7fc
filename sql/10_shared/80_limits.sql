-- How many of something there may be. A limit is a row; one helper takes turns, counts and refuses,
-- so that no limit can be raced. Tables that clients insert into carry theirs as a trigger, which
-- runs after the policies: strangers neither wait nor make others wait.
create table private.limits (
  name       text primary key check (name ~ '^[a-z_]+$'),
  maximum    integer not null check (maximum > 0),
  counted    text not null,
  reason     text not null references private.errors on delete restrict,
  created_at timestamptz not null default private.now(),
  updated_at timestamptz not null default private.now()
);
comment on table private.limits is
  'How many of something one subject may have; each domain adds its own.';
comment on column private.limits.counted is 'SQL that counts what the subject $1 (text) has.';
comment on column private.limits.reason is 'Of the refusal, whose texts may have the maximum.';
create index limits_reason_idx on private.limits (reason);
create trigger _100_timestamps before insert or update on private.limits
  for each row execute function private.tg__timestamps();

create function private.take_turn(limit_name text, subject text)
returns void
language sql
volatile
set search_path = ''
as $$
  select pg_advisory_xact_lock(hashtextextended(limit_name || ':' || subject, 0))
$$;
comment on function private.take_turn is
  'Waits for everybody else who counts the same; the turn ends with the transaction.';
grant execute on function private.take_turn to authenticated, service_role;

-- Raises what the row says.
create function private.require_room(
  limit_name text, subject text, adding integer default 1, maximum integer default null
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_limit private.limits;
  v_maximum integer;
  v_count bigint;
begin
  select * into strict v_limit
  from private.limits as limited
  where limited.name = require_room.limit_name;
  v_maximum := coalesce(require_room.maximum, v_limit.maximum);
  perform private.take_turn(v_limit.name, subject);
  -- A statement of its own, so that it sees what whoever had the turn before has committed.
  execute v_limit.counted into v_count using subject;
  if v_count + adding > v_maximum then
    perform private.fail(v_limit.reason, v_maximum::text);
  end if;
end;
$$;
comment on function private.require_room is
  'Refuses to add so many to what the subject has; 0 where they are in already. maximum: instead of
the row''s, where a market has its own.';

-- Arguments: the limit, and the column that holds its subject.
create function private.tg__limit()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_subject text;
begin
  if tg_level = 'ROW' then
    perform private.require_room(tg_argv[0], to_jsonb(new) ->> tg_argv[1], 0);
    return null;
  end if;
  -- In order, so that two inserts for several subjects can't wait for each other.
  for v_subject in execute
    format('select distinct added.%I::text as subject from added order by subject', tg_argv[1])
  loop
    perform private.require_room(tg_argv[0], v_subject, 0);
  end loop;
  return null;
end;
$$;
comment on function private.tg__limit is
  'Triggers _600_limit after insert, for each statement, referencing new table as added; for each
row where a condition says which rows count.';
