import type { ErrorEntry } from './entry.ts';

/** What the rules of conversations refuse. */
export const chatErrors = {
  conversation_not_found: {
    status: 404,
    message: 'There is no such conversation.',
    hint: 'Use the id of a conversation that you take part in.',
  },
  message_not_found: {
    status: 404,
    message: 'There is no such message in this conversation.',
    hint: 'Use the id of a message of the conversation.',
  },
  media_not_found: {
    status: 404,
    message: 'There is no such picture in this conversation.',
    hint: 'Upload it to chat-media first, as <conversation id>/<uuid>.jpg.',
  },
  user_not_found: {
    status: 404,
    message: 'There is no such person in your conversations.',
    hint: 'Use the id of another participant of one of your conversations.',
  },
  blocked_by_participant: {
    status: 403,
    message: "You can't write here: somebody has blocked you.",
    hint: 'Contact support.',
  },
  too_many_messages: {
    status: 429,
    message: 'You send too many messages.',
    hint: 'The hint of the error says after how many seconds to try again.',
  },
  too_many_files: {
    status: 429,
    message: 'You add too many files to conversations. Try again later.',
    hint: 'Storage passes the message on, as a refusal with status 403.',
  },
  too_many_conversations: {
    status: 429,
    message: 'You start too many conversations.',
    hint: 'The hint of the error says after how many seconds to try again.',
  },
  too_many_changes: {
    status: 429,
    message: 'You change too much at once.',
    hint: 'The hint of the error says after how many seconds to try again.',
  },
} as const satisfies Record<string, ErrorEntry>;
