import {
  anyone,
  auth,
  closed,
  type Domain,
  everybody,
  own,
  signedIn,
  signedInOrService,
} from '../cells.ts';

export const identity: Domain = {
  cases: [
    ...closed('private.rate_limits', 'private.token_buckets'),
    own('public.addresses', '++++', '+00', '+---'),
    own('public.devices', '+--+', '--0', '+--+'),
    {
      table: 'public.sign_ins',
      subject: ({ customer }) => `user_id = '${customer}'`,
      cells: everybody('0---', { anon: '----', customer: '+---', admin: '+---', service: '+---' }),
    },
    {
      table: 'public.profiles',
      subject: ({ customer }) => `id = '${customer}'`,
      cells: everybody('0-0-', {
        anon: '----',
        customer: '+-+-',
        admin: '+-0-',
        service: '+-+-',
      }),
    },
    {
      table: 'public.user_roles',
      subject: ({ admin }) => `user_id = '${admin}'`,
      cells: everybody('0---', { anon: '----', admin: '+---', service: '++-+' }),
    },
  ],
  rpcs: {
    register_device: signedIn,
  },
  functions: {
    'private.before_user_created': auth,
    'private.has_role': anyone,
    'private.is_service': anyone,
    'private.lacks_second_factor': anyone,
    'private.lock_me': signedInOrService,
    'private.me': anyone,
    'private.require_me': signedInOrService,
    'private.require_second_factor': signedInOrService,
  },
};
