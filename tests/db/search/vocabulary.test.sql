begin;
select plan(13);

select tests.user('owner');
select tests.category('works');
select tests.provider('Gomti Pipes', 'owner'), tests.provider('Sharma and Sons', 'owner');
insert into provider_skills (provider_id, name)
values (tests.id('Gomti Pipes'), 'turbine repairs'), (tests.id('Sharma and Sons'), 'repairs');
create function tests.found(query text)
returns text
language sql
as $$
  select string_agg(item ->> 'name', ', ' order by item ->> 'name')
  from jsonb_array_elements(public.search_providers('localpro', query => query) -> 'items') as item
$$;
create function tests.known(prefix text)
returns text
language sql
as $$
  select string_agg(known.word, ' ' order by known.word)
  from private.search_vocabulary as known
  where known.market_id = 'localpro' and known.word like prefix || '%'
$$;

-- Somebody fills the search with what looks like others' words, and takes it away again.
insert into provider_skills (provider_id, name)
select tests.id('Sharma and Sons'), 'turbin' || letter
from unnest(array['', 'a', 'b', 'c', 'd', 'f', 'g']) as letter;
select is(tests.known('turbin'), 'turbin turbina turbinb turbinc turbind turbine turbinf turbing');
delete from provider_skills where name ~ '^turbin.?$';
select cmp_ok(private.forget_words(), '>=', 7, 'words that nobody has are forgotten');
select is(tests.known('turbin'), 'turbine', 'what another business has stays');
select is(tests.found('turbin'), 'Gomti Pipes', 'and is found with its typos');
select is(private.forget_words(), 0, 'there is nothing left to forget');
select is_empty('select from private.search_words_gone', 'nothing is noted any longer');

delete from provider_skills where provider_id = tests.id('Gomti Pipes');
select private.forget_words();
select is(tests.known('repairs'), 'repairs', 'a word of two businesses stays while one has it');
insert into provider_skills (provider_id, name) values (tests.id('Gomti Pipes'), 'turbines');
update providers set status = 'suspended' where id = tests.id('Gomti Pipes');
insert into provider_skills (provider_id, name)
values (tests.id('Sharma and Sons'), 'turbines now');
select private.forget_words();
select is(tests.known('turbines'), 'turbines', 'whoever took a word up meanwhile keeps it');
select is(tests.known('gomti'), 'gomti', 'Gomti Nagar is an address of both');
select is(tests.known('pipes'), null, 'a suspended business has no words');
update providers set status = 'active' where id = tests.id('Gomti Pipes');
select is(tests.known('pipes'), 'pipes', 'and has them again when it is back');
select is_empty(
  $$
    select unnest(document.words) from private.search_documents as document
    join providers as provider on provider.id = document.provider_id
    where provider.market_id = 'localpro'
    except
    select word from private.search_vocabulary where market_id = 'localpro'
  $$,
  'every word of a document is known'
);
delete from providers where id = tests.id('Sharma and Sons');
select private.forget_words();
select is(tests.known('sharma'), null, 'nor has one that is deleted');

select * from finish();
rollback;
