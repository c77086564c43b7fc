-- Auth compares phones digit by digit, as they were typed, and codes go to the SIM: with a second
-- spelling one SIM would have a second account, and a banned person would be back. So an account
-- has its phone in the one spelling of private.normalize_phone.
--
-- New accounts are refused by the hook before_user_created and changes by the Send SMS hook
-- (function otp), in words that reach the user. The trigger stops everybody who goes round both;
-- then Auth tells the user only 500 unexpected_failure.
create function private.phone_complaint(phone text)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  -- Auth keeps phones without the plus.
  v_phone text := '+' || nullif(ltrim(phone_complaint.phone, '+'), '');
  v_right text := private.normalize_phone(v_phone);
begin
  return case
    when v_phone is null or v_right = v_phone then null
    when v_right is null then 'No phone can have the number ' || v_phone || '.'
    else 'Write this number as ' || v_right || '.'
  end;
end;
$$;
comment on function private.phone_complaint is
  'What the user should read about a phone as Auth keeps it; null when it is right or absent.';

-- `security definer`, so that Auth needs rights on this function alone.
create function private.before_user_created(event jsonb)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(
    (
      select jsonb_build_object(
        'error', jsonb_build_object('http_code', 422, 'message', complaint.message)
      )
      from private.phone_complaint(event #>> '{user,phone}') as complaint (message)
      where complaint.message is not null
    ),
    '{}'
  )
$$;
comment on function private.before_user_created is
  'Hook of Auth ([auth.hook.before_user_created] in config.toml), run for every sign-up.';
grant usage on schema private to supabase_auth_admin;
grant execute on function private.before_user_created to supabase_auth_admin;

-- Raises PT422 phone_misspelled.
create function private.tg_auth_users__check_phones()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_message text;
begin
  select complaint.message into v_message
  from (values (new.phone, old.phone), (new.phone_change, old.phone_change))
    as given (phone, before)
  cross join private.phone_complaint(given.phone) as complaint (message)
  where given.phone is distinct from given.before and complaint.message is not null
  limit 1;
  if v_message is not null then
    perform private.fail('phone_misspelled', v_message);
  end if;
  return new;
end;
$$;
comment on function private.tg_auth_users__check_phones is
  'Trigger of auth.users; accounts that were there before keep the phone they have.';

-- A soft deletion writes a hash where the phone was.
create trigger _050_check_phones before insert or update of phone, phone_change on auth.users
  for each row when (new.deleted_at is null)
  execute function private.tg_auth_users__check_phones();
