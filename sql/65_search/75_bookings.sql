-- A booking is at a place where search finds the business.

-- Raises PT409 outside_service_area.
create function private.tg_bookings__require_reach()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not private.works_at(
    (select provider from public.providers as provider where provider.id = new.provider_id),
    new.location, new.postcode, new.district
  ) then
    perform private.fail('outside_service_area');
  end if;
  return new;
end;
$$;
comment on function private.tg_bookings__require_reach is
  'Triggers _400_require_reach_… of bookings.';

create trigger _400_require_reach_insert before insert on public.bookings
  for each row
  when (new.status <> 'draft')
  execute function private.tg_bookings__require_reach();
-- For a draft that is sent; one that is thrown away, or expires, may be anywhere.
create trigger _400_require_reach_update before update of status on public.bookings
  for each row
  when (old.status = 'draft' and new.blocked is not null)
  execute function private.tg_bookings__require_reach();
