import { type Domain, everybody, signedIn, signedInOrService } from '../cells.ts';

export const team: Domain = {
  cases: [
    {
      table: 'public.provider_invitations',
      subject: ({ provider }) => `provider_id = '${provider}'`,
      cells: everybody('0---', {
        anon: '----',
        owner: '+---',
        otherCustomer: '+---',
        service: '+---',
      }),
    },
    {
      table: 'public.member_presence',
      subject: ({ member }) => `user_id = '${member}'`,
      cells: everybody('0---', {
        anon: '----',
        owner: '+---',
        member: '+---',
        admin: '+---',
        service: '----',
      }),
    },
  ],
  rpcs: {
    change_member_role: signedIn,
    invite_member: signedIn,
    list_invitations: signedIn,
    provider_last_seen: signedIn,
    remove_member: signedIn,
    touch_presence: signedIn,
  },
  functions: {
    'private.answer_invitation': signedIn,
    'private.can_appear_on_topic': signedInOrService,
    'private.can_join_provider_topic': signedInOrService,
    'private.my_contacts': signedInOrService,
    'public.accept_invitation': signedIn,
    'public.decline_invitation': signedIn,
    'public.revoke_invitation': signedIn,
  },
};
