-- What changes nothing costs nothing, what changes something has a rate: nobody fills the database
-- or the topics of others by saying the same in turns.
begin;
select plan(8);
-- On a slow machine no token comes back meanwhile.
update private.rate_limits set window_seconds = 1000000;
select tests.user(name) from unnest(array['owner', 'asha', 'ravi']) as name;
select tests.provider('firm', 'owner');
create temporary table talk as select tests.talk('asha', 'firm') as id;
create function tests.talk_id() returns uuid language sql as $$ select id from talk $$;
select tests.say('owner', tests.talk_id(), 'Hello'), tests.say('owner', tests.talk_id(), 'Hello?');

create function tests.try(person text, call text) returns text language plpgsql as $$
declare
  v_outcome text;
begin
  perform tests.act_as(person);
  v_outcome := tests.outcome('select public.' || call);
  perform tests.act_as_postgres();
  return v_outcome;
end;
$$;
create function tests.toggle(flag text) returns setof text language sql as $$
  select tests.try('asha', format(
    'set_conversation_flags(%L, %s => %L)', tests.talk_id(), flag, to_jsonb(n % 2 = 0)
  ))
  from generate_series(1, 90) as n
$$;
truncate realtime.messages;
select is(
  (
    select string_agg(distinct tests.try('owner', format(
      'set_conversation_flags(%L, is_muted => ''false'')', tests.talk_id()
    )), ' ')
    from generate_series(1, 90)
  ),
  'ok', 'what is so already may be said for ever'
);
select set_eq(
  $$select distinct outcome from tests.toggle('is_pinned') as outcome$$,
  $$values ('PT429 too_many_changes'), ('ok')$$, 'but not turned for ever'
);
select is_empty('select from realtime.messages', 'nobody is told where no badge changes');
update private.token_buckets set tokens = 60 where action = 'change_settings';
select count(*) from tests.toggle('is_muted');
select cmp_ok(
  (select count(*)::integer from realtime.messages), '<=', 60, 'nor without end where it does'
);
update private.token_buckets set tokens = 60 where action = 'change_settings';
select set_eq(
  $$
    select distinct tests.try('asha', format(
      'set_user_block(%L, %L)', tests.id('owner'), to_jsonb(n % 2 = 0)
    ))
    from generate_series(1, 90) as n
  $$,
  $$values ('PT429 too_many_changes'), ('ok')$$, 'blocks have the same rate'
);
delete from user_blocks;
update private.token_buckets set tokens = 60 where action = 'change_settings';
select set_eq(
  $$
    select distinct tests.try('asha', format('register_device(''web'', ''token %s'')', n))
    from generate_series(1, 90) as n
  $$,
  $$values ('PT429 too_many_changes'), ('ok')$$, 'so have devices'
);
select is(
  (
    select string_agg(distinct tests.try('asha', 'register_device(''web'', ''token 60'')'), ' ')
    from generate_series(1, 20)
  ),
  'ok', 'one that was just seen is not written again'
);
update private.rate_limits set capacity = 10 where action = 'view_service';
select tests.service('firm', 'view ' || n) from generate_series(1, 12) as n;
select set_eq(
  $$
    select tests.try('ravi', format(
      'view_service(%L)', tests.id('firm view ' || n)
    )) as outcome, count(*) > 9
    from generate_series(1, 12) as n
    group by 1
  $$,
  $$values ('PT429 too_many_views', false), ('ok', true)$$, 'and views'
);

select * from finish();
rollback;
