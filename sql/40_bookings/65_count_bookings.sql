-- Each booking counts once for each of its services and for each of their categories, as soon as it
-- is no longer a draft and until it is deleted. Its lines say which: they don't change.

create function private.tg_booking_services__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  -- When the booking itself is deleted its row is gone: its own trigger has counted it.
  with counted as (
    select row.booking_id, subject.counter, subject.id
    from changed as row
    join public.bookings as booking on booking.id = row.booking_id and booking.status <> 'draft'
    cross join lateral (
      values ('service_bookings', row.service_id), ('category_bookings', row.category_id)
    ) as subject (counter, id)
    -- A booking counts once, however many lines it has.
    where not exists (
      select 1
      from public.booking_services as other
      where other.booking_id = row.booking_id
        and case subject.counter
          when 'service_bookings' then other.service_id
          else other.category_id
        end = subject.id
        and not exists (
          select 1
          from changed
          where changed.booking_id = other.booking_id and changed.position = other.position
        )
    )
  )
  insert into private.count_changes (subject_id, counter, change)
  select
    counted.id, counted.counter,
    case tg_op when 'INSERT' then 1 else -1 end * count(distinct counted.booking_id)
  from counted
  group by counted.id, counted.counter;
  return null;
end;
$$;
comment on function private.tg_booking_services__count is
  'Triggers _900_count_… of booking_services.';

create trigger _900_count_insert after insert on public.booking_services
  referencing new table as changed
  for each statement execute function private.tg_booking_services__count();
create trigger _900_count_delete after delete on public.booking_services
  referencing old table as changed
  for each statement execute function private.tg_booking_services__count();

create function private.tg_bookings__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into private.count_changes (subject_id, counter, change)
  select distinct
    subject.id, subject.counter,
    case when tg_op = 'DELETE' or new.status = 'draft' then -1 else 1 end
  from public.booking_services as line
  cross join lateral (
    values ('service_bookings', line.service_id), ('category_bookings', line.category_id)
  ) as subject (counter, id)
  where line.booking_id = old.id;
  return case tg_op when 'DELETE' then old else new end;
end;
$$;
comment on function private.tg_bookings__count is 'Triggers _900_count_… of bookings.';

create trigger _900_count_update after update of status on public.bookings
  for each row
  when ((old.status = 'draft') <> (new.status = 'draft'))
  execute function private.tg_bookings__count();
create trigger _900_count_delete before delete on public.bookings
  for each row
  when (old.status <> 'draft')
  execute function private.tg_bookings__count();
