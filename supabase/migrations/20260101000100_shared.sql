-- Built from sql/10_shared by `npm run db:build`: edit it there.

-- Time-ordered ids: RFC 9562 section 5.7, with method 3 of section 6.2 (the 12 bits after the
-- version hold the microseconds of the millisecond), so ids of one session ascend.
-- Postgres 17 has no uuidv7(); the variant bits come from gen_random_uuid().
create function private.uuid_v7()
returns uuid
language sql
volatile
parallel safe
set search_path = ''
as $$
  select encode(
    substring(int8send(clock.us / 1000) from 3)
      || int2send((28672 + clock.us % 1000 * 4096 / 1000)::int2)
      || substring(uuid_send(gen_random_uuid()) from 9),
    'hex'
  )::uuid
  from (select (extract(epoch from clock_timestamp()) * 1000000)::bigint as us) as clock
$$;
comment on function private.uuid_v7() is 'A UUID of version 7 (RFC 9562), for primary keys.';
grant execute on function private.uuid_v7() to authenticated, service_role;

-- Keeps created_at and updated_at true, whatever the statement says. Only the owner of the schema,
-- who imports and seeds, may say when a row was made; the functions that run as it say nothing of
-- it. Clients have no grant on the columns, and service_role is not the owner.
create function private.tg__timestamps()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  if current_user <> 'postgres' then
    new.created_at := case tg_op when 'INSERT' then now() else old.created_at end;
  end if;
  new.created_at := coalesce(new.created_at, now());
  -- Two updates in one transaction still differ, so a cursor over updated_at misses none.
  new.updated_at := case tg_op
    when 'INSERT' then now()
    else greatest(now(), old.updated_at + interval '1 microsecond')
  end;
  return new;
end;
$$;
comment on function private.tg__timestamps() is 'Trigger _100_timestamps of every table.';

create function private.is_time_zone(name text)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  -- Names with an area only: abbreviations and POSIX rules parse too, and mislead.
  return name ~ '^[A-Za-z]+(/[A-Za-z0-9_+-]+)+$|^UTC$'
    and now() at time zone name is not null;
exception when data_exception then
  return false;
end;
$$;
comment on function private.is_time_zone(text) is 'Whether Postgres knows this IANA time zone.';

-- Texts in several languages are jsonb maps of language code (ISO 639) to text.
-- Small functions that run per row are plpgsql: with a search_path of their own SQL functions are
-- not inlined, and are planned anew in every statement.

create function private.is_language_map(map jsonb, max_length integer)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  if jsonb_typeof(map) <> 'object' then
    return false;
  end if;
  return map <> '{}'::jsonb
    and (select count(*) from jsonb_object_keys(map)) <= 30
    and not exists (
      select 1
      from jsonb_each(map) as entry
      where entry.key !~ '^[a-z]{2,3}$'
        or jsonb_typeof(entry.value) <> 'string'
        or btrim(entry.value #>> '{}') = ''
        or length(entry.value #>> '{}') > max_length
    );
end;
$$;
comment on function private.is_language_map(jsonb, integer) is
  'Whether the map has 1 to 30 languages and no text that is empty or too long (characters).';

create function private.covers_languages(map jsonb, languages text[])
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select map ?& languages
$$;
comment on function private.covers_languages(jsonb, text[]) is
  'Whether the map has a text in each of the languages.';

create function private.localized(map jsonb, language text, fallback text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return coalesce(
    map ->> localized.language,
    map ->> localized.fallback,
    map ->> 'en',
    -- Not a subquery, which would make this a query of its own for each text of a page.
    jsonb_path_query_first(map, '$.*') #>> '{}'
  );
end;
$$;
comment on function private.localized(jsonb, text, text) is
  'The text in the language asked for, else in the fallback, else English, else any.';

grant execute on function
  private.is_language_map(jsonb, integer),
  private.covers_languages(jsonb, text[]),
  private.localized(jsonb, text, text)
to anon, authenticated, service_role;

-- RPC arguments arrive as text or jsonb; these parsers turn them into types, so that wrong input
-- is refused with PT400 and a stable reason and never reaches a client as raw Postgres text.
-- Null, and JSON null, is null when the argument is optional.

-- Volatile, so that nobody folds a call with constant arguments while it plans.
create function private.reject(reason text, expected text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  raise sqlstate 'PT400' using
    message = format('%s must be %s.', regexp_replace(reject.reason, '^invalid_', ''), expected),
    detail = reject.reason,
    hint = 'Correct the argument and call again.';
end;
$$;
comment on function private.reject(text, text) is 'Raises PT400 with the reason as detail.';

-- Arguments: the reasons, invalid_<column>. Raises the first whose column is null.
create function private.tg__refuse_nulls()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.reject(argument.reason, 'present, or left out for its default')
  from unnest(tg_argv) with ordinality as argument (reason, position)
  where to_jsonb(new) -> regexp_replace(argument.reason, '^invalid_', '') = 'null'
  order by argument.position;
  return new;
end;
$$;
comment on function private.tg__refuse_nulls() is
  'Triggers _040_refuse_nulls, which run when a column is null that has nothing else to say so.';

create function private.parse_text(
  value text, reason text, max_length integer, is_required boolean default true
)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_text text := btrim(parse_text.value, E' \t\r\n');
begin
  if coalesce(v_text, '') = '' then
    if is_required then
      perform private.reject(reason, 'a text');
    end if;
    return null;
  end if;
  if length(v_text) > max_length or v_text ~ '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]' then
    perform private.reject(reason, format('a text of at most %s characters', max_length));
  end if;
  return v_text;
end;
$$;
comment on function private.parse_text(text, text, integer, boolean) is
  'Trimmed; an empty text is null. Refuses control characters other than tab and newline.';

create function private.parse_uuid(value text, reason text, is_required boolean default true)
returns uuid
language plpgsql
immutable
set search_path = ''
as $$
begin
  if parse_uuid.value is null and not is_required then
    return null;
  end if;
  if parse_uuid.value is null
    or parse_uuid.value !~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'
  then
    perform private.reject(reason, 'a UUID');
  end if;
  return parse_uuid.value::uuid;
end;
$$;
comment on function private.parse_uuid(text, text, boolean) is 'Canonical form only, any case.';

create function private.parse_timestamp(value text, reason text)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
  if parse_timestamp.value ~
    '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)$'
  then
    return parse_timestamp.value::timestamptz;
  end if;
  perform private.reject(reason, 'an ISO 8601 time with an offset, as 2026-01-31T09:30:00Z');
  return null;
exception when data_exception then
  perform private.reject(reason, 'a time that exists');
  return null;
end;
$$;
comment on function private.parse_timestamp(text, text) is
  'The offset is required: a time without one would depend on a setting of the session.';

create function private.parse_number(
  value jsonb, reason text, minimum numeric, maximum numeric, fallback numeric default null
)
returns numeric
language plpgsql
immutable
set search_path = ''
as $$
begin
  if coalesce(jsonb_typeof(parse_number.value), 'null') = 'null' then
    return fallback;
  end if;
  if jsonb_typeof(parse_number.value) <> 'number'
    or (parse_number.value #>> '{}')::numeric not between minimum and maximum
  then
    perform private.reject(reason, format('a number from %s to %s', minimum, maximum));
  end if;
  return (parse_number.value #>> '{}')::numeric;
end;
$$;
comment on function private.parse_number(jsonb, text, numeric, numeric, numeric) is
  'A JSON number within the bounds; the fallback stands for null.';

create function private.parse_integer(
  value jsonb, reason text, minimum bigint, maximum bigint, fallback bigint default null
)
returns bigint
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_number numeric := private.parse_number(parse_integer.value, reason, minimum, maximum, fallback);
begin
  if v_number <> trunc(v_number) then
    perform private.reject(reason, format('a whole number from %s to %s', minimum, maximum));
  end if;
  return v_number::bigint;
end;
$$;
comment on function private.parse_integer(jsonb, text, bigint, bigint, bigint) is
  'A whole JSON number within the bounds; the fallback stands for null.';

create function private.parse_double(value jsonb, reason text)
returns double precision
language plpgsql
immutable
set search_path = ''
as $$
begin
  return (parse_double.value #>> '{}')::double precision;
exception when data_exception then
  perform private.reject(reason, 'a number that a double holds');
  return null;
end;
$$;
comment on function private.parse_double(jsonb, text) is
  'A JSON number; those of JSON may be larger, or nearer to zero, than a double can.';

create function private.parse_boolean(value jsonb, reason text, fallback boolean)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
  if coalesce(jsonb_typeof(parse_boolean.value), 'null') = 'null' then
    return fallback;
  end if;
  if jsonb_typeof(parse_boolean.value) <> 'boolean' then
    perform private.reject(reason, 'true or false');
  end if;
  return parse_boolean.value::boolean;
end;
$$;
comment on function private.parse_boolean(jsonb, text, boolean) is
  'A JSON boolean; the fallback stands for null.';

create function private.parse_phone(value text, reason text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  -- People type spaces, dots, hyphens and brackets.
  v_phone text := nullif(regexp_replace(parse_phone.value, '[\s().-]', '', 'g'), '');
begin
  if v_phone is not null and v_phone !~ '^\+[1-9][0-9]{6,14}$' then
    perform private.reject(reason, 'a phone number with its country code, as +919876543210');
  end if;
  return v_phone;
end;
$$;
comment on function private.parse_phone(text, text) is 'E.164, loosely: plus and 7 to 15 digits.';

-- No grants: only definer functions parse arguments.

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
    perform private.reject(reason, format('an array of 1 to %s texts', max_items));
  end if;
  return array(
    select item.value
    from jsonb_array_elements_text(parse_texts.value) with ordinality as item (value, position)
    order by item.position
  );
end;
$$;
comment on function private.parse_texts(jsonb, text, integer) is
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
    perform private.reject(reason, 'an array of different UUIDs');
  end if;
  return v_ids;
end;
$$;
comment on function private.parse_uuids(jsonb, text) is
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
    perform private.reject(reason, format('a JSON object of at most %s bytes', max_bytes));
  end if;
  return parse_object.value;
end;
$$;
comment on function private.parse_object(jsonb, text, integer) is
  'A JSON object; null stands for the empty one.';

create function private.parse_language_map(
  value jsonb, reason text, max_length integer, is_required boolean default true
)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
  if coalesce(jsonb_typeof(parse_language_map.value), 'null') = 'null' and not is_required then
    return null;
  end if;
  if private.is_language_map(parse_language_map.value, max_length) is not true then
    perform private.reject(
      reason, format('an object of language codes and texts of at most %s characters', max_length)
    );
  end if;
  return parse_language_map.value;
end;
$$;
comment on function private.parse_language_map(jsonb, text, integer, boolean) is
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
    perform private.reject(reason, 'an object {address, lat, lng, landmark, postcode, city}');
  end if;
  foreach v_key in array array['address', 'landmark', 'postcode', 'city'] loop
    if coalesce(jsonb_typeof(parse_location.value -> v_key), 'null') not in ('string', 'null') then
      perform private.reject(reason, format('an object whose %s is a text', v_key));
    end if;
  end loop;
  v_lat := private.parse_number(parse_location.value -> 'lat', reason, -90, 90);
  v_lng := private.parse_number(parse_location.value -> 'lng', reason, -180, 180);
  if v_lat is null or v_lng is null then
    perform private.reject(reason, 'an object with lat and lng');
  end if;
  return jsonb_build_object(
    'address', private.parse_text(parse_location.value ->> 'address', reason, 500),
    'landmark', private.parse_text(parse_location.value ->> 'landmark', reason, 200, false),
    'postcode', private.parse_text(parse_location.value ->> 'postcode', reason, 20, false),
    'city', private.parse_text(parse_location.value ->> 'city', reason, 100, false),
    'lat', v_lat,
    'lng', v_lng
  );
end;
$$;
comment on function private.parse_location(jsonb, text) is
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
comment on function private.point(double precision, double precision) is
  'A geography point of WGS 84 degrees.';

-- Lists of short texts, and links.

create function private.is_language_lists(map jsonb, max_items integer, max_length integer)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  -- In turns, since what is no object or no array has nothing to look into.
  if jsonb_typeof(map) <> 'object' then
    return false;
  end if;
  if exists (
    select 1
    from jsonb_each(map) as entry
    where entry.key !~ '^[a-z]{2,3}$' or jsonb_typeof(entry.value) <> 'array'
  ) then
    return false;
  end if;
  return map <> '{}'::jsonb
    and (select count(*) from jsonb_object_keys(map)) <= 30
    and not exists (
      select 1
      from jsonb_each(map) as entry
      where jsonb_array_length(entry.value) not between 1 and max_items
        or exists (
          select 1
          from jsonb_array_elements(entry.value) as item
          where jsonb_typeof(item.value) <> 'string'
            or btrim(item.value #>> '{}') = ''
            or length(item.value #>> '{}') > max_length
        )
    );
end;
$$;
comment on function private.is_language_lists(jsonb, integer, integer) is
  'Whether it is a map such as {"en": ["Gas refill", "Cleaning"]}, of 1 to 30 languages.';

create function private.parse_language_lists(
  value jsonb, reason text, max_items integer, max_length integer
)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
  if coalesce(jsonb_typeof(parse_language_lists.value), 'null') = 'null' then
    return null;
  end if;
  if private.is_language_lists(parse_language_lists.value, max_items, max_length) is not true then
    perform private.reject(
      reason,
      format(
        'an object of language codes and arrays of 1 to %s texts of at most %s characters',
        max_items, max_length
      )
    );
  end if;
  return parse_language_lists.value;
end;
$$;
comment on function private.parse_language_lists(jsonb, text, integer, integer) is
  'An object such as {"en": ["Gas refill", "Cleaning"]}; null stands for null.';

create function private.parse_labels(
  labels text[], reason text, max_items integer, max_length integer
)
returns text[]
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_labels text[];
begin
  if cardinality(parse_labels.labels) > max_items then
    perform private.reject(reason, format('at most %s texts', max_items));
  end if;
  v_labels := array(
    select private.parse_text(label.value, reason, max_length)
    from unnest(parse_labels.labels) with ordinality as label (value, position)
    order by label.position
  );
  if cardinality(v_labels) <> (select count(distinct label) from unnest(v_labels) as label) then
    perform private.reject(reason, 'different texts');
  end if;
  return v_labels;
end;
$$;
comment on function private.parse_labels(text[], text, integer, integer) is
  'Trimmed texts, all different, in their order; null stands for none.';

create function private.parse_link(value text, reason text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_link text := private.parse_text(parse_link.value, reason, 500, false);
begin
  -- Another scheme, such as javascript:, could run in the page that shows the link.
  if v_link !~ '^https://[^/\s"<>\\]+\.[^\s"<>\\]+$' then
    perform private.reject(reason, 'an address that begins with https://');
  end if;
  return v_link;
end;
$$;
comment on function private.parse_link(text, text) is 'An https address; empty is null.';

create function private.parse_links(value jsonb, reason text)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_links jsonb := private.parse_object(parse_links.value, reason, 8000);
  v_key text;
begin
  for v_key in select jsonb_object_keys(v_links) loop
    if v_key !~ '^[a-z][a-z0-9_]{0,29}$' or jsonb_typeof(v_links -> v_key) <> 'string' then
      perform private.reject(reason, 'an object of names and addresses');
    end if;
    if private.parse_link(v_links ->> v_key, reason) is null then
      perform private.reject(reason, 'an object without empty addresses');
    end if;
  end loop;
  return v_links;
end;
$$;
comment on function private.parse_links(jsonb, text) is
  'An object such as {"instagram": "https://instagram.com/ravi"}; null stands for the empty one.';

grant execute on function private.is_language_lists(jsonb, integer, integer)
  to anon, authenticated, service_role;

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
comment on function private.encode_cursor(jsonb) is 'The cursor that stands after these keys.';

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
    perform private.reject('invalid_cursor', 'a cursor that an earlier page returned');
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
    perform private.reject('invalid_cursor', 'a cursor of the same listing');
  end if;
  return v_keys;
exception when data_exception or character_not_in_repertoire then
  perform private.reject('invalid_cursor', 'a cursor that an earlier page returned');
  return null;
end;
$$;
comment on function private.decode_cursor(text, text[]) is
  'The sort keys, whose JSON types must be key_types. Raises PT400 invalid_cursor.';

-- A client that did not hear an answer repeats its call under the same key and gets the first
-- answer. A call that fails leaves no key behind, since its transaction is rolled back.
create table private.idempotency_keys (
  -- Nil for service_role.
  user_id      uuid not null,
  key          text not null check (length(key) between 1 and 200),
  request_hash bytea not null,
  response     jsonb,
  created_at   timestamptz not null default now(),
  primary key (user_id, key)
);
comment on table private.idempotency_keys is 'First answers of calls that carried a key.';
comment on column private.idempotency_keys.request_hash is
  'SHA-256 of the function and its arguments.';
comment on column private.idempotency_keys.response is
  'Null only inside the transaction of the first call.';
create index idempotency_keys_created_at_idx on private.idempotency_keys (created_at);

-- Raises PT400 invalid_idempotency_key, and PT409 idempotency_key_reused for another request.
create function private.claim_idempotency_key(user_id uuid, key text, request jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_key text := private.parse_text(
    claim_idempotency_key.key, 'invalid_idempotency_key', 200, false
  );
  v_hash bytea := sha256(convert_to(request::text, 'UTF8'));
  v_claimed private.idempotency_keys;
begin
  if v_key is null then
    return null;
  end if;
  -- A second call waits here for the first to end, and then sees its answer.
  insert into private.idempotency_keys as claim (user_id, key, request_hash)
  values (claim_idempotency_key.user_id, v_key, v_hash)
  on conflict on constraint idempotency_keys_pkey do update set key = excluded.key
  returning claim.* into v_claimed;

  if v_claimed.request_hash <> v_hash then
    raise sqlstate 'PT409' using
      message = 'This idempotency key belongs to another request.',
      detail = 'idempotency_key_reused',
      hint = 'Use a new key for a new request.';
  end if;
  return v_claimed.response;
end;
$$;
comment on function private.claim_idempotency_key(uuid, text, jsonb) is
  'The first answer of the same request, or null when this call is the first.';

create function private.store_idempotent_response(user_id uuid, key text, response jsonb)
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  update private.idempotency_keys as claim
  set response = store_idempotent_response.response
  where claim.user_id = store_idempotent_response.user_id
    and claim.key = btrim(store_idempotent_response.key, E' \t\r\n')
$$;
comment on function private.store_idempotent_response(uuid, text, jsonb) is
  'Keeps the answer of the call that claimed the key.';

create function private.delete_old_idempotency_keys()
returns integer
language sql
volatile
security definer
set search_path = ''
as $$
  with deleted as (
    delete from private.idempotency_keys
    where created_at < now() - interval '2 days'
    returning 1
  )
  select count(*)::integer from deleted
$$;
comment on function private.delete_old_idempotency_keys() is
  'Job: forgets answers after two days. Returns how many.';

-- How many of something there may be. A limit is a row; one helper takes turns, counts and refuses,
-- so that no limit can be raced. Tables that clients insert into carry theirs as a trigger, which
-- runs after the policies: strangers neither wait nor make others wait.
create table private.limits (
  name       text primary key check (name ~ '^[a-z_]+$'),
  maximum    integer not null check (maximum > 0),
  counted    text not null,
  error_code text not null default 'PT409' check (error_code ~ '^(PT\d{3}|42501)$'),
  reason     text check (reason ~ '^[a-z_]+$'),
  message    text not null,
  hint       text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((reason is null) = (error_code = '42501'))
);
comment on table private.limits is
  'How many of something one subject may have; each domain adds its own.';
comment on column private.limits.counted is 'SQL that counts what the subject $1 (text) has.';
comment on column private.limits.error_code is
  'SQLSTATE of the refusal; Storage knows no other than 42501, and passes no reason on.';
comment on column private.limits.message is 'Of the refusal; %s stands for the maximum.';
create trigger _100_timestamps before insert or update on private.limits
  for each row execute function private.tg__timestamps();

create function private.take_turn(limit_name text, subject text)
returns void
language sql
volatile
set search_path = ''
as $$
  select pg_advisory_xact_lock(hashtextextended(limit_name || ':' || subject, 0))
$$;
comment on function private.take_turn(text, text) is
  'Waits for everybody else who counts the same; the turn ends with the transaction.';

-- Raises what the row says.
create function private.require_room(
  limit_name text, subject text, adding integer default 1, maximum integer default null
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_limit private.limits;
  v_maximum integer;
  v_count bigint;
begin
  select * into strict v_limit
  from private.limits as limited
  where limited.name = require_room.limit_name;
  v_maximum := coalesce(require_room.maximum, v_limit.maximum);
  perform private.take_turn(v_limit.name, subject);
  -- A statement of its own, so that it sees what whoever had the turn before has committed.
  execute v_limit.counted into v_count using subject;
  if v_count + adding > v_maximum then
    raise exception using
      errcode = v_limit.error_code,
      message = format(v_limit.message, v_maximum),
      detail = coalesce(v_limit.reason, ''),
      hint = v_limit.hint;
  end if;
end;
$$;
comment on function private.require_room(text, text, integer, integer) is
  'Refuses to add so many to what the subject has; 0 where they are in already. maximum: instead of
the row''s, where a market has its own.';

-- Arguments: the limit, and the column that holds its subject.
create function private.tg__limit()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_subject text;
begin
  -- In order, so that two inserts for several subjects can't wait for each other.
  for v_subject in execute
    format('select distinct added.%I::text as subject from added order by subject', tg_argv[1])
  loop
    perform private.require_room(tg_argv[0], v_subject, 0);
  end loop;
  return null;
end;
$$;
comment on function private.tg__limit() is
  'Triggers _600_limit after insert, for each statement, referencing new table as added.';

-- Files. Storage asks the policies before the bytes come, and then writes the row as a superuser;
-- who holds a signed upload URL may come hours later. So policies say who may begin, and triggers
-- on storage.objects say what holds in the end: rights, limits, and that what is final stays as it
-- is. They raise 42501, the one refusal whose words Storage passes on.

create function private.is_upload()
returns boolean
language sql
stable
set search_path = ''
as $$
  select storage.operation() in ('storage.object.upload', 'storage.object.upload_update')
$$;
comment on function private.is_upload() is
  'Whether Storage uploads a file in one request: it neither signs an upload for later, nor resumes
one, nor takes one by S3, nor copies or moves.';
grant execute on function private.is_upload() to authenticated, service_role;

create function private.refuse_file(message text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  raise insufficient_privilege using message = refuse_file.message;
end;
$$;
comment on function private.refuse_file(text) is 'Raises 42501 with these words.';

create function private.tg_objects__refuse_change()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.refuse_file(format('Files of %s never change. Upload another.', old.bucket_id));
  return null;
end;
$$;
comment on function private.tg_objects__refuse_change() is
  'Triggers _500_keep_… of storage.objects, for buckets whose files are final.';

create function private.require_picture(name text, metadata jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  -- Before the bytes come, contentLength is what the client says; size is what has come.
  if coalesce(metadata ->> 'size', metadata ->> 'contentLength') = '0' then
    perform private.refuse_file('This file is empty.');
  end if;
  if name ~* '\.(heic|heif)$' or metadata ->> 'mimetype' in ('image/heic', 'image/heif') then
    perform private.refuse_file(
      'Few screens can show HEIC. Convert the picture to JPEG; phones do so by themselves where a '
      'page asks for image/jpeg.'
    );
  end if;
  if name !~* '\.(jpg|jpeg|png|webp|gif)$' then
    perform private.refuse_file(
      'The name of a picture ends in .jpg, .jpeg, .png, .webp or .gif.'
    );
  end if;
end;
$$;
comment on function private.require_picture(text, jsonb) is
  'Refuses a file without content, and names of anything but a picture. Of metadata, which Storage
fills, it knows mimetype, contentLength and size (bytes).';
