-- What a text is to people: something of it can be seen, and nothing in it turns or hides what
-- stands around it. The same rule holds for every text that one person writes and another reads.
-- Joiners inside words stay (Hindi, Urdu and emoji need them), so do marks of direction.

-- Unicode's White_Space and Default_Ignorable_Code_Point, controls, private and non-characters, and
-- what has a name but no shape. What Unicode has not assigned yet counts as seen: a newer phone
-- than ours may know it.
create function private.is_visible(value text)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return is_visible.value ~ (
    '[^\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f'
    '\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ue000-\uf8ff\ufdd0-\ufdef'
    '\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\U00013430-\U0001343f'
    '\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe\U0002ffff'
    '\U0003fffe\U0003ffff\U0004fffe\U0004ffff\U0005fffe\U0005ffff\U0006fffe\U0006ffff\U0007fffe'
    '\U0007ffff\U0008fffe\U0008ffff\U0009fffe\U0009ffff\U000afffe\U000affff\U000bfffe\U000bffff'
    '\U000cfffe\U000cffff\U000dfffe-\U000e0fff\U000efffe-\U0010ffff]'
  );
end;
$$;
comment on function private.is_visible is 'Whether people can see something of it.';

create function private.is_text(value text, max_length integer)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  -- Controls other than tab and line breaks; embeddings, overrides and isolates of direction.
  return length(is_text.value) <= max_length
    and is_text.value !~
      '[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]'
    and private.is_visible(is_text.value);
end;
$$;
comment on function private.is_text is
  'Whether it is a text that people can see, of at most so many characters; null for null.';

create function private.are_texts(texts text[], max_length integer)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return not exists (
    select 1 from unnest(texts) as item where private.is_text(item, max_length) is not true
  );
end;
$$;
comment on function private.are_texts is 'Whether is_text holds of each.';

create function private.clean_text(value text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  -- Phones copy numbers and names with embeddings around them, so they go without a complaint.
  v_text text := btrim(
    regexp_replace(clean_text.value, '[\u202a-\u202e\u2066-\u2069]', '', 'g'),
    E' \t\n\r\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a'
    '\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff'
  );
begin
  return case when private.is_visible(v_text) then v_text end;
end;
$$;
comment on function private.clean_text is
  'Without blanks at its ends and without what turns the text around it; null if nobody sees it.';

grant execute on function private.is_visible, private.is_text, private.are_texts
  to anon, authenticated, service_role;
grant execute on function private.clean_text to authenticated, service_role;
