import type { ErrorEntry } from './entry.ts';

/** What edge functions refuse. */
export const functionErrors = {
  // Requests to edge functions
  invalid_request: {
    status: 400,
    message: 'The request does not have the expected form.',
    hint: 'Compare it with the OpenAPI document of the function.',
  },
  invalid_signature: { status: 401, message: 'The signature of the call is missing or wrong.' },
  route_not_found: { status: 404, message: 'There is nothing at this address.' },
  payload_too_large: { status: 413, message: 'The request is too large.' },
  function_misconfigured: {
    status: 500,
    message: 'The function lacks a setting.',
    hint: 'The log of the function names it.',
  },
  internal_error: {
    status: 500,
    message: 'Something went wrong on our side.',
    hint: 'Give the X-Request-Id of the answer when you report it.',
  },

  // Sign-in codes by SMS
  phone_misspelled: {
    status: 422,
    message: 'An account has its phone in one spelling.',
    hint: 'Send the number in the spelling that the message names.',
  },
  phone_not_supported: {
    status: 422,
    message: 'No code can be sent to this number.',
    hint: 'Use a mobile number of a country that is served.',
  },
  sms_refused: {
    status: 422,
    message: 'The SMS service refused this number.',
    hint: 'Check the number, or use another one.',
  },
  markets_unavailable: {
    status: 503,
    message: 'The code could not be sent right now.',
    hint: 'Try again in a minute.',
  },
  sms_not_configured: {
    status: 503,
    message: 'No SMS service is set up for this market.',
    hint: 'Put the credentials of the SMS service into the environment of the function.',
  },
  sms_unavailable: {
    status: 503,
    message: 'The SMS service did not accept the message.',
    hint: 'Try again in a minute.',
  },
} as const satisfies Record<string, ErrorEntry>;
