-- Phone numbers as people type them, and the one spelling that is kept.

-- Null unless it has as many digits as the country's numbers have.
create function private.national_number(digits text, rule private.phone_rules)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_trunk text := '^(?:' || rule.trunk_pattern || ')';
  v_in_use text := '^(?:' || rule.national_pattern || ')$';
  v_groups text[] := regexp_match(digits, v_trunk);
  v_stripped text := regexp_replace(
    digits, v_trunk,
    case
      when v_groups[cardinality(v_groups)] is null then ''
      else coalesce(rule.trunk_replacement, '')
    end
  );
begin
  -- Russian numbers may begin with the 8 that is dialled before them: +7 800 555-35-35.
  if length(v_stripped) = any (rule.lengths)
    and (v_stripped ~ v_in_use or digits !~ v_in_use)
  then
    return v_stripped;
  elsif length(digits) = any (rule.lengths) then
    return digits;
  end if;
  return null;
end;
$$;
comment on function private.national_number is
  'The national number without what is only dialled before it.';

create function private.normalize_phone(value text, country text default null)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_number text := regexp_replace(private.plain_digits(value), '[][\s().~/-]', '', 'g');
  v_home private.phone_rules;
  v_rule private.phone_rules;
  v_national text;
  v_phone text;
begin
  if (v_number ~ '^\+?[0-9]{3,20}$') is not true then
    return null;
  end if;
  if v_number !~ '^\+' then
    select * into v_home
    from private.phone_rules as rule
    where rule.country = normalize_phone.country;
    v_number := regexp_replace(
      v_number, '^(?:' || coalesce(v_home.abroad_pattern, '00') || ')(?=[1-9])', '+'
    );
  end if;
  if v_number !~ '^\+' then
    v_national := private.national_number(v_number, v_home);
    if starts_with(v_number, v_home.calling_code) and (
      length(v_number) > v_home.lengths[cardinality(v_home.lengths)]
      or private.national_number(substr(v_number, length(v_home.calling_code) + 1), v_home)
        ~ ('^(?:' || v_home.national_pattern || ')$')
      and coalesce(v_national !~ ('^(?:' || v_home.national_pattern || ')$'), true)
    ) then
      -- As Auth writes it, and many people do.
      v_number := '+' || v_number;
    elsif v_national is null then
      v_number := regexp_replace(v_number, '^00(?=[1-9])', '+');
    else
      v_phone := '+' || v_home.calling_code || v_national;
    end if;
  end if;
  if v_number ~ '^\+' then
    select * into v_rule
    from private.phone_rules as rule
    where rule.is_main and starts_with(v_number, '+' || rule.calling_code);
    v_phone := '+' || v_rule.calling_code || private.national_number(
      substr(v_number, length(v_rule.calling_code) + 2), v_rule
    );
  end if;
  if (v_phone ~ '^\+[1-9][0-9]{6,14}$') is not true then
    return null;
  end if;
  -- Again, until nothing changes: somebody who dials 0 twice reaches the same phone.
  return case
    when v_phone = v_number then v_phone
    else private.normalize_phone(v_phone)
  end;
end;
$$;
comment on function private.normalize_phone is
  'E.164 of a phone number as people type it: digits of several scripts, brackets, trunk prefix.
Local forms are read as those of the country. Null when the country has no such number.';

create function private.parse_phone(value text, reason text, country text default null)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_phone text := private.normalize_phone(parse_phone.value, parse_phone.country);
begin
  if v_phone is null and private.clean_text(parse_phone.value) is not null then
    perform private.fail(reason, 'a phone number with its country code, as +919876543210');
  end if;
  return v_phone;
end;
$$;
comment on function private.parse_phone is
  'E.164; an empty text is null. Local forms are read as those of the country.';

-- No grants: only definer functions read phones.
