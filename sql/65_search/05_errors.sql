-- Reasons for which search refuse.
insert into private.errors (reason, status, message, hint)
values
  (
    'outside_service_area', 409, 'The business does not work at this place.',
    'Choose one that search_providers finds there.'
  ),
  ('place_required', 400, 'A place is given by lat and lng.', 'Send both, or sort otherwise.')
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{max_price_amount, query, verified_only}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;
