import { closed, type Domain, everybody, signedIn } from '../cells.ts';

export const admin: Domain = {
  cases: [
    ...closed('private.provider_decisions'),
    {
      table: 'public.admin_actions',
      subject: ({ admin }) => `admin_id = '${admin}'`,
      cells: everybody('0---', { anon: '----', admin: '+---', service: '----' }),
    },
    {
      table: 'public.configuration',
      row: 'public',
      subject: () => "key = 'access_test_public'",
      cells: everybody('+---'),
    },
    {
      table: 'public.configuration',
      row: 'private',
      subject: () => "key = 'access_test'",
      cells: everybody('0---', { admin: '+---', service: '+---' }),
    },
    {
      table: 'public.configuration_versions',
      subject: ({ admin }) => `changed_by = '${admin}'`,
      cells: everybody('0---', { anon: '----', admin: '+---', service: '+---' }),
    },
  ],
  rpcs: {
    admin_user_story: signedIn,
    block_user: signedIn,
    list_admin_actions: signedIn,
    list_configuration: signedIn,
    list_configuration_versions: signedIn,
    list_verification_queue: signedIn,
    roll_back_configuration: signedIn,
    set_configuration: signedIn,
    unblock_user: signedIn,
  },
  functions: {
    'private.decide_provider': signedIn,
    'public.reinstate_provider': signedIn,
    'public.reject_provider': signedIn,
    'public.review_provider': signedIn,
    'public.suspend_provider': signedIn,
    'public.verify_provider': signedIn,
  },
};
