begin;
select plan(29);

-- Folding
select is(
  private.search_words(left_text), private.search_words(right_text),
  left_text || ' = ' || right_text
)
from (
  values
    ('Plumber', 'PLUMBER!'),
    ('प्लम्बर', 'प्लंबर'),
    ('पढ़ाई', 'पढाई'),
    ('हिन्दी', 'हिंदी'),
    ('चाँद', 'चांद'),
    ('كتاب', 'کتاب'),
    ('نلساز۔', 'نلساز'),
    ('Ёлка', 'елка'),
    ('Қызмет', 'қызмет'),
    ('naïve-café', 'cafe naive')
) as pair (left_text, right_text);
select isnt(private.search_words('नल'), private.search_words('नाल'), 'vowels tell words apart');
select is(private.search_words(' ,।?! '), '{}', 'punctuation is no word');
select is(private.search_words(null), '{}', 'nothing has no words');

-- A market to search in
select tests.user('owner');
select tests.category('works');
update categories
set names = '{"en": "Plumbing", "hi": "प्लंबिंग", "ur": "پلمبنگ"}', keywords = '{plumber,नल,پلمبر}'
where slug = 'works';
select tests.provider('Gomti Pipes', 'owner'), tests.provider('Sharma and Sons', 'owner');
select tests.category('gardens');
update categories set keywords = '{gardener}' where slug = 'gardens';
insert into provider_categories (provider_id, category_id)
values (tests.id('Sharma and Sons'), tests.id('category gardens'));
delete from services where provider_id = tests.id('Sharma and Sons');
delete from provider_categories
where provider_id = tests.id('Sharma and Sons') and category_id = tests.id('category works');
create function tests.found(query text)
returns text
language sql
as $$
  select string_agg(item ->> 'name', ', ' order by item ->> 'name')
  from jsonb_array_elements(public.search_providers('localpro', query => query) -> 'items') as item
$$;
grant execute on function tests.found(text) to anon;

select tests.act_as_anon();
select is(tests.found(query), expected, query || ' finds ' || coalesce(expected, 'nothing'))
from (
  values
    ('plumber', 'Gomti Pipes'),
    ('plumer', 'Gomti Pipes'),
    ('plummber', 'Gomti Pipes'),
    ('plumb', 'Gomti Pipes'),
    ('प्लंबर', 'Gomti Pipes'),
    ('प्लम्बिंग', 'Gomti Pipes'),
    ('नल', 'Gomti Pipes'),
    ('پلمبر', 'Gomti Pipes'),
    ('please plumer near gomti nagar', 'Gomti Pipes'),
    ('gardner', 'Sharma and Sons'),
    ('sharma', 'Sharma and Sons'),
    ('plumber sharma', null),
    ('zzzz', null),
    ('%', null),
    ('''; drop table x; --', null)
) as search (query, expected);
select is(
  tests.found('  '), 'Gomti Pipes, Sharma and Sons', 'a query of spaces is none'
);

select * from finish();
rollback;
