import type { ErrorEntry } from './entry.ts';

/** What the SDK itself finds, before the network or after it. */
export const sdkErrors = {
  invalid_arguments: {
    status: 400,
    message: 'The arguments do not have the expected form.',
    hint: 'The hint of the error names them; a text has no U+0000.',
  },
  api_key_refused: {
    status: 401,
    message: 'The API key is missing or wrong.',
    hint: 'Give createKarigar the publishable key of the project.',
  },
  permission_denied: { status: 403, message: 'The signed-in user may not do this.' },
  realtime_refused: {
    status: 403,
    message: 'The server refuses to send live changes.',
    hint: 'Sign in again.',
  },
  realtime_transport_missing: {
    status: 500,
    message: 'This runtime has no WebSocket.',
    hint: 'On Node 20, give createKarigar `realtime: { transport: WebSocket }` from the package ws.',
  },
  unexpected_error: {
    status: 500,
    message: 'The server answered with an error that has no reason.',
    hint: 'Code and cause of the error say more.',
  },
  invalid_response: {
    status: 502,
    message: 'The server answered in a form that this version of the SDK does not know.',
    hint: 'Update the package.',
  },
  connection_failed: {
    status: 503,
    message: 'The server could not be reached.',
    hint: 'Check the connection and try again.',
  },
} as const satisfies Record<string, ErrorEntry>;
