import {
  closed,
  type Domain,
  participants,
  reference,
  signedIn,
  signedInOrService,
} from '../cells.ts';

export const bookings: Domain = {
  cases: [
    ...closed('private.booking_number_years', 'private.job_code_requests', 'private.job_codes'),
    ...reference(
      'public.booking_processes',
      'public.booking_statuses',
      'public.booking_transitions',
      'public.source_statuses',
    ),
    {
      table: 'public.bookings',
      subject: ({ booking }) => `id = '${booking}'`,
      cells: participants,
    },
    {
      table: 'public.booking_services',
      subject: ({ booking }) => `booking_id = '${booking}'`,
      cells: participants,
    },
    {
      table: 'public.booking_status_history',
      subject: ({ booking }) => `booking_id = '${booking}'`,
      cells: participants,
    },
  ],
  rpcs: {
    booking_history: signedInOrService,
    confirm_job_code: signedIn,
    get_booking: signedInOrService,
    issue_job_code: signedInOrService,
    list_bookings: signedIn,
    request_booking: signedIn,
    transition_booking: signedInOrService,
  },
  functions: {
    'private.can_join_booking_topic': signedInOrService,
    'private.my_booking_ids': signedIn,
  },
};
