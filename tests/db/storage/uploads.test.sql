-- What holds of files when Storage writes them, however they were asked for and however late.
begin;
select plan(38);
select tests.user('owner'), tests.user('manager'), tests.user('crew'), tests.user('asha'),
  tests.user('ravi');
select tests.provider('firm', 'owner');
insert into provider_members (provider_id, user_id, role)
values
  (tests.id('firm'), tests.id('manager'), 'manager'),
  (tests.id('firm'), tests.id('crew'), 'crew_member');
create temporary table place (bucket text, folder text, uploader text);
insert into place
values
  ('chat-media', tests.talk('asha', 'firm')::text, 'asha'),
  (
    'review-photos',
    tests.review_key(tests.complete('firm', 'owner', 'asha')) || '/customer', 'asha'
  ),
  ('provider-photos', tests.id('firm')::text, 'manager');
create function tests.path(wanted text, file text)
returns text
language sql
as $$
  select format('%s/%s.png', place.folder, tests.id(file)) from place where place.bucket = wanted
$$;

grant execute on all functions in schema tests to authenticated, service_role;
grant select on place to service_role;

-- How it was asked for
select is(
  tests.begin_upload(uploader, bucket, tests.path(bucket, 'a'), operation),
  outcome, format('%s by %s', bucket, operation)
)
from place
cross join (
  values
    ('storage.object.upload', 'ok'), ('storage.object.sign_upload_url', '42501'),
    ('storage.tus.upload.create', '42501'), ('storage.s3.upload', '42501'),
    ('storage.object.copy', '42501')
) as asked (operation, outcome);
select is(
  tests.upload(uploader, bucket, tests.path(bucket, 'a')), 'ok', 'a file of ' || bucket
)
from place;

-- Never changed
select is(
  tests.finish_upload(uploader, bucket, tests.path(bucket, 'a')),
  case bucket when 'provider-photos' then 'ok' else '42501' end, 'over a file of ' || bucket
)
from place;
select is(
  tests.rows_of(format(
    'update storage.objects set last_accessed_at = now() where name = %L', tests.path(bucket, 'a')
  )),
  1::bigint, 'a file of ' || bucket || ' was looked at'
)
from place;
select tests.act_as_service();
select is(
  tests.outcome(format(
    'update storage.objects set bucket_id = ''provider-photos'', name = %L where name = %L',
    tests.path('provider-photos', 'b'), tests.path('chat-media', 'a')
  )),
  '42501', 'nor is it moved away'
);
select tests.act_as_postgres();

-- What it is
select is(
  tests.finish_upload(uploader, bucket, tests.path(bucket, 'empty'), 0), '42501',
  'an empty file for ' || bucket
)
from place;
select is(
  tests.finish_upload('asha', 'chat-media', replace(tests.path('chat-media', 'b'), 'png', ending)),
  outcome, ending
)
from (values ('PNG', 'ok'), ('heic', '42501'), ('svg', '42501')) as named (ending, outcome);

-- Some languages write an id in capitals.
select is(
  tests.upload('asha', 'chat-media', format('%s/%s.png', folder, upper(gen_random_uuid()::text))),
  'ok', 'a file named after an id in capitals'
)
from place where bucket = 'chat-media';

-- Whose right has ended meanwhile
create temporary table talk as
select folder::uuid as id from place where bucket = 'chat-media';
select tests.as_user('owner', format('public.set_user_block(%L)', tests.id('asha')));
select is(
  tests.finish_upload('asha', 'chat-media', tests.path('chat-media', 'blocked')), '42501',
  'whom the business has blocked'
);
delete from user_blocks;
delete from provider_members where user_id = tests.id('manager');
select is(
  tests.finish_upload('manager', 'provider-photos', tests.path('provider-photos', 'a')), '42501',
  'who no longer manages the business'
);
select is(
  tests.finish_upload('manager', 'chat-media', tests.path('chat-media', 'gone')), '42501',
  'nor speaks for it'
);
select is(
  tests.finish_upload('crew', 'provider-photos', tests.path('provider-photos', 'c')), '42501',
  'who never did'
);
update auth.users set banned_until = now() + interval '1 day' where id = tests.id('asha');
select is(
  tests.finish_upload('asha', bucket, tests.path(bucket, 'banned')), '42501',
  'who is banned, in ' || bucket
)
from place
where uploader = 'asha';

select * from finish();
rollback;
