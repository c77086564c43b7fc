begin;
select plan(31);
select tests.user('asha'), tests.user('boss');
insert into user_roles (user_id, role) values (tests.id('boss'), 'admin');
create function tests.set(args text)
returns text
language sql
as $$
  select tests.outcome('select set_configuration(' || args || ')')
$$;
grant execute on function tests.set(text) to authenticated;
select tests.act_as('boss');

-- New values
select is(
  set_configuration(
    'commission_rate', '{"default": 0.12, "plumber": 0.15}', 'As agreed', category => 'payment',
    description => 'Share of each booking.', expected_version => '0'
  ) - '{created_at,updated_at}'::text[],
  '{"key": "commission_rate", "market_id": null, "version": 1, "category": "payment",
    "value": {"default": 0.12, "plumber": 0.15}, "description": "Share of each booking.",
    "is_public": false, "is_active": true}',
  'a value is set'
);
select is(
  set_configuration('commission_rate', '{"default": 0.1}', 'Launch', market => 'bihar')
    -> 'version',
  '1', 'a market may have its own'
);
select tests.act_as_postgres();
select is(
  array[
    private.configuration_value('commission_rate', 'bihar') ->> 'default',
    private.configuration_value('commission_rate', 'atyrau') ->> 'default',
    private.configuration_value('commission_rate') ->> 'default',
    private.configuration_value('nothing') ->> 'default'
  ],
  '{0.1,0.12,0.12,NULL}', 'and others have that of all'
);
select tests.act_as('boss');

-- Changes
select is(
  set_configuration('commission_rate', '{"default": 0.13}', 'Costs', expected_version => '1')
    - '{created_at,updated_at}'::text[],
  '{"key": "commission_rate", "market_id": null, "version": 2, "category": "payment",
    "value": {"default": 0.13}, "description": "Share of each booking.", "is_public": false,
    "is_active": true}',
  'what is not given stays'
);
select is(
  tests.set($$'commission_rate', '0', 'Late', expected_version => '1'$$),
  'PT409 configuration_changed', 'nobody overwrites what they have not seen'
);
select is(
  tests.set($$'commission_rate', '0', 'Late', expected_version => '0'$$),
  'PT409 configuration_changed', 'nor takes it for new'
);
select is(
  (
    select array_agg((item -> 'version')::int)
    from jsonb_array_elements(list_configuration_versions('commission_rate') -> 'items') as item
  ),
  '{2,1}', 'every version is kept'
);
select is(
  list_configuration_versions('commission_rate', page_size => '1') -> 'items' -> 0 ->> 'changed_by',
  tests.id('boss')::text, 'with who made it'
);
select is(
  jsonb_array_length(
    list_configuration_versions(
      'commission_rate', page_size => '1',
      cursor => list_configuration_versions('commission_rate', page_size => '1') ->> 'next_cursor'
    ) -> 'items'
  ),
  1, 'page by page'
);

-- Back
select results_eq(
  $$select back -> 'version', back -> 'value'
  from (select roll_back_configuration('commission_rate', '1', 'Too much') as back) as done$$,
  $$values ('3'::jsonb, '{"default": 0.12, "plumber": 0.15}'::jsonb)$$,
  'going back is another version'
);
select is(
  tests.outcome(format('select roll_back_configuration(%s)', args)), reason, reason || ': ' || args
)
from (
  values ($$'commission_rate', '9', 'x'$$, 'PT404 configuration_not_found'),
    ($$'nothing', '1', 'x'$$, 'PT404 configuration_not_found'),
    ($$'commission_rate', '1', 'x', 'atyrau'$$, 'PT404 configuration_not_found'),
    ($$'commission_rate', '1', ''$$, 'PT400 invalid_reason'),
    ($$'commission_rate', '"1"', 'x'$$, 'PT400 invalid_version')
) as wrong (args, reason);
select results_eq(
  $$select action, resource_id, before -> 'version', after -> 'version', reason
  from admin_actions order by id$$,
  $$values ('set_configuration', 'commission_rate', null::jsonb, '1'::jsonb, 'As agreed'),
    ('set_configuration', 'bihar/commission_rate', null, '1', 'Launch'),
    ('set_configuration', 'commission_rate', '1', '2', 'Costs'),
    ('roll_back_configuration', 'commission_rate', '2', '3', 'Too much')$$,
  'the log tells all of it'
);

-- Bad input
select is(tests.set(args), 'PT400 ' || reason, reason || ': ' || left(args, 40))
from (
  values ($$null, '1', 'x'$$, 'invalid_key'), ($$'Commission Rate', '1', 'x'$$, 'invalid_key'),
    ($$'a', null, 'x'$$, 'invalid_value'),
    ($$'a', to_jsonb(repeat('x', 100001)), 'x'$$, 'invalid_value'),
    ($$'a', '1', ' '$$, 'invalid_reason'), ($$'a', '1', 'x', category => '!'$$, 'invalid_category'),
    ($$'a', '1', 'x', is_public => '1'$$, 'invalid_is_public'),
    ($$'a', '1', 'x', expected_version => '-1'$$, 'invalid_expected_version')
) as wrong (args, reason);
select is(tests.set($$'a', '1', 'x', 'mars'$$), 'PT404 market_not_found', 'a market exists');

-- Who reads what
select is(
  tests.set($$'support_phone', '"+911234567890"', 'Shown in apps', is_public => 'true'$$), 'ok',
  'some of it is for apps'
);
select is(
  tests.set($$'old_banner', '"x"', 'Over', is_public => 'true', is_active => 'false'$$), 'ok',
  'some was'
);
select is(
  jsonb_array_length(list_configuration(category => 'payment') -> 'items'), 2, 'admins list it'
);
select tests.act_as('asha');
select results_eq(
  'select key from configuration', array['support_phone'], 'clients read what is public and active'
);
select is(tests.rows_of('select from configuration_versions'), 0::bigint, 'and no versions');
select tests.act_as_postgres();
select is(
  tests.outcome('update configuration_versions set value = ''0'''), '42501', 'which never change'
);

select * from finish();
rollback;
