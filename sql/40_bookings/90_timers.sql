-- Moves that happen by themselves: bookings whose timer is due.
create function private.run_booking_timers(batch_size integer default 500)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  -- Whoever moves a booking has its provider locked. Bookings of businesses with a move under way
  -- are left to the next run: locks that are not waited for can't deadlock. All are taken before
  -- the first move, since moves update providers, and a row that changed is not locked again.
  v_ids uuid[] := array(
    select booking.id
    from public.bookings as booking
    join public.providers as provider on provider.id = booking.provider_id
    where booking.timer_due_at <= private.now()
    order by booking.timer_due_at
    limit batch_size
    for no key update of provider skip locked
  );
  v_id uuid;
  v_moved integer := 0;
begin
  foreach v_id in array v_ids loop
    begin
      update public.bookings as booking
      set
        status = booking.timer_to_status,
        status_actor = 'system',
        status_actor_id = null,
        status_reason = null,
        status_metadata = '{}'
      -- It may have been moved before its provider was locked.
      where booking.id = v_id and booking.timer_due_at <= private.now();
      if found then
        v_moved := v_moved + 1;
      end if;
    exception when others then
      -- One booking that can't move must not hold up the others.
      raise warning 'timer of booking %: %', v_id, sqlerrm;
    end;
  end loop;
  return v_moved;
end;
$$;
comment on function private.run_booking_timers is
  'Job: makes the moves that are due, at most batch_size. Returns how many.';
