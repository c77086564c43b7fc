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
            or not private.is_text(item.value #>> '{}', max_length)
        )
    );
end;
$$;
comment on function private.is_language_lists is
  'Whether it is a map such as {"en": ["Gas refill", "Cleaning"]}, of 1 to 30 languages.';

create function private.parse_language_lists(
  value jsonb, reason text, max_items integer, max_length integer
)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_lists jsonb := private.clean_language_map(parse_language_lists.value);
begin
  if coalesce(jsonb_typeof(parse_language_lists.value), 'null') = 'null' then
    return null;
  end if;
  if private.is_language_lists(v_lists, max_items, max_length) is not true then
    perform private.fail(
      reason,
      format(
        'an object of language codes and arrays of 1 to %s texts of at most %s characters',
        max_items, max_length
      )
    );
  end if;
  return v_lists;
end;
$$;
comment on function private.parse_language_lists is
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
    perform private.fail(reason, format('at most %s texts', max_items));
  end if;
  v_labels := array(
    select private.parse_text(label.value, reason, max_length)
    from unnest(parse_labels.labels) with ordinality as label (value, position)
    order by label.position
  );
  if cardinality(v_labels) <> (select count(distinct label) from unnest(v_labels) as label) then
    perform private.fail(reason, 'different texts');
  end if;
  return v_labels;
end;
$$;
comment on function private.parse_labels is
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
    perform private.fail(reason, 'an address that begins with https://');
  end if;
  return v_link;
end;
$$;
comment on function private.parse_link is 'An https address; empty is null.';

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
      perform private.fail(reason, 'an object of names and addresses');
    end if;
    if private.parse_link(v_links ->> v_key, reason) is null then
      perform private.fail(reason, 'an object without empty addresses');
    end if;
  end loop;
  return v_links;
end;
$$;
comment on function private.parse_links is
  'An object such as {"instagram": "https://instagram.com/ravi"}; null stands for the empty one.';

grant execute on function private.is_language_lists to anon, authenticated, service_role;
grant execute on function
  private.parse_language_lists, private.parse_labels, private.parse_link, private.parse_links
to authenticated, service_role;
