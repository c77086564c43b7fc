-- Parsers of arrays, objects and places. As the scalar parsers they raise PT400 with the reason.

create function private.parse_texts(value jsonb, reason text, max_items integer)
returns text[]
language plpgsql
immutable
set search_path = ''
as $$
begin
  if coalesce(jsonb_typeof(parse_texts.value), 'null') = 'null' then
    return null;
  end if;
  if jsonb_typeof(parse_texts.value) <> 'array'
    or jsonb_array_length(parse_texts.value) not between 1 and max_items
    or jsonb_path_exists(parse_texts.value, 'strict $[*] ? (@.type() != "string")')
  then
    perform private.fail(reason, format('an array of 1 to %s texts', max_items));
  end if;
  return array(
    select item.value
    from jsonb_array_elements_text(parse_texts.value) with ordinality as item (value, position)
    order by item.position
  );
end;
$$;
comment on function private.parse_texts is
  'A JSON array of texts, in its order; null stands for null.';

create function private.parse_uuids(value jsonb, reason text)
returns uuid[]
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_texts text[] := private.parse_texts(parse_uuids.value, reason, 100);
  v_ids uuid[];
begin
  v_ids := array(
    select private.parse_uuid(item.value, reason)
    from unnest(v_texts) with ordinality as item (value, position)
    order by item.position
  );
  if v_texts is null
    or cardinality(v_ids) <> (select count(distinct id) from unnest(v_ids) as id)
  then
    perform private.fail(reason, 'an array of different UUIDs');
  end if;
  return v_ids;
end;
$$;
comment on function private.parse_uuids is
  'A JSON array of different UUIDs, in its order; required.';

create function private.parse_object(value jsonb, reason text, max_bytes integer)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
  if coalesce(jsonb_typeof(parse_object.value), 'null') = 'null' then
    return '{}'::jsonb;
  end if;
  if jsonb_typeof(parse_object.value) <> 'object'
    or octet_length(parse_object.value::text) > max_bytes
  then
    perform private.fail(reason, format('a JSON object of at most %s bytes', max_bytes));
  end if;
  return parse_object.value;
end;
$$;
comment on function private.parse_object is 'A JSON object; null stands for the empty one.';

create function private.clean_json_text(value jsonb)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case
    when jsonb_typeof(clean_json_text.value) = 'string'
      then to_jsonb(coalesce(private.clean_text(clean_json_text.value #>> '{}'), ''))
    else clean_json_text.value
  end;
end;
$$;
comment on function private.clean_json_text is
  'A JSON string cleaned, empty if nobody sees it; any other value as it is.';

create function private.clean_language_map(map jsonb)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
  if jsonb_typeof(map) <> 'object' then
    return null;
  end if;
  return (
    -- Of hi and hi-IN one would be lost.
    select case when count(*) = count(distinct entry.language) then
      jsonb_object_agg(entry.language, entry.value)
    end
    from (
      select
        coalesce(private.language_of(given.key), given.key) as language,
        case
          when jsonb_typeof(given.value) = 'array' then (
            select coalesce(
              jsonb_agg(private.clean_json_text(item.value) order by item.position), '[]'
            )
            from jsonb_array_elements(given.value) with ordinality as item (value, position)
          )
          else private.clean_json_text(given.value)
        end as value
      from jsonb_each(map) as given
    ) as entry
  );
end;
$$;
comment on function private.clean_language_map is
  'The map with its tags as languages, and its texts, or lists of texts, cleaned; null if it is '
  'none, or says a language twice.';

create function private.parse_language_map(
  value jsonb, reason text, max_length integer, is_required boolean default true
)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_map jsonb := private.clean_language_map(parse_language_map.value);
begin
  if coalesce(jsonb_typeof(parse_language_map.value), 'null') = 'null' and not is_required then
    return null;
  end if;
  if private.is_language_map(v_map, max_length) is not true then
    perform private.fail(
      reason, format('an object of language codes and texts of at most %s characters', max_length)
    );
  end if;
  return v_map;
end;
$$;
comment on function private.parse_language_map is
  'An object such as {"en": "Plumbing", "hi": "प्लंबिंग"}.';

create function private.parse_location(value jsonb, reason text)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_lat numeric;
  v_lng numeric;
  v_key text;
begin
  if parse_location.value is null or jsonb_typeof(parse_location.value) <> 'object' then
    perform private.fail(
      reason, 'an object {address, lat, lng, landmark, postcode, district, city}'
    );
  end if;
  foreach v_key in array array['address', 'landmark', 'postcode', 'district', 'city'] loop
    if coalesce(jsonb_typeof(parse_location.value -> v_key), 'null') not in ('string', 'null') then
      perform private.fail(reason, format('an object whose %s is a text', v_key));
    end if;
  end loop;
  v_lat := private.parse_number(parse_location.value -> 'lat', reason, -90, 90);
  v_lng := private.parse_number(parse_location.value -> 'lng', reason, -180, 180);
  if v_lat is null or v_lng is null then
    perform private.fail(reason, 'an object with lat and lng');
  end if;
  return jsonb_build_object(
    'address', private.parse_text(parse_location.value ->> 'address', reason, 500),
    'landmark', private.parse_text(parse_location.value ->> 'landmark', reason, 200, false),
    'postcode', private.parse_postcode(parse_location.value ->> 'postcode', reason),
    'district', private.parse_text(parse_location.value ->> 'district', reason, 100, false),
    'city', private.parse_text(parse_location.value ->> 'city', reason, 100, false),
    'lat', v_lat,
    'lng', v_lng
  );
end;
$$;
comment on function private.parse_location is
  'A place: WGS 84 degrees and an address; keys that are not known are left out.';

create function private.point(lat double precision, lng double precision)
returns extensions.geography
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return extensions.st_setsrid(extensions.st_makepoint(lng, lat), 4326)::extensions.geography;
end;
$$;
comment on function private.point is 'A geography point of WGS 84 degrees.';

grant execute on function
  private.parse_object, private.clean_json_text, private.clean_language_map,
  private.parse_language_map
to authenticated, service_role;
