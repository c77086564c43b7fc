-- Reasons that several domains share, and those of files.
insert into private.errors (reason, status, message, hint)
values
  (
    'idempotency_key_reused', 409, 'This idempotency key belongs to another request.',
    'Use a new key for a new request.'
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

insert into private.errors (reason, status, message, hint, is_of_storage)
values
  ('file_empty', 403, 'This file is empty.', 'Choose another.', true),
  ('file_is_final', 403, 'Files of %s never change.', 'Upload another.', true),
  (
    'file_is_heic', 403, 'Few screens can show HEIC: convert the picture to JPEG.',
    'Phones do so by themselves where a page asks for image/jpeg.', true
  ),
  (
    'file_name_not_allowed', 403, 'The name of a picture ends in .jpg, .jpeg, .png, .webp or .gif.',
    'Choose another name.', true
  ),
  (
    'upload_not_allowed', 403, 'You may not upload here any more.',
    'Sign in as somebody who may.', true
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{address, after, booking_id, category_id, city, cursor, description, descriptions, district,
  idempotency_key, is_active, kind, landmark, language, lat, lng, location, market_id,
  min_rating, name, names, page_size, postcode, provider_id, radius_km, reason, role, sort,
  time_zone, user_id, value}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;
