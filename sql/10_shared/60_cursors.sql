-- Keyset cursors are opaque to clients: base64url of a JSON array of the last row's sort keys.

create function private.encode_cursor(keys jsonb)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return rtrim(translate(encode(convert_to(keys::text, 'UTF8'), 'base64'), E'+/\n', '-_'), '=');
end;
$$;
comment on function private.encode_cursor is 'The cursor that stands after these keys.';

create function private.decode_cursor(cursor text, key_types text[])
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_base64 text := translate(decode_cursor.cursor, '-_', '+/');
  v_keys jsonb;
begin
  if decode_cursor.cursor is null then
    return null;
  end if;
  if decode_cursor.cursor !~ '^[A-Za-z0-9_-]+$' or length(decode_cursor.cursor) > 1000 then
    perform private.fail('invalid_cursor', 'a cursor that an earlier page returned');
  end if;
  v_keys := convert_from(
    decode(v_base64 || repeat('=', (4 - length(v_base64) % 4) % 4), 'base64'), 'UTF8'
  )::jsonb;
  if jsonb_typeof(v_keys) <> 'array'
    or key_types <> array(
      select jsonb_typeof(item.value)
      from jsonb_array_elements(v_keys) with ordinality as item (value, position)
      order by item.position
    )
  then
    perform private.fail('invalid_cursor', 'a cursor of the same listing');
  end if;
  return v_keys;
exception when data_exception or character_not_in_repertoire then
  perform private.fail('invalid_cursor', 'a cursor that an earlier page returned');
  return null;
end;
$$;
comment on function private.decode_cursor is
  'The sort keys, whose JSON types must be key_types. Raises PT400 invalid_cursor.';

-- Lists read one row more than asked for: it tells whether there is a next page.
create function private.page(items jsonb[], keys jsonb[], page_size integer)
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
as $$
  select jsonb_build_object(
    'items', to_jsonb(coalesce(items[:page_size], '{}')),
    'next_cursor', case
      when cardinality(items) > page_size then private.encode_cursor(keys[page_size])
    end
  )
$$;
comment on function private.page is
  'The page {items, next_cursor} of these items; keys: what each is sorted by, for the cursor.';
