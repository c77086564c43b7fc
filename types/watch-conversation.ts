import { type Message, messageSchema, type Read, readSchema } from './chat.ts';
import type { ChatRpc } from './chat-rpc.ts';
import { follow, type WatchState } from './follow.ts';
import type { KarigarError } from './karigar-error.ts';
import type { Topics } from './topics.ts';

/**
 * How to follow a conversation.
 *
 * @example
 * ```ts
 * const options: WatchConversationOptions = { after: lastPosition, onRead: showTicks };
 * ```
 */
export interface WatchConversationOptions {
  /** The `position` of the last message that is known; by default all messages are delivered. */
  readonly after?: number;
  /** Told how far each participant, or support as a team, has read: at first, after a reconnect, and when it changes. */
  readonly onRead?: (read: Read) => void;
  /** Told once, when the watch has to end: `conversation_not_found`, `not_signed_in` … */
  readonly onError?: (error: KarigarError) => void;
  /** Told when the connection is lost and when it is back. */
  readonly onState?: (state: WatchState) => void;
}

/**
 * A conversation that is being followed.
 *
 * @example
 * ```ts
 * const watch: ConversationWatch = karigar.watchConversation(conversation.id, show);
 * watch.stop();
 * ```
 */
export interface ConversationWatch {
  /** Ends the watch; nothing is delivered afterwards. */
  stop(): void;
}

export interface WatchConversationDependencies {
  readonly topics: Pick<Topics, 'listen'>;
  readonly rpc: Pick<ChatRpc, 'listMessages' | 'getConversation'>;
  readonly pollMs?: number;
}

const pageSize = 100;

/** @internal */
export function watchConversation(
  { topics, rpc, pollMs }: WatchConversationDependencies,
  conversationId: string,
  onMessage: (message: Message) => void,
  { after = 0, onRead, onError = console.error, onState = () => {} }: WatchConversationOptions,
): ConversationWatch {
  const conversation_id = conversationId;
  const reads = new Map<string, number>();
  let isStopped = false;

  function tellRead({ user_id, side, last_read_position }: Read): void {
    const reader = user_id ?? side;
    if (isStopped || last_read_position <= (reads.get(reader) ?? -1)) return;
    reads.set(reader, last_read_position);
    onRead?.({ user_id, side, last_read_position });
  }

  const watch = follow<Message, number>(
    topics,
    {
      topic: `conversation:${conversationId}`,
      event: 'message_created',
      parse: (payload) => messageSchema.safeParse(payload).data,
      read: async (cursor) =>
        (await rpc.listMessages({ conversation_id, after: cursor, page_size: pageSize })).items,
      cursorOf: ({ position }) => position,
    },
    {
      onRow: onMessage,
      onError,
      onState,
      onJoin() {
        if (!onRead) return;
        // If it fails, reading the messages fails too, and says why or tries again.
        rpc.getConversation({ conversation_id }).then(
          ({ participants }) => participants.forEach(tellRead),
          () => {},
        );
      },
      onOther(payload, event) {
        const read = event === 'conversation_read' ? readSchema.safeParse(payload).data : undefined;
        if (read) tellRead(read);
      },
    },
    { start: { cursor: after, position: after }, pollMs },
  );
  return {
    stop() {
      isStopped = true;
      watch.stop();
    },
  };
}
