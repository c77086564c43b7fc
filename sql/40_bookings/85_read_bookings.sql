-- Bookings as the caller may see them. The bodies run with the owner's rights, since a booking
-- shows the customer's name to the provider and the provider's to the customer.

create function private.get_booking(booking_id text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select private.booking_json(
    private.require_booking(private.parse_uuid(booking_id, 'invalid_booking_id'))
  )
$$;
comment on function private.get_booking is
  'One booking, with its services and the moves that the caller may try.';

create function private.list_bookings(
  role text default 'customer',
  status jsonb default null,
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
  v_me uuid := private.require_me();
  v_role text := coalesce(list_bookings.role, 'customer');
  v_statuses text[] := private.parse_texts(list_bookings.status, 'invalid_status', 16);
  v_page_size integer := private.parse_integer(
    list_bookings.page_size, 'invalid_page_size', 1, 100, 20
  );
  v_after jsonb := private.decode_cursor(list_bookings.cursor, '{string,string}');
  v_after_starts_at timestamptz := private.parse_timestamp(
    coalesce(v_after ->> 0, '9999-12-31T00:00:00Z'), 'invalid_cursor'
  );
  v_after_id uuid := private.parse_uuid(v_after ->> 1, 'invalid_cursor', v_after is not null);
  v_answer jsonb;
begin
  if v_role not in ('customer', 'provider') then
    perform private.fail('invalid_role', 'customer or provider');
  end if;
  if exists (
    select 1
    from unnest(v_statuses) as wished (id)
    where not exists (select 1 from public.booking_statuses as known where known.id = wished.id)
  ) then
    perform private.fail('invalid_status', 'an array of states of a booking');
  end if;

  with page as (
    select booking, row_number() over (order by booking.starts_at desc, booking.id desc) as place
    from public.bookings as booking
    where (
        v_role = 'customer' and booking.customer_id = v_me
        or v_role = 'provider' and booking.status <> 'draft'
          and booking.provider_id in (select private.my_provider_ids())
      )
      and (v_statuses is null or booking.status = any (v_statuses))
      and (
        v_after is null
        or (booking.starts_at, booking.id) < (v_after_starts_at, v_after_id)
      )
    order by booking.starts_at desc, booking.id desc
    limit v_page_size + 1
  )
  select private.page(
    array_agg(private.booking_json(page.booking) order by page.place),
    array_agg(
      jsonb_build_array((page.booking).starts_at, (page.booking).id) order by page.place
    ),
    v_page_size
  )
  into v_answer
  from page;
  return v_answer;
end;
$$;
comment on function private.list_bookings is
  'The caller''s bookings, latest start first: {items, next_cursor}.
role: customer, or provider for those of the caller''s businesses. status: array of states.
page_size: 1 to 100.';

create function private.booking_history(booking_id text, after text, page_size jsonb)
returns table (
  history_id uuid,
  "position" integer,
  from_status text,
  to_status text,
  actor text,
  reason text,
  metadata jsonb,
  at timestamptz
)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_booking public.bookings := private.require_booking(
    private.parse_uuid(booking_history.booking_id, 'invalid_booking_id')
  );
  v_after_id uuid := private.parse_uuid(booking_history.after, 'invalid_after', false);
  v_page_size integer := private.parse_integer(
    booking_history.page_size, 'invalid_page_size', 1, 100, 50
  );
  v_after integer := 0;
begin
  if v_after_id is not null then
    select history.position into v_after
    from public.booking_status_history as history
    where history.id = v_after_id and history.booking_id = v_booking.id;
    if v_after is null then
      perform private.fail('invalid_after', 'the id of a move of this booking');
    end if;
  end if;
  return query
    select
      history.id, history.position, history.from_status, history.to_status, history.actor,
      history.reason, history.metadata, history.created_at
    from public.booking_status_history as history
    where history.booking_id = v_booking.id and history.position > v_after
    order by history.position
    limit v_page_size;
end;
$$;
comment on function private.booking_history is 'Body of public.booking_history.';

create function public.booking_history(
  booking_id text, after text default null, page_size jsonb default '50'
)
returns table (
  history_id uuid,
  "position" integer,
  from_status text,
  to_status text,
  actor text,
  reason text,
  metadata jsonb,
  at timestamptz
)
language sql
stable
set search_path = ''
as $$
  select
    move.history_id, move.position, move.from_status, move.to_status, move.actor, move.reason,
    move.metadata, move.at
  from private.booking_history(booking_id, after, page_size) as move
$$;
comment on function public.booking_history is
  'Moves of a booking in order, a page of them: after is the history_id last seen, so the last one
of a page leads to the next; an empty page is the end. page_size: 1 to 100.';

select private.expose('get_booking', 'authenticated', 'service_role');
select private.expose('list_bookings', 'authenticated');
grant execute on function private.booking_history, public.booking_history
  to authenticated, service_role;
