-- Errors of services: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  (
    'service_not_found', 404, 'The business does not offer all of these services.',
    'Use ids of services that it offers now.'
  ),
  (
    'service_too_long', 400, 'The texts of this service are too long.',
    'Names, descriptions and lists of all languages together have at most 30000 characters.'
  ),
  (
    'too_many_name_characters', 409,
    'The names of all services of a business have at most %s characters together.',
    'Make some names shorter.'
  ),
  ('too_many_photos', 409, 'A business has at most %s pictures.', 'Delete one first.'),
  (
    'too_many_provider_services', 409, 'A business has at most %s services.',
    'Reuse a service that is switched off.'
  ),
  ('too_many_skills', 409, 'A business has at most %s skills.', 'Delete one first.'),
  ('too_many_views', 429, 'You look at too many services.', 'Try again in %s seconds.')
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

insert into private.errors (reason, status, message, hint, is_of_storage)
values
  (
    'too_many_provider_files', 403, 'A business keeps at most %s files.',
    'Delete some first.', true
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{allows_multiple_crews, captions, duration_minutes, excludes, has_materials, includes,
  material_descriptions, min_staff_count, path, price_amount, price_max_amount, price_unit,
  service_id, sort_order}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;
