import type { ErrorEntry } from './entry.ts';

/** What submit_review refuses. */
export const reviewErrors = {
  review_not_allowed: {
    status: 403,
    message: "You can't review this booking.",
    hint: 'The customer reviews, and who decides about bookings of the business.',
  },
  booking_not_completed: {
    status: 409,
    message: 'Only a completed booking can be reviewed.',
  },
  review_window_closed: { status: 409, message: 'The time for a review is over.' },
  already_reviewed: {
    status: 409,
    message: 'This booking has been reviewed already.',
    hint: 'A review is written once.',
  },
} as const satisfies Record<string, ErrorEntry>;
