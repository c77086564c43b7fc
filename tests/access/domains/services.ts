import {
  anyone,
  closed,
  type Domain,
  everybody,
  shown,
  signedIn,
  signedInOrService,
} from '../cells.ts';

export const services: Domain = {
  cases: [
    ...closed('private.service_views'),
    {
      table: 'public.service_statistics',
      subject: ({ service }) => `service_id = '${service}'`,
      cells: everybody('+---', { blockedCustomer: '0---' }),
    },
    {
      table: 'public.provider_photos',
      subject: ({ provider }) => `provider_id = '${provider}'`,
      cells: { ...shown('00'), owner: '++++', service: '++++' },
    },
    {
      table: 'public.provider_photos',
      row: 'of a draft',
      subject: ({ draftProvider }) => `provider_id = '${draftProvider}'`,
      cells: everybody('0-00', { anon: '0---', owner: '++++', admin: '+-00', service: '++++' }),
    },
    {
      table: 'public.provider_skills',
      subject: ({ provider }) => `provider_id = '${provider}'`,
      cells: { ...shown('-0'), owner: '++-+', service: '++++' },
    },
    {
      table: 'public.services',
      row: 'of an active provider',
      subject: ({ provider }) => `provider_id = '${provider}'`,
      cells: everybody('+-0-', {
        anon: '+---',
        blockedCustomer: '0-0-',
        owner: '+++-',
        service: '++++',
      }),
    },
    {
      table: 'public.services',
      row: 'of a draft',
      subject: ({ draftProvider }) => `provider_id = '${draftProvider}'`,
      cells: everybody('0-0-', {
        anon: '0---',
        owner: '+++-',
        admin: '+-0-',
        service: '++++',
      }),
    },
  ],
  rpcs: {
    view_service: signedIn,
  },
  functions: {
    'private.can_change_provider_photo': signedInOrService,
    'private.currency_of_provider': signedInOrService,
    'private.is_offered': anyone,
    'private.stated': signedInOrService,
  },
};
