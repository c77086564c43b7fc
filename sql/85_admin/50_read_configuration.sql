-- Reading values and their versions, and going back to one.

create function private.list_configuration(
  market text default null,
  category text default null,
  page_size jsonb default '20',
  cursor text default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_market text := private.parse_word(list_configuration.market, 'invalid_market_id', 31, false);
  v_category text := private.parse_word(
    list_configuration.category, 'invalid_category', 50, false
  );
  v_page_size integer := private.parse_integer(
    list_configuration.page_size, 'invalid_page_size', 1, 100, 20
  );
  v_after jsonb := private.decode_cursor(list_configuration.cursor, '{string,string}');
  v_after_id uuid := private.parse_uuid(v_after ->> 1, 'invalid_cursor', v_after is not null);
  v_answer jsonb;
begin
  perform private.require_admin();
  with page as (
    select setting, row_number() over (order by setting.key, setting.id) as place
    from public.configuration as setting
    where (v_market is null or setting.market_id = v_market)
      and (v_category is null or setting.category = v_category)
      and (v_after is null or (setting.key, setting.id) > (v_after ->> 0, v_after_id))
    order by setting.key, setting.id
    limit v_page_size + 1
  )
  select private.page(
    array_agg(private.configuration_json(page.setting) order by page.place),
    array_agg(jsonb_build_array((page.setting).key, (page.setting).id) order by page.place),
    v_page_size
  )
  into v_answer
  from page;
  return v_answer;
end;
$$;
comment on function private.list_configuration is
  'For admins: values by key, private and inactive ones too: {items, next_cursor}.
market: only what that market has of its own. page_size: 1 to 100.';

-- Fails with PT401, PT403 user_blocked and not_allowed, PT400 invalid_…, PT404
-- configuration_not_found.
create function private.require_configuration(key text, market text)
returns public.configuration
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_key text := private.parse_word(require_configuration.key, 'invalid_key', 100);
  v_market text := private.parse_word(
    require_configuration.market, 'invalid_market_id', 31, false
  );
  v_setting public.configuration;
begin
  perform private.require_admin();
  select * into v_setting
  from public.configuration as setting
  where setting.key = v_key and setting.market_id is not distinct from v_market;
  if v_setting.id is null then
    perform private.fail('configuration_not_found');
  end if;
  return v_setting;
end;
$$;
comment on function private.require_configuration is 'The value, for admins.';

create function private.list_configuration_versions(
  key text,
  market text default null,
  page_size jsonb default '20',
  cursor text default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_setting public.configuration := private.require_configuration(
    list_configuration_versions.key, list_configuration_versions.market
  );
  v_page_size integer := private.parse_integer(
    list_configuration_versions.page_size, 'invalid_page_size', 1, 100, 20
  );
  v_before integer := private.parse_integer(
    private.decode_cursor(list_configuration_versions.cursor, '{number}') -> 0,
    'invalid_cursor', 1, 2147483647
  );
  v_answer jsonb;
begin
  with page as (
    select written, row_number() over (order by written.version desc) as place
    from public.configuration_versions as written
    where written.configuration_id = v_setting.id
      and (v_before is null or written.version < v_before)
    order by written.version desc
    limit v_page_size + 1
  )
  select private.page(
    array_agg(to_jsonb(page.written) - '{id,configuration_id}'::text[] order by page.place),
    array_agg(jsonb_build_array((page.written).version) order by page.place),
    v_page_size
  )
  into v_answer
  from page;
  return v_answer;
end;
$$;
comment on function private.list_configuration_versions is
  'For admins: versions of a value, latest first: {items, next_cursor}. page_size: 1 to 100.';

create function private.roll_back_configuration(
  key text, version jsonb, reason text, market text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_reason text := private.parse_text(roll_back_configuration.reason, 'invalid_reason', 1000);
  v_version integer := private.parse_integer(
    roll_back_configuration.version, 'invalid_version', 1, 2147483647, 0
  );
  v_setting public.configuration := private.require_configuration(
    roll_back_configuration.key, roll_back_configuration.market
  );
begin
  select written.value, written.is_public, written.is_active
  into v_setting.value, v_setting.is_public, v_setting.is_active
  from public.configuration_versions as written
  where written.configuration_id = v_setting.id and written.version = v_version;
  if not found then
    perform private.fail('configuration_not_found');
  end if;
  return private.write_configuration('roll_back_configuration', v_setting, null, v_reason);
end;
$$;
comment on function private.roll_back_configuration is
  'For admins: makes a new version that is as the given one was, and answers it.';

select private.expose('roll_back_configuration', 'authenticated');
select private.expose('list_configuration_versions', 'authenticated');
select private.expose('list_configuration', 'authenticated');
