-- Errors of businesses: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  (
    'category_not_found', 404, 'There is no such category in this market.',
    'Use slugs of rows of categories.'
  ),
  (
    'member_inactive', 409, 'This account is blocked or deleted.',
    'Remove the member, or wait until the account is back.'
  ),
  (
    'own_business', 409, 'You can''t act for both sides.',
    'Choose another business, or let somebody else act.'
  ),
  ('provider_incomplete', 409, 'The business has no service yet.', 'Add a service first.'),
  ('provider_not_draft', 409, 'Only a draft can be submitted.', 'The business is %s.'),
  (
    'provider_not_found', 404, 'There is no such provider.',
    'Use the id of a business that you may see or act for.'
  ),
  (
    'too_many_area_names', 409, 'The areas of a business name at most %s postcodes and districts.',
    'Delete some, or draw a circle or a polygon.'
  ),
  ('too_many_areas', 409, 'A business has at most %s service areas.', 'Delete one first.'),
  ('too_many_categories', 409, 'A business has at most %s categories.', 'Delete one first.'),
  ('too_many_members', 409, 'A business has at most %s members.', 'Remove one first.'),
  (
    'too_many_memberships', 409, 'An account can be a member of at most %s businesses.',
    'Leave one first.'
  ),
  ('too_many_providers', 409, 'An account can own at most %s businesses.', 'Contact support.'),
  ('vertical_not_found', 404, 'There is no such vertical.', 'Use the id of a row of verticals.')
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{buffer_minutes, categories, cover_path, districts, experience_years, features,
  is_accepting_bookings, lead_minutes, logo_path, payment_link, payment_qr_path, points,
  postcodes, social_links, vertical_id}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;
