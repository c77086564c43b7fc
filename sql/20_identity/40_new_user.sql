-- Gives each new auth user a profile. What the user wishes in raw_user_meta_data (market, language,
-- time_zone, display_name) is untrusted: what doesn't fit becomes a default, and never stops the
-- sign-up.
create function private.tg_auth_users__create_profile()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_wish jsonb := case jsonb_typeof(new.raw_user_meta_data)
    when 'object' then new.raw_user_meta_data
    else '{}'
  end;
  v_market public.markets;
  v_name text;
  v_key text;
begin
  select * into v_market
  from public.markets as market
  where market.is_active
    and (
      market.id = v_wish ->> 'market'
      or coalesce(v_wish ->> 'market', '') = '' and new.phone like market.calling_code || '%'
        and not exists (
          -- A calling code that several markets share tells nothing.
          select 1
          from public.markets as other
          where other.id <> market.id
            and other.is_active
            and new.phone like other.calling_code || '%'
        )
    );
  foreach v_key in array array['name', 'full_name', 'display_name'] loop
    if jsonb_typeof(v_wish -> v_key) = 'string' then
      v_name := private.clean_text(
        left(regexp_replace(v_wish ->> v_key, '[\u0001-\u001f\u007f-\u009f]', ' ', 'g'), 100)
      );
    end if;
  end loop;
  insert into public.profiles (id, market_id, display_name, language, time_zone)
  values (
    new.id,
    v_market.id,
    v_name,
    coalesce(private.language_of(v_wish ->> 'language'), v_market.default_language, 'en'),
    case
      when private.is_time_zone(v_wish ->> 'time_zone') then v_wish ->> 'time_zone'
      else coalesce(v_market.time_zone, 'UTC')
    end
  )
  on conflict (id) do nothing;
  return new;
end;
$$;
comment on function private.tg_auth_users__create_profile is 'Trigger of auth.users.';

create trigger _500_create_profile after insert on auth.users
  for each row execute function private.tg_auth_users__create_profile();

-- Users that were there before this migration.
insert into public.profiles (id)
select account.id from auth.users as account
on conflict (id) do nothing;
