-- A text is what people can see. The rule is one, and every column that people fill has it.
begin;
select plan(47);

-- Characters, as the numbers of their code points.
create function tests.text(variadic points integer[])
returns text
language sql
immutable
as $$
  select string_agg(chr(point), '' order by position)
  from unnest(points) with ordinality as given (point, position)
$$;

select is(
  tests.outcome(format('select private.parse_text(%L, %L, 10)', value, 'invalid_value')),
  'PT400 invalid_value', 'nobody sees ' || name
)
from (
  values
    ('a zero-width space', tests.text(8203)), ('a braille blank', tests.text(10240)),
    ('a no-break space', tests.text(160)), ('an ideographic space', tests.text(12288)),
    ('a Hangul filler', tests.text(12644)), ('a joiner', tests.text(8205)),
    ('a variation selector', tests.text(65039)), ('a line separator', tests.text(8232)),
    ('a private character', tests.text(57344)), ('no character', tests.text(65534)),
    ('a mark of direction', tests.text(8206)), ('an override', tests.text(8238)),
    ('a soft hyphen', tests.text(173)), ('a tag', tests.text(917601)),
    ('several', tests.text(8203, 10, 8238, 32))
) as unseen (name, value);
select is(
  private.parse_text(tests.text(8203), 'invalid_value', 10, false), null,
  'an optional text that nobody sees is none'
);
select is(private.parse_text(value, 'invalid_value', 10), value, 'people write ' || name)
from (
  values
    ('a joiner inside a word', tests.text(2325, 2381, 8205, 2359)),
    ('a non-joiner at its end', tests.text(1605, 1740, 8204)),
    ('a family', tests.text(128104, 8205, 128105, 8205, 128103)),
    ('a red heart', tests.text(10084, 65039)),
    ('a flag of tags', tests.text(127988, 917607, 917602, 917605, 917614, 917607, 917631)),
    ('a mark of direction', tests.text(1575, 8207, 33)),
    ('an emoji of tomorrow', tests.text(129744))
) as seen (name, value);
select is(
  tests.outcome(format('select private.parse_text(%L, %L, 10, false)', value, 'invalid_value')),
  'PT400 invalid_value', 'no text has the control character ' || to_hex(ascii(right(value, 1)))
)
from unnest(array[tests.text(97, 7), tests.text(97, 133, 98, 157)]) as value;
select is(
  private.parse_text(
    tests.text(65279, 8234, 97, 8238, 98, 8236, 8294, 99, 8297, 160, 8203), 'invalid_value', 3
  ),
  'abc', 'what turns the text around it goes, and blanks at the ends'
);
select is(
  private.parse_text(repeat(tests.text(128104), 10), 'invalid_value', 10),
  repeat(tests.text(128104), 10), 'length is in characters, whatever they take'
);

-- Maps and lists
select is(
  private.parse_language_map(
    jsonb_build_object('hi-IN', tests.text(8238, 32, 97), 'en', ' b '), 'invalid_value', 5
  ),
  '{"hi": "a", "en": "b"}', 'texts of a map are read like any other, its languages too'
);
select is(
  tests.outcome(format('select private.parse_language_map(%L, %L, 5)', value, 'invalid_value')),
  'PT400 invalid_value', 'no language map: ' || value
)
from unnest(array[
  '{"en": "\n"}', '{"en": "a", "hi": "\u200b"}', '{"hi": "a", "hi-IN": "b"}', '{"en": "a\u0007"}',
  '{"en": 1}', '{"en": null}', '{"": "a"}', '{"e": "a"}', '{"en": "123456"}', '[]', '{}'
]) as value;
select is(
  private.parse_language_lists('{"ur-Arab-PK": [" a", "b\u202e"]}', 'invalid_value', 2, 5),
  '{"ur": ["a", "b"]}', 'so are those of lists'
);
select is(
  tests.outcome(
    format('select private.parse_language_lists(%L, %L, 2, 5)', value, 'invalid_value')
  ),
  'PT400 invalid_value', 'no language lists: ' || value
)
from unnest(array[
  '{"en": ["\u2800"]}', '{"hi": ["a"], "hin": ["b"]}', '{"en": []}', '{"en": [1]}', '{"en": "a"}'
]) as value;
select is(
  tests.outcome(format('select private.parse_labels(array[%L], %L, 2, 5)', value, 'invalid_value')),
  'PT400 invalid_value', 'nor is it a label'
)
from (values (tests.text(8203))) as unseen (value);

-- Every column of the API that holds a text keeps the rule, whoever writes it.
create function tests.kept(table_name regclass)
returns setof name
language plpgsql
as $$
declare
  v_try record;
begin
  execute format('create temporary table probe (like %s including constraints)', table_name);
  execute (
    select format(
      'alter table probe %s',
      string_agg(format('alter column %I drop not null', attname), ', ')
    )
    from pg_attribute
    where attrelid = 'probe'::regclass and attnum > 0
  );
  for v_try in
    select attribute.attname as column_name, tried.value
    from pg_attribute as attribute
    join (
      values
        ('text', tests.text(8203)), ('text', tests.text(97, 8238, 98)),
        ('text[]', array[tests.text(8203)]::text), ('text[]', array[tests.text(97, 8238)]::text),
        ('jsonb', '{"en": "\u200b"}'), ('jsonb', '{"en": ["\u200b"]}'),
        ('jsonb', '{"en": "a\u202e"}'), ('jsonb', '{"en": ["a\u202e"]}')
    ) as tried (type, value) on tried.type = attribute.atttypid::regtype::text
    where attribute.attrelid = 'probe'::regclass and attribute.attnum > 0
  loop
    begin
      execute format('insert into probe (%I) values (%L)', v_try.column_name, v_try.value);
      return next v_try.column_name;
    exception when check_violation or data_exception then
      null;
    end;
  end loop;
  drop table probe;
end;
$$;
create temporary table other_columns (table_name regclass, column_name name);
insert into other_columns
values
  -- Rows of migrations, and what triggers copy from them.
  ('booking_processes', 'description'), ('booking_statuses', 'description'),
  ('source_statuses', 'source_status'), ('markets', 'default_language'),
  ('markets', 'phone_pattern'), ('bookings', 'number'), ('bookings', 'currency'),
  ('booking_services', 'currency'), ('booking_services', 'price_unit'),
  ('booking_status_history', 'actor'),
  -- Names of time zones, which a trigger looks up.
  ('markets', 'time_zone'), ('profiles', 'time_zone'), ('providers', 'time_zone'),
  -- Objects whose keys and values are no texts to read.
  ('preferences', 'channels'), ('providers', 'social_links'), ('bookings', 'status_metadata'),
  ('booking_status_history', 'metadata'), ('configuration', 'value'),
  ('configuration_versions', 'value'), ('admin_actions', 'before'), ('admin_actions', 'after'),
  -- As the request said; a log keeps it as it is.
  ('admin_actions', 'resource_id'), ('admin_actions', 'forwarded_for'),
  ('admin_actions', 'user_agent'), ('sign_ins', 'method'), ('sign_ins', 'user_agent');
select is_empty(
  $$
    select distinct format('%s.%s', c.oid::regclass, kept)
    from pg_class as c
    cross join tests.kept(c.oid::regclass) as kept
    where c.relnamespace = 'public'::regnamespace
      and c.relkind in ('r', 'p')
      and (c.oid::regclass, kept) not in (select * from other_columns)
      -- Ids of rows are what they are in the other table.
      and not exists (
        select 1
        from pg_constraint as k
        join pg_attribute as a on a.attrelid = c.oid and a.attnum = any (k.conkey)
        where k.conrelid = c.oid and k.contype = 'f' and a.attname = kept
      )
  $$,
  'every column keeps it'
);

select * from finish();
rollback;
