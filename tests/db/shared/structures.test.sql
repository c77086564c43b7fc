begin;
select plan(34);

-- Places
select is(
  private.parse_location(
    '{"address": " Vipin Khand ", "lat": 26.85, "lng": 81, "city": null, "x": 1}', 'invalid_value'
  ),
  '{"address": "Vipin Khand", "landmark": null, "postcode": null, "district": null, "city": null,
    "lat": 26.85, "lng": 81}'::jsonb,
  'a place, without what is not known'
);
select is(
  tests.outcome(format('select private.parse_location(%L, %L)', value, 'invalid_value')),
  'PT400 invalid_value', 'no place: ' || coalesce(value, 'null')
)
from unnest(array[
  null, 'null', '[]', '{}', '{"address": "x", "lat": 26}', '{"lat": 26, "lng": 80}',
  '{"address": "x", "lat": "26", "lng": 80}', '{"address": "x", "lat": 91, "lng": 80}',
  '{"address": "x", "lat": 26, "lng": 181}', '{"address": 5, "lat": 26, "lng": 80}',
  '{"address": "x", "lat": 26, "lng": 80, "city": {}}'
]) as value;

-- Language maps
select is(private.is_language_map('{"en": "a", "bho": "b"}', 5), true, 'a language map');
select is(private.is_language_map(value::jsonb, 5), false, 'no language map: ' || value)
from unnest(array[
  '{}', '[]', '"en"', '{"EN": "a"}', '{"en": ""}', '{"en": " "}', '{"en": "123456"}', '{"en": 1}',
  '{"english": "a"}', '{"en": null}'
]) as value;
select is(
  private.localized('{"hi": "नल", "en": "tap"}', 'hi', 'en'), 'नल', 'the language asked for'
);
select is(private.localized('{"hi": "नल", "en": "tap"}', 'ur', 'hi'), 'नल', 'else the fallback');
select is(private.localized('{"hi": "नल", "en": "tap"}', 'ur', 'kk'), 'tap', 'else English');
select is(private.localized('{"hi": "नल"}', 'ur', 'kk'), 'नल', 'else any');

-- Objects
select is(
  private.parse_object(null, 'invalid_value', 100), '{}'::jsonb, 'no object is the empty one'
);
select is(
  tests.outcome($$select private.parse_object('[]', 'invalid_value', 100)$$), 'PT400 invalid_value',
  'an array is no object'
);
select is(
  tests.outcome($$select private.parse_object('{"a": "1234567890"}', 'invalid_value', 10)$$),
  'PT400 invalid_value', 'an object is not too large'
);

-- Time zones
select is(private.is_time_zone('Asia/Kolkata'), true, 'an IANA time zone');
select is(private.is_time_zone(value), false, 'no IANA time zone: ' || value)
from unnest(array['IST', 'Asia/Nowhere', '+05:30']) as value;

select * from finish();
rollback;
