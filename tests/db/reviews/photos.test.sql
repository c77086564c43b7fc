-- Photos of reviews: public with them, from paths that tell nothing, and never listed.
begin;
select plan(23);
select tests.user('owner'), tests.user('crew'), tests.user('asha'), tests.user('ravi');
select tests.provider('firm', 'owner');
insert into provider_members (provider_id, user_id, role)
values (tests.id('firm'), tests.id('crew'), 'crew_member');
create temporary table done (name text primary key, id uuid);
grant all on done to authenticated;
insert into done values ('photos', tests.complete('firm', 'owner', 'asha'));
create function tests.review(name text, overall text, more text default '')
returns text
language sql
stable
as $$
  select tests.outcome(format(
    'select public.submit_review(%L, %L %s)', (select id from done where done.name = review.name),
    overall, more
  ))
$$;
grant execute on function tests.review(text, text, text) to authenticated, anon, service_role;

create function tests.photo(name text, path text)
returns text
language sql
as $$
  select tests.upload(photo.name, 'review-photos', replace(path, '$', booking.review_key::text))
  from done
  join bookings as booking on booking.id = done.id
  where done.name = 'photos'
$$;
create function tests.folder(name text)
returns text
language sql
as $$
  select tests.as_user(folder.name, format('public.review_photo_folder(%L)', id)) ->> 'folder'
  from done
  where done.name = 'photos'
$$;
grant execute on all functions in schema tests to authenticated;
select is(
  tests.folder(name) = (
    select booking.review_key || '/' || side
    from bookings as booking
    where booking.id = (select id from done where done.name = 'photos')
  ),
  true, name || ' is told where'
)
from (values ('asha', 'customer'), ('owner', 'provider')) as told (name, side);
select isnt(
  split_part(tests.folder('asha'), '/', 1), (select id::text from done where name = 'photos'),
  'which does not tell the booking'
);
select tests.act_as(untold.name), is(
  tests.outcome(format('select public.review_photo_folder(%L)', id)), outcome,
  untold.name || ' is not'
)
from done, (
  values ('ravi', 'PT404 booking_not_found'), ('crew', 'PT403 review_not_allowed')
) as untold (name, outcome)
where done.name = 'photos';
select tests.act_as_postgres();
select is(tests.photo(name, path), wanted, format('%s puts %s', name, path))
from (
  values
    ('ravi', '$/customer/1.jpg', '42501'), ('asha', '$/provider/1.jpg', '42501'),
    ('owner', '$/customer/1.jpg', '42501'), ('crew', '$/provider/1.jpg', '42501'),
    ('asha', '$/customer/a/1.jpg', '42501'), ('asha', 'customer/1.jpg', '42501'),
    ('asha', '$/customer/1.jpg', 'ok'), ('owner', '$/provider/1.jpg', 'ok')
) as attempt (name, path, wanted);
select is(
  array(
    select tests.photo('asha', format('$/customer/%s.jpg', n)) from generate_series(2, 11) as n
  ),
  array_fill('ok'::text, array[9]) || '42501'::text, 'ten photos are enough'
);
-- As Storage asks when it reads files by their paths, or lists them.
create function tests.sees_photos(name text, like_path text, operation text default 'sign_many')
returns bigint
language plpgsql
as $$
declare
  v_count bigint;
begin
  perform set_config('storage.operation', 'storage.object.' || operation, true);
  if name = 'anon' then
    perform tests.act_as_anon();
  else
    perform tests.act_as(name);
  end if;
  select count(*) into v_count
  from storage.objects where bucket_id = 'review-photos' and objects.name like like_path;
  perform tests.act_as_postgres();
  return v_count;
end;
$$;
select results_eq(
  $$select name, tests.sees_photos(name, '%/customer/%')
    from unnest(array['asha', 'owner', 'ravi', 'anon']) as name$$,
  $$values ('asha', 10::bigint), ('owner', 0), ('ravi', 0), ('anon', 0)$$,
  'until the review only the uploader sees them'
);
select tests.act_as('asha');
select is(
  tests.review('photos', '5', format(
    ', photos => %L', jsonb_build_array(tests.folder('asha') || rest)
  )),
  'PT400 invalid_photos', rest || ' is not one of them'
)
from unnest(array['/12.jpg', '/../provider/1.jpg']) as rest;
select is(
  tests.review('photos', '5', format(
    ', photos => %L',
    jsonb_build_array(tests.folder('asha') || '/1.jpg')
  )),
  'ok', 'a photo goes with the review'
);
select tests.act_as_postgres();
select results_eq(
  $$select name, tests.sees_photos(name, '%/customer/%')
    from unnest(array['asha', 'owner', 'ravi', 'anon']) as name$$,
  $$values ('asha', 1::bigint), ('owner', 1), ('ravi', 1), ('anon', 1)$$,
  'then everybody sees what is part of it'
);
select is(
  (
    select sum(tests.sees_photos(name, '%', operation))
    from unnest(array['asha', 'ravi', 'anon']) as name,
      unnest(array['list', 'list_v2', 'delete_many']) as operation
  ),
  0::numeric, 'but nobody lists any'
);
select is(
  tests.photo('asha', '$/customer/late.jpg'), '42501', 'nothing is added after the review'
);
select tests.act_as('owner');
select is(
  tests.review('photos', '2', format(
    ', photos => %L',
    jsonb_build_array(tests.folder('owner') || '/1.jpg')
  )),
  'ok', 'the business shows something too'
);
select tests.act_as_postgres();
select results_eq(
  $$select name, tests.sees_photos(name, '%/provider/%')
    from unnest(array['asha', 'owner', 'ravi', 'anon']) as name$$,
  $$values ('asha', 1::bigint), ('owner', 1), ('ravi', 0), ('anon', 0)$$,
  'for the customer alone'
);

select * from finish();
rollback;
