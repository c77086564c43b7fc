-- Counts from scratch: after an import that went past the triggers, and as the proof that what the
-- triggers keep is true.
create function private.recompute_provider_statistics(provider_ids uuid[])
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform 1
  from public.providers as provider
  where provider.id = any (provider_ids)
  order by provider.id
  for update;
  delete from public.provider_ratings as rating where rating.provider_id = any (provider_ids);
  delete from public.provider_statistics as statistics
  where statistics.provider_id = any (provider_ids);

  perform private.count_reviews(array(
    select review.id
    from public.reviews as review
    where review.provider_id = any (provider_ids) and review.side = 'customer'
  ));
  perform private.count_booking_moves(array(
    select history.id
    from public.bookings as booking
    join public.booking_status_history as history on history.booking_id = booking.id
    where booking.provider_id = any (provider_ids)
  ));
  perform private.refresh_reputation(provider_ids);
end;
$$;
comment on function private.recompute_provider_statistics is
  'Rebuilds ratings, statistics and score of these providers from their reviews and bookings.';

-- Raises no_data_found for a version that does not exist.
create function private.activate_reputation_formula(version integer)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not exists (
    select 1
    from public.reputation_formulas as formula
    where formula.version = activate_reputation_formula.version
  ) then
    raise no_data_found using
      message = format('There is no version %s of the formula.', version);
  end if;
  update public.reputation_formulas as formula
  set is_active = formula.version = activate_reputation_formula.version
  where formula.is_active <> (formula.version = activate_reputation_formula.version);
  perform private.refresh_reputation(array(select provider.id from public.providers as provider));
end;
$$;
comment on function private.activate_reputation_formula is
  'Puts a version of the reputation formula in force and scores every provider by it.';
