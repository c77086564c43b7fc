begin;
select plan(29);
select tests.user('owner'), tests.user('boss'), tests.user('crew'), tests.user('stranger');
update auth.users set email_confirmed_at = now() where id in (tests.id('boss'), tests.id('crew'));
update auth.users set phone = '919800000001', phone_confirmed_at = now()
where id = tests.id('crew');
select tests.provider('shop', 'owner');

create function tests.call(name text, variadic arguments text[])
returns text
language sql
as $$
  select tests.outcome(format(
    'select public.%I(%s)', name,
    (select string_agg(quote_nullable(argument), ', ') from unnest(arguments) as argument)
  ))
$$;
create function tests.invitation(status text default 'pending')
returns text
language sql
security definer
as $$
  select id::text from public.provider_invitations
  where provider_invitations.status = invitation.status order by created_at desc, id desc limit 1
$$;
create function tests.role_of(name text)
returns text
language sql
security definer
as $$
  select role from public.provider_members where user_id = tests.id(name)
$$;
create function tests.shop()
returns text
language sql
as $$
  select tests.id('shop')::text
$$;
grant execute on all functions in schema tests to anon, authenticated;

-- Who invites
select tests.act_as('stranger');
select is(
  tests.call('invite_member', tests.shop(), 'manager', null, 'a@b.test'),
  'PT404 provider_not_found', 'strangers invite nobody'
);
select tests.act_as('owner');
select is(tests.call('invite_member', tests.shop(), role, phone, email), expected, expected)
from (
  values
    ('boss', null, 'a@b.test', 'PT400 invalid_role'), ('owner', null, null, 'PT400 invalid_phone'),
    ('owner', '12', null, 'PT400 invalid_phone'), ('owner', null, 'x', 'PT400 invalid_email'),
    ('owner', '+919800000009', 'a@b.test', 'PT400 invalid_phone')
) as tried (role, phone, email, expected);
select is(
  tests.call('invite_member', tests.shop(), 'manager', null, 'Boss@Example.test'), 'ok',
  'an owner invites a manager'
);

-- Who sees and accepts
select tests.act_as('stranger');
select is(public.list_invitations() -> 'items', '[]', 'others don''t see it');
select is(
  tests.call('accept_invitation', tests.invitation()), 'PT404 invitation_not_found',
  'nor accept it'
);
select tests.act_as_postgres();
update auth.users set email_confirmed_at = null where id = tests.id('boss');
select tests.act_as('boss');
select is(
  tests.call('accept_invitation', tests.invitation()), 'PT404 invitation_not_found',
  'an address that is not confirmed proves nothing'
);
select tests.act_as_postgres();
update auth.users set email_confirmed_at = now() where id = tests.id('boss');
select tests.act_as('boss');
select is(
  public.list_invitations() #>> '{items,0,role}', 'manager', 'the invited sees it'
);
select is(tests.call('accept_invitation', tests.invitation()), 'ok', 'and accepts it');
select is(tests.role_of('boss'), 'manager', 'and is a member');
select is(
  tests.call('accept_invitation', tests.invitation('accepted')), 'PT409 invitation_closed', 'once'
);

-- Ranks
select is(
  tests.call('invite_member', tests.shop(), 'owner', '+919800000001', null),
  'PT403 role_not_allowed', 'a manager invites no owner'
);
select is(
  tests.call('change_member_role', tests.shop(), tests.id('boss')::text, 'owner'),
  'PT403 role_not_allowed', 'and does not raise itself'
);
select is(
  tests.call('remove_member', tests.shop(), tests.id('owner')::text), 'PT403 role_not_allowed',
  'nor removes an owner'
);
select is(
  tests.call('invite_member', tests.shop(), 'crew_member', '098000 00001', null), 'ok',
  'a manager invites crew, by phone as people there write it'
);
select tests.act_as('crew');
select is(tests.call('decline_invitation', tests.invitation()), 'ok', 'the invited may decline');
select tests.act_as('boss');
select public.invite_member(tests.shop(), 'crew_member', '+919800000001');
select is(tests.call('revoke_invitation', tests.invitation()), 'ok', 'the business takes it back');
select public.invite_member(tests.shop(), 'crew_member', '+919800000001');
select public.invite_member(tests.shop(), 'crew_lead', '+919800000001');
select is(
  (select count(*) from provider_invitations where status = 'pending'), 1::bigint,
  'a new invitation replaces an open one'
);
select tests.act_as_postgres();
select tests.pass('14 days');
select tests.act_as('crew');
select is(
  tests.call('accept_invitation', tests.invitation()), 'PT409 invitation_closed',
  'an invitation expires'
);
select tests.act_as('boss');
select public.invite_member(tests.shop(), 'crew_lead', '+919800000001');
select tests.act_as('crew');
select is(tests.call('accept_invitation', tests.invitation()), 'ok', 'a third one is accepted');
select is(
  tests.call('change_member_role', tests.shop(), tests.id('crew')::text, 'manager'),
  'PT403 role_not_allowed', 'crew changes no role'
);
select tests.act_as('owner');
select is(
  tests.call('invite_member', tests.shop(), 'manager', '+919800000001', null),
  'PT409 already_member', 'members are not invited'
);

-- The last owner
select is(
  tests.call('remove_member', tests.shop(), tests.id('owner')::text), 'PT409 last_owner',
  'the last owner can''t leave'
);
select is(
  tests.call('change_member_role', tests.shop(), tests.id('owner')::text, 'manager'),
  'PT409 last_owner', 'nor step down'
);
select is(
  tests.call('change_member_role', tests.shop(), tests.id('boss')::text, 'owner'), 'ok',
  'an owner makes another'
);
select is(
  tests.call('remove_member', tests.shop(), tests.id('owner')::text), 'ok', 'and may then leave'
);

select * from finish();
rollback;
