-- Errors of identity: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  ('not_signed_in', 401, 'Nobody is signed in.', 'Sign in and call again.'),
  ('phone_misspelled', 422, '%s', 'Send the number in this spelling.'),
  (
    'second_factor_required', 403, 'This needs your second factor.',
    'Enter the code of your authenticator app and call again.'
  ),
  ('too_many_addresses', 409, 'A user has at most %s addresses.', 'Delete one first.'),
  ('too_many_changes', 429, 'You make too many changes.', 'Try again in %s seconds.'),
  ('user_blocked', 403, 'This account is blocked.', 'Contact support.')
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{app_version, display_name, is_default, label, photo_path, platform, push_token, state}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;
