begin;
select plan(7);
select tests.user(name) from unnest(array['asha', 'help', 'mina']) as name;
insert into user_roles (user_id, role)
values (tests.id('help'), 'support'), (tests.id('mina'), 'support');
create temporary table talk as
select (tests.as_user('asha', 'public.start_conversation(''support'')') ->> 'id')::uuid as id;
insert into auth.mfa_factors (id, user_id, factor_type, status, created_at, updated_at)
select gen_random_uuid(), tests.id(name), 'totp', 'verified', now(), now()
from unnest(array['asha', 'help']) as name;
grant select on talk to authenticated;

-- What policies, lists, topics and RPCs say.
create function tests.seen() returns text language sql as $$
  select concat_ws(
    ' ',
    tests.rows_of('select from conversations where id = (select id from talk)'),
    tests.rows_of('select from conversation_participants'),
    jsonb_array_length(public.list_conversations() -> 'items'),
    private.can_join_conversation_topic('conversation:' || id),
    private.can_write_conversation_topic('conversation:' || id || ':activity'),
    tests.outcome('select public.get_conversation(id::text) from talk'),
    tests.outcome('select ' || tests.send(id, 'Here I am'))
  )
  from talk
$$;
grant execute on function tests.seen() to authenticated;

select tests.act_as('help');
select is(
  tests.seen(), '0 0 0 f f PT403 second_factor_required PT403 second_factor_required',
  'support without its second factor reads and says nothing'
);
select tests.act_as('help', 'aal2');
select is(tests.seen(), '1 1 1 t t ok ok', 'with it, all');
select tests.act_as('mina');
select is(tests.seen(), '1 1 1 t t ok ok', 'who has none needs none');
select tests.act_as('asha');
select is(tests.seen(), '1 1 1 t t ok ok', 'to customers it is the same as ever');

select tests.act_as('help');
select is(
  public.get_badges(), '{"unread_messages": 0, "unread_conversations": 0}',
  'a badge shows no more than the list'
);
select tests.act_as('help', 'aal2');
select is(
  public.get_badges(), '{"unread_messages": 2, "unread_conversations": 1}', 'nor less'
);

select tests.act_as_postgres();
select tests.user('owner'), tests.provider('firm', 'owner');
insert into auth.mfa_factors (id, user_id, factor_type, status, created_at, updated_at)
values (gen_random_uuid(), tests.id('owner'), 'totp', 'verified', now(), now());
update talk set id = tests.talk('asha', 'firm');
select tests.act_as('owner');
select is(tests.seen(), '1 1 1 t t ok ok', 'and so it is to businesses');

select * from finish();
rollback;
