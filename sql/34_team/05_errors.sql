-- Errors of team: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  (
    'already_member', 409, 'This person is a member already.',
    'Change the role of the member instead.'
  ),
  ('invitation_closed', 409, 'This invitation is no longer open.', 'Ask for a new one.'),
  (
    'invitation_not_found', 404, 'There is no such invitation.',
    'Use an id that list_invitations returned.'
  ),
  ('last_owner', 409, 'A business keeps at least one owner.', 'Make somebody else an owner first.'),
  (
    'member_not_found', 404, 'There is no such member.',
    'Use the user_id of a row of provider_members.'
  ),
  ('role_not_allowed', 403, 'Your role in the business does not allow this.', 'Ask an owner.'),
  (
    'too_many_invitations', 429, 'A business invites at most %s people a day.',
    'Try again tomorrow.'
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{email, invitation_id, phone}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;
