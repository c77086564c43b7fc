import type { ErrorEntry } from './entry.ts';

/** What the rules for admins refuse. */
export const adminErrors = {
  not_allowed: { status: 403, message: 'Only admins may do this.', hint: 'Ask an admin.' },
  second_factor_required: {
    status: 403,
    message: 'This needs your second factor.',
    hint: 'Enter the code of your authenticator app and call again.',
  },
  cannot_block_self: {
    status: 409,
    message: 'Nobody blocks themselves.',
    hint: 'Ask another admin.',
  },
  decision_not_allowed: {
    status: 409,
    message: "This can't be decided about the business now.",
    hint: 'The hint of the error says what state it is in.',
  },
  provider_changed: {
    status: 409,
    message: 'The business has changed since you saw it.',
    hint: 'Look at it again, and send its new fingerprint.',
  },
  configuration_not_found: {
    status: 404,
    message: 'There is no such value or version.',
    hint: 'See list_configuration and list_configuration_versions.',
  },
  configuration_changed: {
    status: 409,
    message: 'Somebody else has changed this value.',
    hint: 'Read it again; the hint of the error says its version.',
  },
} as const satisfies Record<string, ErrorEntry>;
