-- The trigger that keeps every booking inside its process, for every writer. Functions that lists
-- call for each booking are PL/pgSQL: that keeps its plans, while SQL plans anew in each statement.

-- Whether the market asks for the customer's code at this move.
create function private.requires_job_code(market_id text, job_code text)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return job_code is not null and (
    select case requires_job_code.job_code
      when 'start' then market.requires_start_code
      else market.requires_completion_code
    end
    from public.markets as market
    where market.id = requires_job_code.market_id
  );
end;
$$;
comment on function private.requires_job_code is
  'Whether the market asks for this code; booking_transitions.job_code may be null.';

create function private.booking_instant(booking public.bookings, name text, minutes integer)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
  return case booking_instant.name
    when 'starts_at' then (booking).starts_at
    when 'ends_at' then (booking).ends_at
    when 'status_changed_at' then (booking).status_changed_at
  end + make_interval(mins => minutes);
end;
$$;
comment on function private.booking_instant is
  'So many minutes after an instant that booking_transitions names; null without a name.';

create function private.booking_moves(booking public.bookings)
returns table (
  to_status text,
  actor text,
  is_crew_allowed boolean,
  requires_reason boolean,
  requires_job_code boolean,
  job_code text,
  opens_at timestamptz,
  closes_at timestamptz,
  is_used_up boolean,
  is_closed boolean
)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select
    move.to_status, move.actor, move.is_crew_allowed, move.requires_reason,
    private.requires_job_code((booking).market_id, move.job_code), move.job_code,
    private.booking_instant(booking, move.opens_from, move.opens_minutes),
    private.booking_instant(booking, move.closes_from, move.closes_minutes),
    move.max_count is not null and move.max_count <= (
      select count(*)
      from public.booking_status_history as made
      where made.booking_id = (booking).id
        and made.from_status = move.from_status
        and made.to_status = move.to_status
        and made.actor = move.actor
    ),
    move.requires_open and not exists (
      select 1
      from public.providers as provider
      where provider.id = (booking).provider_id and provider.status = 'active'
    )
  from public.booking_transitions as move
  where move.process_id = (booking).process_id and move.from_status = (booking).status;
end;
$$;
comment on function private.booking_moves is
  'Moves out of the state that the booking is in, by anybody, with their conditions.';

-- Raises PT409 transition_not_allowed, provider_not_bookable, too_early, too_late, too_often and
-- job_code_required, PT400 reason_required.
create function private.check_booking_move(from_booking public.bookings, to_booking public.bookings)
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_move record;
begin
  select * into v_move
  from private.booking_moves(from_booking) as move
  where move.to_status = (to_booking).status and move.actor = (to_booking).status_actor;
  if v_move.to_status is null then
    perform private.fail(
      'transition_not_allowed', (from_booking).status, (to_booking).status,
      (
        select coalesce(string_agg(distinct move.to_status, ', '), 'nothing')
        from private.booking_moves(from_booking) as move
      )
    );
  end if;
  if v_move.is_closed then
    perform private.fail('provider_not_bookable');
  end if;
  if v_move.requires_reason and (to_booking).status_reason is null then
    perform private.fail('reason_required');
  end if;
  if private.now() < v_move.opens_at then
    perform private.fail('too_early', (to_booking).status, v_move.opens_at::text);
  end if;
  if private.now() > v_move.closes_at then
    perform private.fail('too_late', (to_booking).status, v_move.closes_at::text);
  end if;
  if v_move.is_used_up then
    perform private.fail('too_often', (to_booking).status);
  end if;
  if v_move.requires_job_code and not exists (
    select 1
    from private.job_codes as issued
    where issued.booking_id = (to_booking).id
      and issued.purpose = v_move.job_code
      and issued.confirmed_at is not null
  ) then
    perform private.fail('job_code_required');
  end if;
end;
$$;
comment on function private.check_booking_move is
  'Refuses a move that the process does not have, and one whose conditions don''t hold.';

create function private.tg_bookings__move()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and new.status is distinct from old.status then
    perform private.check_booking_move(old, new);
  elsif tg_op = 'INSERT' and new.status <> 'draft' and new.status is distinct from (
    select process.initial_status_id
    from public.booking_processes as process
    where process.id = new.process_id
  ) then
    perform private.fail(
      'transition_not_allowed', 'new', new.status,
      (
        select process.initial_status_id
        from public.booking_processes as process
        where process.id = new.process_id
      )
    );
  end if;

  if tg_op = 'INSERT' or new.status is distinct from old.status then
    -- Moves within one transaction still follow one another.
    new.status_changed_at := private.moment();
  end if;
  new.blocked := (
    select tstzrange(new.starts_at, new.ends_at + make_interval(mins => new.buffer_minutes))
    from public.booking_statuses as entered
    where entered.id = new.status and entered.blocks_calendar
  );
  new.timer_due_at := null;
  new.timer_to_status := null;
  select due.at, due.to_status into new.timer_due_at, new.timer_to_status
  from (
    select
      move.to_status,
      least(
        private.booking_instant(new, move.timer_from, move.timer_minutes),
        case move.timer_from when 'status_changed_at' then new.starts_at end
      ) as at
    from public.booking_transitions as move
    where move.process_id = new.process_id
      and move.from_status = new.status
      and move.timer_minutes is not null
  ) as due
  order by due.at
  limit 1;
  return new;
end;
$$;
comment on function private.tg_bookings__move is
  'Trigger _200_move of bookings: checks the move, derives blocked and the timer.';

create trigger _200_move
  before insert or update of status, starts_at, ends_at, buffer_minutes on public.bookings
  for each row execute function private.tg_bookings__move();
