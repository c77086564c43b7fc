-- Reasons that the edge functions raise: they read them from types/errors.ts.
insert into private.errors (reason, status, message, hint)
values
  (
    'function_misconfigured', 500, 'The function lacks a setting.',
    'The log of the function names it.'
  ),
  (
    'internal_error', 500, 'Something went wrong on our side.',
    'Give the X-Request-Id of the answer when you report it.'
  ),
  (
    'invalid_request', 400, 'The request does not have the expected form.',
    'Compare it with the OpenAPI document of the function.'
  ),
  ('invalid_signature', 401, 'The signature of the call is missing or wrong.', null),
  ('markets_unavailable', 503, 'The code could not be sent right now.', 'Try again in a minute.'),
  ('payload_too_large', 413, 'The request is too large.', null),
  (
    'phone_not_supported', 422, 'No code can be sent to this number.',
    'Use a mobile number of a country that is served.'
  ),
  ('route_not_found', 404, 'There is nothing at this address.', null),
  (
    'sms_not_configured', 503, 'No SMS service is set up for this market.',
    'Put the credentials of the SMS service into the environment of the function.'
  ),
  (
    'sms_refused', 422, 'The SMS service refused this number.',
    'Check the number, or use another one.'
  ),
  ('sms_unavailable', 503, 'The SMS service did not accept the message.', 'Try again in a minute.')
on conflict (reason) do update set
  status = excluded.status, message = excluded.message, hint = excluded.hint;
