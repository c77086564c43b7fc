-- Errors of reviews: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  (
    'already_reviewed', 409, 'This booking has been reviewed already.',
    'Each side reviews a booking once.'
  ),
  ('booking_not_completed', 409, 'Only a completed booking can be reviewed.', 'The booking is %s.'),
  (
    'review_not_allowed', 403, 'You can''t review this booking.',
    'The customer may, and members of the business who decide about its bookings.'
  ),
  ('review_window_closed', 409, 'The time for a review is over.', 'It ended at %s.'),
  (
    'user_has_history', 409, 'This account has bookings or reviews that others still need.',
    'Delete it softly: deleteUser(id, true).'
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

insert into private.errors (reason, status, message, hint, is_of_storage)
values
  ('too_many_review_photos', 403, 'A review has at most %s photos.', 'Delete one first.', true)
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{comment, communication, max_rating, overall, photos, professionalism, punctuality, quality,
  title}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;
