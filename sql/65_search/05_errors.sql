-- Errors of search: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  (
    'outside_service_area', 409, 'The business does not work at this place.',
    'Choose one that search_providers finds there.'
  ),
  ('place_required', 400, 'A place needs lat and lng.', 'Send both, or choose another sort.')
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
