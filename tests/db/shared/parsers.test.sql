begin;
select plan(56);

-- Ids
select is(
  (select count(distinct private.uuid_v7()) from generate_series(1, 10000)), 10000::bigint,
  'ids differ'
);
select is(
  (
    select bool_and(id > previous)
    from (
      select id, lag(id) over (order by no) as previous
      from (
        select no, private.uuid_v7() as id from generate_series(1, 1000) as no order by no
      ) as made
    ) as pairs
    where previous is not null and left(previous::text, 18) <> left(id::text, 18)
  ),
  true,
  'ids of one session ascend from one tick to the next'
);
select matches(
  private.uuid_v7()::text, '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
  'ids are UUIDs of version 7'
);
select ok(
  abs(
    ('x' || translate(left(private.uuid_v7()::text, 13), '-', ''))::bit(48)::bigint
      - extract(epoch from clock_timestamp()) * 1000
  ) < 1000,
  'ids begin with the milliseconds since 1970'
);

-- Texts
select is(private.parse_text(E' a\n', 'invalid_value', 10), 'a', 'texts are trimmed');
select is(private.parse_text('  ', 'invalid_value', 10, false), null, 'an empty text is null');
select is(
  tests.outcome($$select private.parse_text(' ', 'invalid_value', 10)$$), 'PT400 invalid_value',
  'a text that is required is not empty'
);
select is(
  tests.outcome($$select private.parse_text('12345678901', 'invalid_value', 10)$$),
  'PT400 invalid_value',
  'a text is not too long'
);
select is(
  private.parse_text('नलसाज़ टंकी', 'invalid_value', 12), 'नलसाज़ टंकी', 'length is in characters'
);
select is(
  tests.outcome($$select private.parse_text(e'a\u0007b', 'invalid_value', 10)$$),
  'PT400 invalid_value',
  'a text has no control characters'
);
select is(
  private.parse_text(e'a\tb\nc', 'invalid_value', 10), e'a\tb\nc', 'tabs and newlines are text'
);

-- UUIDs
select is(
  private.parse_uuid('01A1F9E6-f34e-7231-a53d-5f01ec563f0e', 'invalid_value'),
  '01a1f9e6-f34e-7231-a53d-5f01ec563f0e'::uuid,
  'a UUID in any case'
);
select is(private.parse_uuid(null, 'invalid_value', false), null, 'an optional UUID may be absent');
select is(
  tests.outcome(format('select private.parse_uuid(%L, %L)', value, 'invalid_value')),
  'PT400 invalid_value', 'no UUID: ' || coalesce(value, 'null')
)
from unnest(array[
  null, '', 'x', '{01a1f9e6-f34e-7231-a53d-5f01ec563f0e}', '01a1f9e6f34e7231a53d5f01ec563f0e',
  ' 01a1f9e6-f34e-7231-a53d-5f01ec563f0e'
]) as value;

-- Times
select is(
  private.parse_timestamp('2026-02-28T12:30:00+05:30', 'invalid_value'),
  '2026-02-28 07:00:00+00'::timestamptz, 'a time with its offset'
);
select is(
  tests.outcome(format('select private.parse_timestamp(%L, %L)', value, 'invalid_value')),
  'PT400 invalid_value', 'no time: ' || coalesce(value, 'null')
)
from unnest(array[
  null, '', 'now', 'infinity', '2026-02-28', '2026-02-28T12:30:00', '2026-02-30T12:30:00Z',
  '2026-02-28T25:30:00Z', '0000-01-01T00:00:00Z', '2026-02-28T12:30:00+99:99'
]) as value;

-- Numbers and booleans
select is(private.parse_number('1.5', 'invalid_value', 0, 2), 1.5, 'a number');
select is(
  private.parse_number('null', 'invalid_value', 0, 2, 1), 1::numeric, 'null means the fallback'
);
select is(private.parse_number(null, 'invalid_value', 0, 2), null, 'or nothing');
select is(private.parse_integer('20', 'invalid_value', 1, 100), 20::bigint, 'a whole number');
select is(private.parse_boolean('true', 'invalid_value', false), true, 'a boolean');
select is(private.parse_boolean('null', 'invalid_value', true), true, 'null means the fallback');
select is(
  tests.outcome(format('select private.parse_integer(%L, %L, 1, 100)', value, 'invalid_value')),
  'PT400 invalid_value', 'no whole number from 1 to 100: ' || value
)
from unnest(array['0', '101', '1.5', '"5"', 'true', '{}', '[5]', '1e300']) as value;
select is(
  tests.outcome(format('select private.parse_boolean(%L, %L, false)', value, 'invalid_value')),
  'PT400 invalid_value', 'no boolean: ' || value
)
from unnest(array['0', '"true"', '[]']) as value;

-- Structures
select is(
  private.parse_uuids('["01a1f9e6-f34e-7231-a53d-5f01ec563f0e"]', 'invalid_value'),
  array['01a1f9e6-f34e-7231-a53d-5f01ec563f0e']::uuid[], 'an array of UUIDs'
);
select is(
  tests.outcome(format('select private.parse_uuids(%L, %L)', value, 'invalid_value')),
  'PT400 invalid_value', 'no array of different UUIDs: ' || coalesce(value, 'null')
)
from unnest(array[
  null, 'null', '[]', '{}', '[1]', '["x"]', '[["x"]]',
  '["01a1f9e6-f34e-7231-a53d-5f01ec563f0e", "01a1f9e6-f34e-7231-a53d-5f01ec563f0e"]'
]) as value;

select * from finish();
rollback;
