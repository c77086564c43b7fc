-- Reasons that the SDK finds by itself, before the network or after it.
insert into private.errors (reason, status, message, hint)
values
  (
    'api_key_refused', 401, 'The API key is missing or wrong.',
    'Give createKarigar the publishable key of the project.'
  ),
  (
    'connection_failed', 503, 'The server could not be reached.',
    'Check the connection and try again.'
  ),
  (
    'invalid_arguments', 400, 'The arguments do not have the expected form.',
    'The hint of the error names them; a text has no U+0000.'
  ),
  (
    'invalid_response', 502,
    'The server answered in a form that this version of the SDK does not know.',
    'Update the package.'
  ),
  ('permission_denied', 403, 'The signed-in user may not do this.', null),
  ('realtime_refused', 403, 'The server refuses to send live changes.', 'Sign in again.'),
  (
    'realtime_transport_missing', 500, 'This runtime has no WebSocket.',
    'On Node 20, give createKarigar `realtime: { transport: WebSocket }` from the package ws.'
  ),
  (
    'unexpected_error', 500, 'The server answered with an error that has no reason.',
    'Code and cause of the error say more.'
  )
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;
