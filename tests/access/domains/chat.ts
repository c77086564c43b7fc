import { type Domain, everybody, signedIn, signedInOrService, talkers } from '../cells.ts';

export const chat: Domain = {
  cases: [
    {
      table: 'public.conversations',
      subject: ({ conversation }) => `id = '${conversation}'`,
      cells: talkers,
    },
    {
      table: 'public.messages',
      subject: ({ conversation }) => `conversation_id = '${conversation}'`,
      cells: talkers,
    },
    {
      table: 'public.conversation_participants',
      row: 'of the customer',
      subject: ({ conversation, customer }) =>
        `conversation_id = '${conversation}' and user_id = '${customer}'`,
      cells: everybody('0---', { anon: '----', customer: '+---', service: '+---' }),
    },
    {
      table: 'public.user_blocks',
      subject: ({ customer }) => `blocker_id = '${customer}'`,
      cells: everybody('0---', { anon: '----', customer: '+---', service: '+---' }),
    },
  ],
  rpcs: {
    get_badges: signedIn,
    get_conversation: signedIn,
    list_conversations: signedIn,
    list_messages: signedIn,
    mark_read: signedIn,
    send_message: signedIn,
    set_conversation_flags: signedIn,
    set_user_block: signedIn,
    start_conversation: signedIn,
  },
  functions: {
    'private.can_add_chat_media': signedInOrService,
    'private.can_join_conversation_topic': signedInOrService,
    'private.can_write_conversation_topic': signedInOrService,
  },
};
