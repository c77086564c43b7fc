-- One SIM, one account: the hook of sign-ups and the trigger behind it.
begin;
select plan(33);

create function tests.sign_up(name text, phone text)
returns text
language sql
as $$
  select tests.outcome(format(
    'insert into auth.users (id, phone) values (%L, %L)', tests.id(name), phone
  ))
$$;
create function tests.change(name text, changes text)
returns text
language sql
as $$
  select tests.outcome(format('update auth.users set %s where id = %L', changes, tests.id(name)))
$$;
create function tests.hook(phone text)
returns jsonb
language sql
as $$
  select private.before_user_created(jsonb_build_object(
    'metadata', '{"name": "before-user-created"}'::jsonb,
    'user', jsonb_build_object('id', tests.id('new'), 'email', '', 'phone', phone)
  ))
$$;

-- The hook
select ok(
  has_schema_privilege('supabase_auth_admin', 'private', 'usage')
    and has_function_privilege(
      'supabase_auth_admin', 'private.before_user_created(jsonb)', 'execute'
    ),
  'Auth may call it'
);
select is(tests.hook(phone), '{}', 'signs up: ' || coalesce(phone, 'no phone'))
from unnest(array['919871887665', '254712345678', '77012345678', '12055550120', '', null]) as phone;
select is(
  tests.hook(phone) -> 'error',
  jsonb_build_object('http_code', 422, 'message', 'Write this number as ' || spelling || '.'),
  'names the spelling of ' || phone
)
from (
  values
    ('9109871887665', '+919871887665'), ('91009871887665', '+919871887665'),
    ('2540712345678', '+254712345678'), ('787012345678', '+77012345678'),
    ('112055550120', '+12055550120'), ('4407911123456', '+447911123456')
) as tried (phone, spelling);
select is(tests.hook(phone) #>> '{error,http_code}', '422', 'refuses ' || phone)
from unnest(array['1234567', '91', '999871887665', '9198718876651234']) as phone;
select is(private.before_user_created(event), '{}', 'lets pass ' || event::text)
from unnest(array['{}', '{"user": null}', '{"user": {"email": "a@b.test"}}']::jsonb[]) as event;

select tests.act_as_service();
select is(
  tests.outcome($$select private.before_user_created('{}')$$), '42501', 'is nothing for others'
);
select tests.act_as_postgres();

-- The trigger
select is(tests.sign_up('asha', '919871887665'), 'ok', 'an account has the one spelling');
select is(
  tests.sign_up('twin', '9109871887665'), 'PT422 phone_misspelled', 'a second one is none'
);
select is(tests.sign_up('ravi', '919876500001'), 'ok', 'another account');
select is(
  tests.change('ravi', $$phone_change = '9109871887665'$$), 'PT422 phone_misspelled',
  'a change to a second spelling is not begun'
);
select is(
  tests.change('ravi', $$phone = '9109871887665'$$), 'PT422 phone_misspelled', 'nor made'
);
select is(
  tests.change('ravi', $$phone_change = '919876500002'$$), 'ok', 'a change to another number is'
);
select is(
  tests.change('ravi', $$phone = phone_change, phone_change = ''$$), 'ok', 'and is made'
);
select is(
  (select phone from auth.users where id = tests.id('ravi')), '919876500002', 'as it was asked for'
);
select is(tests.change('ravi', 'phone = null'), 'ok', 'a phone may be taken away');

-- As Auth does when it deletes softly
select is(
  tests.change('asha', $$
    email = 'x', phone = 'TTbfbqpk7gLoEiRYPQ2Sx4hM4i8Vv4UJeUvR3zvnNJk',
    phone_change = 'TTbfbqpk7gLoEiRYPQ2Sx4hM4i8Vv4UJeUvR3zvnNJk', deleted_at = now()
  $$),
  'ok', 'a soft deletion writes a hash'
);
select is(tests.sign_up('anew', '919871887665'), 'ok', 'and frees the number');

-- Whoever was there before the rule
insert into auth.users (id, phone, deleted_at) values (tests.id('old'), '9109812345678', now());
update auth.users set deleted_at = null where id = tests.id('old');
select is(
  tests.change('old', $$phone = phone, confirmation_token = 'x'$$), 'ok', 'signs in as before'
);

select * from finish();
rollback;
