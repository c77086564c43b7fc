-- Errors of chat: why it refuses, and in which words.
insert into private.errors (reason, status, message, hint)
values
  (
    'blocked_by_participant', 403, 'You can''t write here: somebody has blocked you.',
    'Contact support.'
  ),
  (
    'conversation_not_found', 404, 'There is no such conversation.',
    'Use the id of a conversation that you take part in.'
  ),
  (
    'media_not_found', 404, 'There is no such picture in this conversation.',
    'Upload it to chat-media first, as <conversation id>/<uuid>.jpg.'
  ),
  (
    'message_not_found', 404, 'There is no such message in this conversation.',
    'Use the id of a message of the conversation.'
  ),
  ('too_many_conversations', 429, 'You start too many conversations.', 'Try again in %s seconds.'),
  ('too_many_messages', 429, 'You send too many messages.', 'Try again in %s seconds.'),
  ('user_not_found', 404, 'There is no such person.', 'Use the id of a user that you may see.')
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

insert into private.errors (reason, status, message, hint, is_of_storage)
values
  (
    'too_many_files', 403, 'You add too many files to conversations. Try again later.',
    'Try again in %s seconds.', true
  ),
  (
    'too_many_chat_files', 403, 'You add at most %s files a day to a conversation.',
    'Try again tomorrow.', true
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;

-- Arguments, and columns that clients write.
insert into private.errors (reason, status, message, hint)
select 'invalid_' || name, 400, name || ' is missing or wrong.', 'It must be %s.'
from unnest(
  '{before, body, client_id, conversation_id, is_archived, is_blocked, is_muted, is_pinned,
  media, message_id}'::text[]
) as name
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;
