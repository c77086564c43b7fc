-- Whoever sees nothing of a table does not make the server read all of it: what the policies let
-- somebody see is looked up in an index.
begin;
select plan(9);
select tests.user('asha'), tests.user('owner');
select tests.provider('firm', 'owner');
create temporary table talk as select tests.talk('asha', 'firm') as id;
select tests.say('asha', id, 'Hello') from talk;
select tests.book('firm', 'asha', '2 days');
create function tests.looks_up(table_name text) returns boolean language plpgsql as $$
declare
  v_plan jsonb;
begin
  execute format('explain (format json) select 1 from public.%I', table_name) into v_plan;
  return (
    select bool_and(node ?| '{Index Cond,Recheck Cond}')
    from jsonb_path_query(
      v_plan, 'strict $.** ? (@."Relation Name" == $table)',
      jsonb_build_object('table', table_name)
    ) as node
  );
end;
$$;
grant execute on all functions in schema tests to authenticated;

-- A few rows are read at once, whatever index there is: what is asked is whether there is one.
set local enable_seqscan = off;
select tests.act_as('asha');
select is(tests.looks_up(name), true, name || ': what one sees is looked up')
from unnest(array[
  'messages', 'conversations', 'booking_status_history', 'booking_services'
]) as name;
select is(
  (select count(*) from booking_services), 1::bigint, 'a customer sees the lines of the booking'
);
select tests.act_as('owner');
select is(
  (
    select array[
      (select count(id) from messages), (select count(id) from conversations),
      (select count(id) from booking_status_history), (select count(*) from booking_services)
    ]
  ),
  array[1, 1, 1, 1]::bigint[], 'so does the business'
);
select tests.act_as_postgres();
insert into user_roles (user_id, role) values (tests.id('owner'), 'admin');
delete from provider_members;
select tests.act_as('owner');
select is((select count(*) from booking_services), 1::bigint, 'and an admin');
select tests.act_as_postgres();
delete from user_roles;
select tests.act_as('owner');
select is((select count(*) from booking_services), 0::bigint, 'and nobody else');
select is((select count(id) from messages), 0::bigint, 'of messages neither');

select * from finish();
rollback;
