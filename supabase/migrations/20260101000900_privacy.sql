-- Built from sql/90_privacy by `npm run generate`: edit it there.

-- Auth's soft deletion of an account can't be undone, and others still need its row: a business
-- needs its bookings, readers need a review. So what names the person, or reaches them,
-- is deleted. What they wrote, and where work was done, stays. Where a name is null, clients say
-- that the account is deleted.

-- Phone and directions are for work that is still to come. The place stays, as the record of where
-- it was done.
create function private.forget_contacts(booking_ids uuid[])
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  with finished as (
    select booking.id
    from public.bookings as booking
    join public.booking_statuses as status on status.id = booking.status
    where booking.id = any (booking_ids) and not status.blocks_calendar
    order by booking.id
    for no key update of booking
  )
  update public.bookings as booking
  set contact_phone = null, landmark = null
  from finished
  where booking.id = finished.id
    and num_nonnulls(booking.contact_phone, booking.landmark) > 0
$$;
comment on function private.forget_contacts is
  'Of these bookings, those whose work is over lose what only the work needed.';

create function private.tg_auth_users__forget_person()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.profiles as profile
  set display_name = null, photo_path = null, language = default, time_zone = default
  where profile.id = new.id;
  delete from public.devices as device where device.user_id = new.id;
  delete from public.addresses as address where address.user_id = new.id;
  delete from public.preferences as wish where wish.user_id = new.id;
  delete from public.sign_ins as sign_in where sign_in.user_id = new.id;
  delete from public.member_presence as seen where seen.user_id = new.id;
  delete from public.user_roles as granted where granted.user_id = new.id;
  delete from public.user_blocks as block where new.id in (block.blocker_id, block.blocked_id);
  delete from private.idempotency_keys as claim where claim.user_id = new.id;
  delete from private.token_buckets as bucket where bucket.user_id = new.id;
  delete from private.service_views as view where view.user_id = new.id;
  delete from public.provider_invitations as invitation
  where invitation.phone = private.normalize_phone('+' || old.phone)
    or invitation.email = lower(old.email);
  perform private.forget_contacts(array(
    select booking.id from public.bookings as booking where booking.customer_id = new.id
  ));
  return null;
end;
$$;
comment on function private.tg_auth_users__forget_person is
  'Trigger _530_forget_person of auth.users: what belongs to the person goes with the account.';
-- After _510_settle_owned, which locks providers: those come before bookings.
create trigger _530_forget_person after update of deleted_at on auth.users
  for each row when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_auth_users__forget_person();

create function private.tg_bookings__forget_customer()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if exists (
    select 1
    from auth.users as account
    where account.id = new.customer_id and account.deleted_at is not null
  ) then
    perform private.forget_contacts(array[new.id]);
  end if;
  return null;
end;
$$;
comment on function private.tg_bookings__forget_customer is
  'Trigger _600_forget_customer of bookings: those that were ahead when the account was deleted.';
create trigger _600_forget_customer after update of status on public.bookings
  for each row when (
    old.status <> new.status and num_nonnulls(new.contact_phone, new.landmark) > 0
  )
  execute function private.tg_bookings__forget_customer();
