-- The log as admins page through it.

create function private.list_admin_actions(
  admin_id text default null,
  action text default null,
  resource_type text default null,
  resource_id text default null,
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
  v_page_size integer := private.parse_integer(
    list_admin_actions.page_size, 'invalid_page_size', 1, 100, 20
  );
  v_before uuid := private.parse_uuid(
    private.decode_cursor(list_admin_actions.cursor, '{string}') ->> 0, 'invalid_cursor', false
  );
  v_admin_id uuid := private.parse_uuid(list_admin_actions.admin_id, 'invalid_admin_id', false);
  v_action text := private.parse_text(list_admin_actions.action, 'invalid_action', 100, false);
  v_resource_type text := private.parse_text(
    list_admin_actions.resource_type, 'invalid_resource_type', 100, false
  );
  v_resource_id text := private.parse_text(
    list_admin_actions.resource_id, 'invalid_resource_id', 200, false
  );
  v_answer jsonb;
begin
  perform private.require_admin();
  with page as (
    select logged.*, row_number() over (order by logged.id desc) as place
    from public.admin_actions as logged
    where (v_before is null or logged.id < v_before)
      and (v_admin_id is null or logged.admin_id = v_admin_id)
      and (v_action is null or logged.action = v_action)
      and (v_resource_type is null or logged.resource_type = v_resource_type)
      and (v_resource_id is null or logged.resource_id = v_resource_id)
    order by logged.id desc
    limit v_page_size + 1
  )
  select private.page(
    array_agg(to_jsonb(page) - 'place' order by page.place),
    array_agg(jsonb_build_array(page.id) order by page.place),
    v_page_size
  )
  into v_answer
  from page;
  return v_answer;
end;
$$;
comment on function private.list_admin_actions is
  'For admins: the log, latest first: {items, next_cursor}.
resource_type: provider, user or configuration. page_size: 1 to 100.';

select private.expose('list_admin_actions', 'authenticated');
