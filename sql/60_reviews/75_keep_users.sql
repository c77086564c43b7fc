-- Bookings and reviews belong to two sides, so they keep the accounts in them. Auth deletes such an
-- account softly: it can't sign in any more, and the row stays for the others.

-- Raises PT409 user_has_history, before a foreign key would say so in its own words.
create function private.tg_profiles__keep()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if exists (select 1 from public.bookings as booking where booking.customer_id = old.id)
    or exists (select 1 from public.reviews as review where review.author_id = old.id)
  then
    perform private.fail('user_has_history');
  end if;
  return old;
end;
$$;
comment on function private.tg_profiles__keep is 'Trigger _050_keep of profiles.';

create trigger _050_keep before delete on public.profiles
  for each row execute function private.tg_profiles__keep();
