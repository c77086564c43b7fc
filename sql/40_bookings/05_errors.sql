-- Errors of bookings: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  ('booking_not_found', 404, 'There is no such booking.', 'Use the id of a booking of yours.'),
  ('booking_too_long', 400, 'The services take longer than a day.', 'Make several bookings.'),
  (
    'job_code_expired', 409, 'No code is valid now.',
    'The customer needs a new one.'
  ),
  ('job_code_locked', 429, 'There were too many wrong tries.', 'The customer needs a new code.'),
  (
    'job_code_required', 409, 'This move needs the code that the customer shows.',
    'Call confirm_job_code.'
  ),
  (
    'provider_not_bookable', 409, 'This business takes no bookings now.',
    'Choose another business.'
  ),
  ('reason_required', 400, 'This move needs a reason.', 'Send reason.'),
  ('slot_taken', 409, 'That time is already booked.', 'Choose another time.'),
  ('starts_in_past', 400, 'That time is over.', 'Choose a time in the future.'),
  ('too_early', 409, 'It is too early to make this booking %1$s.', 'It is possible from %2$s.'),
  ('too_far_ahead', 400, 'That time is too far ahead.', 'Book at most %s days ahead.'),
  ('too_late', 409, 'It is too late to make this booking %1$s.', 'It was possible until %2$s.'),
  ('too_many_booking_requests', 429, 'You request too many bookings.', 'Try again in %s seconds.'),
  ('too_many_job_codes', 429, 'You ask for too many codes.', 'Try again in an hour.'),
  (
    'too_many_open_bookings', 429, 'You can have at most %s open bookings.',
    'Wait for answers, or cancel some.'
  ),
  ('too_many_services', 400, 'A booking has at most ten services.', 'Make several bookings.'),
  ('too_often', 409, 'This booking can''t become %s again.', 'Choose another move.'),
  ('too_soon', 409, 'The business needs more notice.', 'Book at least %s minutes ahead.'),
  (
    'transition_not_allowed', 409, 'A booking that is %1$s can''t become %2$s now.',
    'It may become: %3$s.'
  ),
  ('wrong_job_code', 422, 'That code is wrong.', 'Tries left: %s.')
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{contact_phone, job_code, metadata, purpose, service_ids, starts_at, status, to_status}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;
