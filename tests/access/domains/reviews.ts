import {
  anyone,
  type Domain,
  everybody,
  participants,
  reference,
  signedIn,
  signedInOrService,
} from '../cells.ts';

export const reviews: Domain = {
  cases: [
    ...reference('public.reputation_formulas'),
    {
      table: 'public.provider_ratings',
      subject: ({ provider }) => `provider_id = '${provider}'`,
      cells: everybody('+---', { blockedCustomer: '0---' }),
    },
    {
      table: 'public.provider_statistics',
      subject: ({ provider }) => `provider_id = '${provider}'`,
      cells: everybody('0---', {
        anon: '----',
        owner: '+---',
        member: '+---',
        admin: '+---',
        service: '+---',
      }),
    },
    {
      table: 'public.reviews',
      row: 'of a business',
      subject: ({ provider }) => `provider_id = '${provider}' and side = 'customer'`,
      cells: participants,
    },
    {
      table: 'public.reviews',
      row: 'of a customer',
      subject: ({ provider }) => `provider_id = '${provider}' and side = 'provider'`,
      cells: participants,
    },
  ],
  rpcs: {
    customer_rating: signedInOrService,
    customer_statistics: signedIn,
    list_reviews: anyone,
    provider_reputation: anyone,
    review_photo_folder: signedIn,
    submit_review: signedIn,
  },
  functions: {
    'private.can_change_review_photo': anyone,
    'private.can_read_review_photo': anyone,
  },
};
