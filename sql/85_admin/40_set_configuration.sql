-- How admins read, change and take back configuration.

create function private.configuration_json(setting public.configuration)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select to_jsonb(setting) - 'id'
$$;
comment on function private.configuration_json is 'The value as RPCs answer it.';

-- Raises PT409 configuration_changed.
create function private.write_configuration(
  action text, setting public.configuration, expected_version integer, reason text
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_before public.configuration;
  v_like public.configuration;
  v_after public.configuration;
begin
  -- Changes of one value take turns, the first one of a new value too.
  perform pg_advisory_xact_lock(
    hashtextextended(jsonb_build_array('configuration', setting.key, setting.market_id)::text, 0)
  );
  select * into v_before
  from public.configuration as current
  where current.key = setting.key
    and current.market_id is not distinct from setting.market_id;
  if expected_version <> coalesce(v_before.version, 0) then
    perform private.fail('configuration_changed', coalesce(v_before.version, 0)::text);
  end if;
  -- A market's own value begins like that of all.
  select * into v_like
  from public.configuration as current
  where current.key = setting.key
    and (current.market_id is null or current.market_id = setting.market_id)
  order by current.market_id nulls last
  limit 1;
  insert into public.configuration as current (
    key, market_id, value, category, description, is_public, is_active
  )
  values (
    setting.key, setting.market_id, setting.value,
    coalesce(setting.category, v_like.category, 'general'),
    coalesce(setting.description, v_like.description),
    coalesce(setting.is_public, v_like.is_public, false),
    coalesce(setting.is_active, v_like.is_active, true)
  )
  on conflict (key, market_id) do update set
    version = current.version + 1,
    value = excluded.value,
    category = excluded.category,
    description = excluded.description,
    is_public = excluded.is_public,
    is_active = excluded.is_active
  returning current.* into v_after;
  perform private.log_admin_action(
    write_configuration.action, 'configuration',
    concat_ws('/', v_after.market_id, v_after.key),
    case when v_before.id is not null then private.configuration_json(v_before) end,
    private.configuration_json(v_after),
    write_configuration.reason
  );
  return private.configuration_json(v_after);
end;
$$;
comment on function private.write_configuration is
  'Makes the next version and logs it; null fields stay as they were, or as those of all markets.';

create function private.set_configuration(
  key text,
  value jsonb,
  reason text,
  market text default null,
  category text default null,
  description text default null,
  is_public jsonb default null,
  is_active jsonb default null,
  expected_version jsonb default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_setting public.configuration;
  v_reason text := private.parse_text(set_configuration.reason, 'invalid_reason', 1000);
begin
  perform private.require_admin();
  v_setting.key := private.parse_word(set_configuration.key, 'invalid_key', 100);
  if set_configuration.value is null or octet_length(set_configuration.value::text) > 100000 then
    perform private.fail('invalid_value', 'JSON of at most 100000 bytes');
  end if;
  v_setting.value := set_configuration.value;
  if market is not null then
    v_setting.market_id := (private.require_market(market)).id;
  end if;
  v_setting.category := private.parse_word(
    set_configuration.category, 'invalid_category', 50, false
  );
  v_setting.description := private.parse_text(
    set_configuration.description, 'invalid_description', 1000, false
  );
  v_setting.is_public := private.parse_boolean(
    set_configuration.is_public, 'invalid_is_public', null
  );
  v_setting.is_active := private.parse_boolean(
    set_configuration.is_active, 'invalid_is_active', null
  );
  return private.write_configuration(
    'set_configuration',
    v_setting,
    private.parse_integer(
      set_configuration.expected_version, 'invalid_expected_version', 0, 2147483647
    )::integer,
    v_reason
  );
end;
$$;
comment on function private.set_configuration is
  'For admins: makes a new version of a value, and answers it.
market: none for all markets. What is not given stays as it was. expected_version: refused if the
value has another one by now, 0 for a new value.';

select private.expose('set_configuration', 'authenticated');
