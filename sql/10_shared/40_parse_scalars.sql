-- RPC arguments arrive as text or jsonb; these parsers turn them into types, so that wrong input
-- is refused with PT400 and a stable reason and never reaches a client as raw Postgres text.
-- Null, and JSON null, is null when the argument is optional.

-- Arguments: the reasons, invalid_<column>. Raises the first whose column is null.
create function private.tg__refuse_nulls()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform private.fail(argument.reason, 'present, or left out for its default')
  from unnest(tg_argv) with ordinality as argument (reason, position)
  where to_jsonb(new) -> regexp_replace(argument.reason, '^invalid_', '') = 'null'
  order by argument.position;
  return new;
end;
$$;
comment on function private.tg__refuse_nulls is
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
  v_text text := private.clean_text(parse_text.value);
begin
  if v_text is null and is_required then
    perform private.fail(reason, 'a text');
  elsif not private.is_text(v_text, max_length) then
    perform private.fail(reason, format('a text of at most %s characters', max_length));
  end if;
  return v_text;
end;
$$;
comment on function private.parse_text is
  'Cleaned; a text that nobody sees is null. Refuses controls other than tab and newline.';

create function private.parse_language(value text, reason text, is_required boolean default true)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_language text := private.language_of(btrim(parse_language.value));
begin
  if v_language is null and (is_required or private.clean_text(parse_language.value) is not null)
  then
    perform private.fail(reason, 'a language, as hi or hi-IN');
  end if;
  return v_language;
end;
$$;
comment on function private.parse_language is
  'A tag of BCP 47, of which the language remains; an empty one is null.';

-- What keyboards and other apps put into numbers: digits of the markets' scripts, spaces and
-- hyphens that don't break a line, marks for the direction of the text.
create function private.plain_digits(value text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select translate(
    value,
    '०१२३४५६७८९٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９'
      || E'\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a'
      || E'\u202f\u205f\u3000\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc\uff0d'
      || E'\uff0b\uff08\uff09\uff0e\uff0f'
      || E'\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060'
      || E'\u2066\u2067\u2068\u2069\ufeff',
    repeat('0123456789', 4) || repeat(' ', 16) || repeat('-', 9) || '+().' || '/'
  )
$$;
comment on function private.plain_digits is
  'The text with digits 0 to 9 and plain spaces and hyphens, without invisible marks.';

create function private.parse_postcode(value text, reason text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_postcode text := private.parse_text(
    private.plain_digits(parse_postcode.value), reason, 20, false
  );
  v_digits text := regexp_replace(v_postcode, '\s', '', 'g');
begin
  return case
    when v_digits ~ '^[0-9]+$' then v_digits
    else upper(regexp_replace(v_postcode, '\s+', ' ', 'g'))
  end;
end;
$$;
comment on function private.parse_postcode is
  'In one spelling: without spaces where it is of digits, else in capitals; an empty one is null.';

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
    perform private.fail(reason, 'a UUID');
  end if;
  return parse_uuid.value::uuid;
end;
$$;
comment on function private.parse_uuid is 'Canonical form only, any case.';

-- Topics and paths name things by id.
create function private.uuid_in(value text, pattern text)
returns uuid
language sql
immutable
parallel safe
set search_path = ''
as $$
  select substring(
    value from replace(pattern, '<id>', '([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})')
  )::uuid
$$;
comment on function private.uuid_in is
  'The UUID at <id> in the regular expression; null for a value that does not match.';

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
  perform private.fail(reason, 'an ISO 8601 time with an offset, as 2026-01-31T09:30:00Z');
  return null;
exception when data_exception then
  perform private.fail(reason, 'a time that exists');
  return null;
end;
$$;
comment on function private.parse_timestamp is
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
    perform private.fail(reason, format('a number from %s to %s', minimum, maximum));
  end if;
  return (parse_number.value #>> '{}')::numeric;
end;
$$;
comment on function private.parse_number is
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
    perform private.fail(reason, format('a whole number from %s to %s', minimum, maximum));
  end if;
  return v_number::bigint;
end;
$$;
comment on function private.parse_integer is
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
  perform private.fail(reason, 'a number that a double holds');
  return null;
end;
$$;
comment on function private.parse_double is
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
    perform private.fail(reason, 'true or false');
  end if;
  return parse_boolean.value::boolean;
end;
$$;
comment on function private.parse_boolean is 'A JSON boolean; the fallback stands for null.';

-- Triggers of tables that clients write run with the caller's rights, so that what runs before the
-- policies can tell nothing. Such triggers need these grants. Only definer functions call the rest.
grant execute on function
  private.parse_text, private.parse_language, private.plain_digits, private.parse_postcode
to authenticated, service_role;
