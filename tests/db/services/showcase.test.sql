begin;
select plan(47);
select tests.user('owner'), tests.user('rival'), tests.user('asha');
select tests.provider('shop', 'owner'), tests.provider('other', 'rival');

create function tests.set_service(assignment text)
returns text
language sql
as $$
  select tests.outcome(format('update public.services set %s where id = %L', assignment,
    tests.id('shop visit')))
$$;
grant execute on function tests.set_service(text) to authenticated;
create function tests.set_provider(assignment text)
returns text
language sql
as $$
  select tests.outcome(format('update public.providers set %s where id = %L', assignment,
    tests.id('shop')))
$$;
grant execute on function tests.set_provider(text) to authenticated;

-- What describes a business
select tests.act_as('owner');
select is(tests.set_provider(assignment), expected, assignment)
from (
  values
    ($$vertical_id = 'plumbing', experience_years = 12$$, 'ok'),
    ($$vertical_id = 'nothing'$$, 'PT400 invalid_vertical_id'),
    ('experience_years = -1', 'PT400 invalid_experience_years'),
    ($$features = '{parking, home visits}'$$, 'ok'),
    ($$features = '{a,a}'$$, 'PT400 invalid_features'),
    ($$features = '{a,NULL}'$$, 'PT400 invalid_features'),
    ($$features = array_fill('x'::text, '{31}')$$, 'PT400 invalid_features'),
    ($$social_links = '{"instagram": "https://instagram.com/ravi"}'$$, 'ok'),
    ($$social_links = '{"x": "javascript:alert(1)"}'$$, 'PT400 invalid_social_links'),
    ($$social_links = '{"x": "https://a.b/\" onload=\"x"}'$$, 'PT400 invalid_social_links'),
    ($$social_links = '{"x": ""}'$$, 'PT400 invalid_social_links'),
    ($$social_links = '{"x": 1}'$$, 'PT400 invalid_social_links'),
    ($$social_links = '[]'$$, 'PT400 invalid_social_links'),
    ($$payment_link = 'https://pay.kaspi.kz/pay/abc'$$, 'ok'),
    ($$payment_link = 'http://pay.kaspi.kz/pay/abc'$$, 'PT400 invalid_payment_link'),
    (format('logo_path = %L', tests.id('shop') || '/logo.png'), 'ok'),
    (format('logo_path = %L', tests.id('other') || '/logo.png'), 'PT400 invalid_logo_path'),
    (format('payment_qr_path = %L', 'qr.png'), 'PT400 invalid_payment_qr_path'),
    ($$cover_path = '/'$$, 'PT400 invalid_cover_path'),
    ($$verification_status = 'verified'$$, '42501')
) as tried (assignment, expected);

-- Skills
select is(
  tests.outcome(format(
    'insert into provider_skills (provider_id, name) values (%L, %L)', tests.id(firm), name
  )),
  expected, 'skill ' || name || ' of ' || firm
)
from (
  values
    ('shop', 'Gas welding', 'ok'), ('shop', ' ', 'PT400 invalid_name'), ('other', 'x', '42501')
) as tried (firm, name, expected);
select is(
  tests.outcome($$insert into provider_skills (provider_id, name, is_verified)
    values (tests.id('shop'), 'y', true)$$),
  '42501', 'nobody verifies a skill of its own'
);
select lives_ok(
  $$insert into provider_skills (provider_id, name)
    select tests.id('shop'), 'skill ' || n from generate_series(1, 49) as n$$, 'fifty skills'
);
select is(
  tests.outcome($$insert into provider_skills (provider_id, name) values (tests.id('shop'), 'z')$$),
  'PT409 too_many_skills', 'and no more'
);

-- Services
select is(tests.set_service(assignment), expected, assignment)
from (
  values
    ($$includes = '{"en": ["Gas", "Cleaning"], "hi": ["गैस"]}', min_staff_count = 2$$, 'ok'),
    ($$excludes = '{"en": []}'$$, 'PT400 invalid_excludes'),
    ($$excludes = '["x"]'$$, 'PT400 invalid_excludes'),
    ($$includes = '{"en": "x"}'$$, 'PT400 invalid_includes'),
    ($$includes = '{"en": [1]}'$$, 'PT400 invalid_includes'),
    ($$has_materials = true, material_descriptions = '{"en": "Pipes"}'$$, 'ok'),
    ('min_staff_count = 0', 'PT400 invalid_min_staff_count')
) as tried (assignment, expected);

-- Photos
select is(
  tests.outcome(format(
    'insert into provider_photos (provider_id, kind, path, service_id) values (%L, %L, %L, %L)',
    tests.id(firm), kind, tests.id(folder) || '/' || file, tests.id(service)
  )),
  expected, concat_ws(' ', firm, kind, folder, file, service)
)
from (
  values
    ('shop', 'before', 'shop', 'a.jpg', null, 'ok'),
    ('shop', 'after', 'shop', 'a.jpg', null, '23505'),
    ('shop', 'after', 'other', 'a.jpg', null, 'PT400 invalid_path'),
    ('shop', 'selfie', 'shop', 'b.jpg', null, 'PT400 invalid_kind'),
    ('shop', 'service', 'shop', 'b.jpg', null, 'PT400 invalid_service_id'),
    ('shop', 'service', 'shop', 'b.jpg', 'other visit', 'PT400 invalid_service_id'),
    ('shop', 'service', 'shop', 'b.jpg', 'shop visit', 'ok'),
    ('other', 'portfolio', 'other', 'a.jpg', null, '42501')
) as tried (firm, kind, folder, file, service, expected);

-- Files
select tests.act_as('owner');
select is(tests.upload('owner', 'provider-photos', path), expected, 'file ' || path)
from (
  values
    (tests.id('shop') || '/c.jpg', 'ok'), (tests.id('other') || '/c.jpg', '42501'),
    ('c.jpg', '42501')
) as tried (path, expected);

-- Views
select tests.act_as('asha');
select is(
  array[
    public.view_service(tests.id('shop visit')::text) ->> 'is_counted',
    public.view_service(tests.id('shop visit')::text) ->> 'is_counted'
  ],
  '{true,false}', 'a person''s look counts once a day'
);
select is(
  tests.outcome($$select public.view_service(gen_random_uuid()::text)$$), 'PT404 service_not_found',
  'there must be such a service'
);
select tests.act_as_postgres();
select tests.book('shop', 'asha', '3 days');
select private.add_up_counts();
select tests.act_as_anon();
select results_eq(
  $$select view_count, booking_count from service_statistics
    where service_id = tests.id('shop visit')$$,
  'values (1::bigint, 1::bigint)', 'looks and bookings of a service'
);

select * from finish();
rollback;
