import type { ErrorEntry } from './entry.ts';

/** What the rules of the business refuse. */
export const databaseErrors = {
  // Who calls
  not_signed_in: {
    status: 401,
    message: 'Nobody is signed in.',
    hint: 'Sign in and call again.',
  },
  user_blocked: { status: 403, message: 'This account is blocked.', hint: 'Contact support.' },
  user_has_history: {
    status: 409,
    message: 'This account has bookings or reviews, which others still need.',
    hint: 'Delete it softly: deleteUser(id, true).',
  },
  idempotency_key_reused: {
    status: 409,
    message: 'This idempotency key belongs to another request.',
    hint: 'Use a new key for a new request.',
  },

  // Markets and catalogue
  market_not_found: {
    status: 404,
    message: 'There is no such market.',
    hint: 'Use the id of a row of markets.',
  },
  outside_market: {
    status: 400,
    message: 'The place lies outside of the market.',
    hint: 'Choose a place inside the area of the market.',
  },
  category_not_found: {
    status: 404,
    message: 'There is no such category in this market.',
    hint: 'Use slugs of rows of categories.',
  },
  names_incomplete: {
    status: 400,
    message: 'A category is named in every language of its market.',
  },
  category_loop: {
    status: 400,
    message: "A category can't be its own ancestor.",
    hint: 'Choose another parent.',
  },
  place_required: {
    status: 400,
    message: 'A place is given by lat and lng.',
    hint: 'Send both, or sort otherwise.',
  },

  // Providers
  provider_not_found: { status: 404, message: 'There is no such provider.' },
  provider_not_draft: { status: 409, message: 'Only a draft can be submitted.' },
  provider_incomplete: {
    status: 409,
    message: 'The business has no service yet.',
    hint: 'Add a service first.',
  },
  too_many_providers: {
    status: 409,
    message: 'You own as many businesses as one account may.',
    hint: 'Contact support.',
  },

  // New bookings
  provider_not_bookable: {
    status: 409,
    message: 'This business takes no bookings now.',
    hint: 'Choose another business.',
  },
  own_business: {
    status: 409,
    message: 'Nobody acts for both sides.',
    hint: 'Choose another business, or let somebody else act.',
  },
  service_not_found: {
    status: 404,
    message: 'The business does not offer all of these services.',
    hint: 'Use ids of active services of this provider.',
  },
  too_many_services: {
    status: 400,
    message: 'A booking has at most ten services.',
    hint: 'Make several bookings.',
  },
  booking_too_long: {
    status: 400,
    message: 'The services take longer than a day.',
    hint: 'Make several bookings.',
  },
  starts_in_past: { status: 400, message: 'That time is over.', hint: 'Choose a time to come.' },
  too_far_ahead: { status: 400, message: 'That time is too far ahead.' },
  too_soon: { status: 409, message: 'The business needs more notice.' },
  slot_taken: {
    status: 409,
    message: 'That time is already booked.',
    hint: 'Choose another time.',
  },
  outside_service_area: {
    status: 409,
    message: 'The business does not work at this place.',
    hint: 'Choose one that search_providers finds there.',
  },
  too_many_booking_requests: {
    status: 429,
    message: 'You request too many bookings.',
    hint: 'The hint of the error says when to try again.',
  },
  too_many_open_bookings: {
    status: 429,
    message: 'You have too many bookings ahead.',
    hint: 'Wait for answers, or cancel some.',
  },

  // Moves of bookings
  booking_not_found: {
    status: 404,
    message: 'There is no such booking.',
    hint: 'Use the id of a booking of yours.',
  },
  transition_not_allowed: {
    status: 409,
    message: "The booking can't become that now.",
    hint: 'The hint of the error lists what it can become.',
  },
  reason_required: { status: 400, message: 'This move needs a reason.', hint: 'Send reason.' },
  too_early: {
    status: 409,
    message: 'It is too early for this move.',
    hint: 'The hint of the error says from when on it is possible.',
  },
  too_late: {
    status: 409,
    message: 'It is too late for this move.',
    hint: 'The hint of the error says until when it was possible.',
  },
  too_often: {
    status: 409,
    message: 'This booking has made the move as often as it may.',
    hint: 'Choose another move.',
  },
} as const satisfies Record<string, ErrorEntry>;
