begin;
select plan(76);

create function tests.phone(typed text, country text default null)
returns text
language plpgsql
as $$
begin
  return private.parse_phone(typed, 'invalid_value', country);
exception when sqlstate 'PT400' then
  return 'refused';
end;
$$;

-- One phone has one spelling, whatever people dial before it
select is(tests.phone(typed), expected, typed)
from (
  values
    ('+919871887665', '+919871887665'), ('+9109871887665', '+919871887665'),
    ('+91009871887665', '+919871887665'), ('00919871887665', '+919871887665'),
    ('+254712345678', '+254712345678'), ('+2540712345678', '+254712345678'),
    ('+77012345678', '+77012345678'), ('+787012345678', '+77012345678'),
    ('+12055550120', '+12055550120'), ('+112055550120', '+12055550120'),
    ('+447911123456', '+447911123456'), ('+4407911123456', '+447911123456'),
    -- Where the digit belongs to the number it stays.
    ('+390612345678', '+390612345678'), ('+78005553535', '+78005553535'),
    ('+5491123456789', '+5491123456789'), ('+5401115123456789', 'refused')
) as tried (typed, expected);

-- As people write and paste them
select is(tests.phone(typed), '+919840801222', 'digits and signs of ' || name)
from (
  values
    ('brackets', '+91 (0)98408 01222'), ('brackets of the area', '+91 (98408) 01222'),
    ('dots', '+91.98408.01222'), ('hyphens', '+91-98408-01222'), ('slashes', '+91 98408/01222'),
    ('square brackets', '+91 [0] 98408 01222'), ('exit code', '00 91 98408 01222'),
    ('spaces around', E' \t+91 98408 01222\n'),
    ('marks of direction', E'\u202a+91 98408 01222\u202c'),
    ('isolates', E'\u2066+91\u200e98408\u200f01222\u2069'),
    ('no-break spaces', E'+91\u00a098408\u202f01222'),
    ('no-break hyphens', E'+91\u201198408\u201101222'),
    ('other dashes', E'+91\u201398408\u221201222'),
    ('soft hyphens', E'+91\u00ad98408\u200b01222\ufeff'),
    ('Devanagari', '+९१ ९८४०८ ०१२२२'), ('Urdu', '+۹۱ ۹۸۴۰۸ ۰۱۲۲۲'),
    ('Arabic', '+٩١ ٩٨٤٠٨ ٠١٢٢٢'), ('full width', '＋９１　（０）９８４０８－０１２２２')
) as tried (name, typed);

-- Local forms are those of the country
select is(tests.phone(typed, country), expected, typed || ' in ' || country)
from (
  values
    ('0712345678', 'KE', '+254712345678'), ('712345678', 'KE', '+254712345678'),
    ('254712345678', 'KE', '+254712345678'), ('000254712345678', 'KE', '+254712345678'),
    ('00254712345678', 'KE', '+254712345678'), ('+919871887665', 'KE', '+919871887665'),
    ('098718 87665', 'IN', '+919871887665'), ('919871887665', 'IN', '+919871887665'),
    ('८७०१२३४५६७८', 'KZ', '+77012345678'), ('8 10 91 98718 87665', 'KZ', '+919871887665'),
    ('(205) 555-0120', 'US', '+12055550120'), ('1-205-555-0120', 'US', '+12055550120'),
    ('011 91 98718 87665', 'US', '+919871887665'), ('0712345678', 'XX', 'refused')
) as tried (typed, country, expected);

-- What is no number
select is(tests.phone(typed), 'refused', 'no phone: ' || typed)
from unnest(array[
  '0712345678', '+1234567', '+91', '+9198765432101234567', '+91abc', '+999871887665', '()'
]) as typed;
select is(tests.phone(typed), null, 'nothing typed is no phone')
from unnest(array['', E' \u00a0\u200b', null]) as typed;

-- Postcodes
select is(private.parse_postcode(typed, 'invalid_value'), expected, 'postcode ' || typed)
from (
  values
    ('800001', '800001'), ('800 001', '800001'), (' ८०० ००१ ', '800001'), ('٨٠٠٠٠١', '800001'),
    (E'\u202a۸۰۰۰۰۱\u202c', '800001'), ('８００　００１', '800001'), ('35801-1234', '35801-1234'),
    (E'35801\u20111234', '35801-1234'), ('sw1a 1aa', 'SW1A 1AA'),
    (E'SW1A\u00a0\u00a01AA', 'SW1A 1AA'), ('K1A 0B1', 'K1A 0B1'),
    ('', null), (E' \u200b', null), (null, null)
) as tried (typed, expected);
select is(
  tests.outcome(format('select private.parse_postcode(%L, %L)', typed, 'invalid_value')),
  'PT400 invalid_value', 'no postcode: ' || typed
)
from unnest(array[repeat('8', 21), E'80\u00070001']) as typed;

-- A place and an address have it in one spelling
select is(
  private.parse_location(
    '{"address": "Patna", "lat": 25.6, "lng": 85.1, "postcode": "८०० ००१"}', 'invalid_value'
  ) ->> 'postcode',
  '800001', 'a place'
);
select tests.user('asha');
select tests.act_as('asha');
insert into addresses (label, address, lat, lng, postcode)
values ('Home', 'Patna', 25.6, 85.1, '८०० ००१');
select is((select postcode from addresses), '800001', 'an address');

select * from finish();
rollback;
