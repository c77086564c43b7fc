-- How many files one person may lay into Storage.
begin;
select plan(8);
select tests.user('owner'), tests.user('asha');
select tests.provider('firm', 'owner'), tests.provider('second firm', 'owner'),
  tests.provider('third firm', 'owner'), tests.provider('fourth firm', 'owner');
create temporary table talk as select tests.talk('asha', 'firm') as id;

create function tests.lay(name text, talk uuid, times integer)
returns text
language sql
as $$
  select string_agg(
    distinct tests.upload(name, 'chat-media', format('%s/%s.png', talk, gen_random_uuid())), ', '
  )
  from generate_series(1, times)
$$;

-- Pictures of a conversation can't be removed, since messages refer to them.
select is(tests.lay('asha', id, 100), 'ok', 'a hundred pictures a day') from talk;
select is(tests.lay('asha', id, 1), '42501', 'are all') from talk;
select is(tests.lay('owner', id, 1), 'ok', 'of each participant') from talk;
-- Storage writes its own time.
update storage.objects set created_at = now() - interval '25 hours' where bucket_id = 'chat-media';
select is(tests.lay('asha', id, 1), 'ok', 'and tomorrow is another day') from talk;

create temporary table other_talks as
select tests.talk('asha', firm) as id
from unnest(array['second firm', 'third firm', 'fourth firm']) as firm;
select is(
  string_agg(tests.lay('asha', id, 60), ' '), 'ok ok ok', 'also in other conversations'
)
from other_talks;
select is(
  tests.lay('asha', (select id from other_talks limit 1), 30), '42501, ok',
  'but not without end in all of them'
);

-- Who moves files away makes no room: they count where they are then.
select tests.act_as_postgres();
insert into storage.objects (bucket_id, name)
select 'provider-photos', format('%s/%s.png', tests.id(firm), number)
from unnest(array['firm', 'second firm']) as firm, generate_series(1, 300) as number;
select tests.act_as('owner');
select is(
  tests.outcome(format(
    'update storage.objects set name = %L where name = %L',
    tests.id('second firm') || '/moved.png', tests.id('firm') || '/1.png'
  )),
  '42501', 'a full folder takes no file of another'
);
select is(
  tests.finish_upload('owner', 'provider-photos', tests.id('firm') || '/1.png'),
  'ok', 'while its own may be written over'
);

select * from finish();
rollback;
