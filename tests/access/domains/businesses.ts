import { type Domain, everybody, service, shown, signedIn, signedInOrService } from '../cells.ts';

export const businesses: Domain = {
  cases: [
    {
      table: 'public.service_areas',
      subject: ({ provider }) => `provider_id = '${provider}'`,
      cells: { ...shown('-0'), owner: '++-+', service: '++-+' },
    },
    {
      table: 'public.providers',
      row: 'active',
      subject: ({ provider }) => `id = '${provider}'`,
      cells: everybody('+-0-', {
        anon: '+---',
        blockedCustomer: '0-0-',
        owner: '+-+-',
        service: '+++-',
      }),
    },
    {
      table: 'public.providers',
      row: 'draft',
      subject: ({ draftProvider }) => `id = '${draftProvider}'`,
      cells: everybody('0-0-', {
        anon: '0---',
        owner: '+-+-',
        admin: '+-0-',
        service: '+++-',
      }),
    },
    {
      table: 'public.provider_members',
      subject: ({ provider }) => `provider_id = '${provider}' and role = 'crew_member'`,
      cells: everybody('0---', {
        anon: '----',
        owner: '+---',
        member: '+---',
        admin: '+---',
        service: '++++',
      }),
    },
    {
      table: 'public.provider_categories',
      row: 'of an active provider',
      subject: ({ provider }) => `provider_id = '${provider}'`,
      cells: everybody('+--0', {
        anon: '+---',
        blockedCustomer: '0--0',
        owner: '++-+',
        service: '++-+',
      }),
    },
    {
      table: 'public.provider_categories',
      row: 'of a draft',
      subject: ({ draftProvider }) => `provider_id = '${draftProvider}'`,
      cells: everybody('0--0', {
        anon: '0---',
        owner: '++-+',
        admin: '+--0',
        service: '++-+',
      }),
    },
  ],
  rpcs: {
    create_provider: signedIn,
    submit_provider: signedIn,
  },
  functions: {
    'private.circle_box': signedInOrService,
    'private.has_live_owner': service,
    'private.my_managed_provider_ids': signedInOrService,
    'private.my_provider_ids': signedInOrService,
    'private.parse_polygon': signedInOrService,
    'private.parse_provider_path': signedInOrService,
  },
};
