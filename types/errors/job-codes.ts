import type { ErrorEntry } from './entry.ts';

/** What stands between a job and its start or completion. */
export const jobCodeErrors = {
  job_code_required: {
    status: 409,
    message: 'This move needs the code that the customer shows.',
    hint: 'Call confirm_job_code.',
  },
  wrong_job_code: {
    status: 422,
    message: 'That is not the code.',
    hint: 'The hint of the error says how many tries are left.',
  },
  job_code_expired: {
    status: 409,
    message: 'There is no code that is still valid.',
    hint: 'The customer needs a new one.',
  },
  job_code_locked: {
    status: 429,
    message: 'There were too many wrong tries.',
    hint: 'The customer needs a new code.',
  },
  too_many_job_codes: {
    status: 429,
    message: 'Each side asks for so many codes an hour and no more.',
    hint: 'Wait an hour.',
  },
} as const satisfies Record<string, ErrorEntry>;
