-- Errors of admin: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  ('cannot_block_self', 409, 'You can''t block yourself.', 'Ask another admin.'),
  (
    'configuration_changed', 409, 'Somebody else has changed this value.',
    'It is at version %s now.'
  ),
  (
    'configuration_not_found', 404, 'There is no such value or version.',
    'See list_configuration and list_configuration_versions.'
  ),
  (
    'decision_not_allowed', 409, 'This decision is not possible now.',
    'The business is %s and %s.'
  ),
  ('not_allowed', 403, 'Only admins may do this.', 'Ask an admin.'),
  (
    'provider_changed', 409, 'The business has changed since you saw it.',
    'Look at it again, and send its new fingerprint.'
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{action, admin_id, category, expected_version, is_public, key, resource_id, resource_type,
  until, version}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;
