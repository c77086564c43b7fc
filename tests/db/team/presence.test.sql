begin;
select plan(17);
select tests.user('owner'), tests.user('crew'), tests.user('rival'), tests.user('asha'),
  tests.user('boss');
insert into user_roles (user_id, role) values (tests.id('boss'), 'admin');
select tests.provider('firm', 'owner'), tests.provider('second', 'owner'),
  tests.provider('hidden', 'rival');
insert into provider_members (provider_id, user_id, role)
values (tests.id('firm'), tests.id('crew'), 'crew_member');
update providers set status = 'suspended' where id = tests.id('hidden');

-- What a person may do on a topic: hear broadcasts, see presence, send broadcasts, be present.
create function tests.rights(topic text)
returns text
language plpgsql
as $$
declare
  v_rights text := '';
  v_extension text;
begin
  perform set_config('realtime.topic', topic, true);
  foreach v_extension in array array['broadcast', 'presence'] loop
    v_rights := v_rights || (
      tests.rows_of(format(
        'select from realtime.messages where topic = %L and extension = %L', topic, v_extension
      )) > 0
    )::int;
  end loop;
  foreach v_extension in array array['broadcast', 'presence'] loop
    v_rights := v_rights || (
      tests.outcome(format(
        'insert into realtime.messages (topic, extension) values (%L, %L)', topic, v_extension
      )) = 'ok'
    )::int;
  end loop;
  return v_rights;
end;
$$;
grant execute on function tests.rights(text) to authenticated, anon;
insert into realtime.messages (topic, extension)
select topic, extension
from unnest(array['broadcast', 'presence']) as extension
cross join unnest(array[
  'provider:' || tests.id('firm'), 'provider:' || tests.id('hidden'),
  'provider:' || upper(tests.id('firm')::text), 'provider:x', 'x:' || tests.id('firm')
]) as topic;

select tests.act_as(name),
  is(tests.rights('provider:' || tests.id(firm)), rights, format('%s at %s', name, firm))
from (
  values ('owner', 'firm', '1101'), ('crew', 'firm', '1101'), ('asha', 'firm', '1100'),
    ('rival', 'firm', '1100'), ('boss', 'firm', '1100'), ('rival', 'hidden', '1101'),
    ('asha', 'hidden', '0000'), ('boss', 'hidden', '1100')
) as person (name, firm, rights);
select tests.act_as('owner');
select is(
  array[
    tests.rights('provider:' || upper(tests.id('firm')::text)), tests.rights('provider:x'),
    tests.rights('x:' || tests.id('firm'))
  ],
  '{0000,0000,0000}', 'other names are nobody''s topics'
);
select tests.act_as_postgres();
update profiles set status = 'blocked' where id = tests.id('crew');
select tests.act_as('crew');
select is(tests.rights('provider:' || tests.id('firm')), '0000', 'nor are they for the blocked');
select is(tests.outcome('select touch_presence()'), 'PT403 user_blocked', 'who are not there');

-- When last
select tests.act_as('asha');
select is(touch_presence(), '{"last_seen_at": null}', 'a customer is a member of nothing');
select is(
  provider_last_seen(tests.id('firm')::text) -> 'last_seen_at', 'null', 'nobody has been there'
);
select tests.act_as('owner');
select touch_presence();
select is(
  (select count(*) from member_presence), 2::bigint, 'a member is there for all their businesses'
);
create temporary table versions as select ctid as place from member_presence;
select touch_presence();
select set_eq(
  'select ctid as place from member_presence', 'select place from versions',
  'again within half a minute writes nothing'
);
select tests.pass('31 seconds');
select touch_presence();
select tests.act_as('asha');
select is(
  (provider_last_seen(tests.id('firm')::text) ->> 'last_seen_at')::timestamptz, private.now(),
  'after it the time is new; customers learn when, not who'
);
select is(
  tests.outcome(format('select provider_last_seen(%L)', tests.id('hidden'))),
  'PT404 provider_not_found', 'of businesses that they may see'
);

select * from finish();
rollback;
