begin;
select plan(11);

select is(
  private.decode_cursor(private.encode_cursor(keys), '{string,number,string}'), keys,
  'keys come back: ' || keys::text
)
from unnest(array[
  '["rank", -67.123456789012345, "नल"]', '["", 0, ""]', '["distance", 1e-7, "??>>~~"]'
]::jsonb[]) as keys;
select matches(
  private.encode_cursor(jsonb_build_array(repeat('ÿ?>', 60))), '^[A-Za-z0-9_-]+$',
  'a cursor fits into an address'
);
select is(private.decode_cursor(null, '{string}'), null, 'no cursor is null');
select is(
  tests.outcome(format('select private.decode_cursor(%L, %L)', value, '{string}')),
  'PT400 invalid_cursor', 'no cursor: ' || left(value, 20)
)
from unnest(array[
  '', '%', 'a', 'abc', private.encode_cursor('[1]'), private.encode_cursor('{"a": "b"}')
]) as value;

select * from finish();
rollback;
