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
        or not private.is_text(entry.value #>> '{}', max_length)
    );
end;
$$;
comment on function private.is_language_map is
  'Whether the map has 1 to 30 languages and each a text of at most so many characters.';

create function private.covers_languages(map jsonb, languages text[])
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select map ?& languages
$$;
comment on function private.covers_languages is
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
comment on function private.localized is
  'The text in the language asked for, else in the fallback, else English, else any.';

grant execute on function private.is_language_map, private.covers_languages, private.localized
  to anon, authenticated, service_role;
