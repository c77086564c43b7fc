-- Each new booking counts for its services and their categories.
create function private.tg_booking_services__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into private.count_changes (subject_id, counter, change)
  select row.service_id, 'service_bookings', count(distinct row.booking_id)
  from changed as row
  group by row.service_id
  union all
  select service.category_id, 'category_bookings', count(distinct row.booking_id)
  from changed as row
  join public.services as service on service.id = row.service_id
  group by service.category_id;
  return null;
end;
$$;
comment on function private.tg_booking_services__count() is
  'Trigger _900_count of booking_services.';

create trigger _900_count after insert on public.booking_services
  referencing new table as changed
  for each statement execute function private.tg_booking_services__count();
