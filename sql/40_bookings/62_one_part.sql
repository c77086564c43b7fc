-- Nobody plays both sides of a booking. Its customer is nothing else in it: the table says so.
-- Beyond that, somebody who has acted for one side never acts for another, whatever they are now.
-- Members of the business decide nothing about it as admins, and do not book there.

-- Raises PT409 own_business.
create function private.tg_bookings__one_part()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- A draft may still be thrown away, and expires.
  if tg_op = 'INSERT' or old.status = 'draft' and new.blocked is not null then
    perform private.require_no_member(new.provider_id, new.customer_id);
  elsif new.status_actor = 'admin' then
    perform private.require_no_member(new.provider_id, new.status_actor_id);
  end if;
  if exists (
    select 1
    from public.booking_status_history as earlier
    where earlier.booking_id = new.id
      and earlier.actor_id = new.status_actor_id
      and earlier.actor <> new.status_actor
  ) then
    perform private.reject_own_business();
  end if;
  return new;
end;
$$;
comment on function private.tg_bookings__one_part is 'Trigger _300_one_part of bookings.';

create trigger _300_one_part before insert or update of status on public.bookings
  for each row execute function private.tg_bookings__one_part();

-- Raises PT409 own_business. See private.require_no_member for the other order.
create function private.require_no_customer(provider_id uuid, user_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.take_turn('both_sides', concat_ws(':', provider_id, user_id));
  if exists (
    select 1
    from public.bookings as booking
    join public.booking_statuses as status on status.id = booking.status
    where booking.provider_id = require_no_customer.provider_id
      and booking.customer_id = require_no_customer.user_id
      and not status.is_final
      and status.id not in ('draft', 'completed', 'no_show')
  ) then
    perform private.reject_own_business();
  end if;
end;
$$;
comment on function private.require_no_customer is
  'Refuses a user whose booking with the business is still to be decided or done.';
