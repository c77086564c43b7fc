import { z } from 'zod';
import { callSafely } from './follow.ts';
import { KarigarError } from './karigar-error.ts';
import type { Topics } from './topics.ts';

const typingSchema = z.object({
  user_id: z.union([z.uuid(), z.literal('support')]),
  is_typing: z.boolean(),
});
/**
 * Whether a participant says that they are typing; people of support say so as the team, `support`.
 *
 * @example
 * ```ts
 * const onTyping = ({ user_id, is_typing }: Typing) => dots.toggle(user_id, is_typing);
 * ```
 */
export type Typing = z.infer<typeof typingSchema>;

/**
 * What to be told of the others in a conversation. It is what their apps say of them: a participant
 * could make it up, as no message can be.
 *
 * @example
 * ```ts
 * const options: WatchActivityOptions = { onPresence: (users) => show(users.length) };
 * ```
 */
export interface WatchActivityOptions {
  readonly onTyping?: (typing: Typing) => void;
  /** Told which users have the conversation open, the caller included; the team is `support`. */
  readonly onPresence?: (userIds: readonly string[]) => void;
  /** Told when the server does not let the caller join; it is asked again. */
  readonly onError?: (error: KarigarError) => void;
}

/**
 * Presence in a conversation: the caller counts as there until it is stopped.
 *
 * @example
 * ```ts
 * const activity = karigar.watchActivity(conversation.id, { onTyping: show });
 * input.oninput = () => activity.setTyping(true);
 * ```
 */
export interface ActivityWatch {
  /** Tells the others; may be called on every keystroke. */
  setTyping(isTyping: boolean): void;
  stop(): void;
}

/** Said again this often while somebody types, and forgotten after a little longer. */
const typingMs = 3000;
const typingEndsMs = 5000;

/** @internal */
export function watchActivity(
  topics: Topics,
  /** The caller's id, or `support` where they speak for the platform; empty if that can't be told. */
  nameIn: (conversationId: string) => Promise<string>,
  conversationId: string,
  { onTyping = () => {}, onPresence = () => {}, onError = console.error }: WatchActivityOptions,
): ActivityWatch {
  const topic = `conversation:${conversationId}:activity`;
  const typists = new Map<string, ReturnType<typeof setTimeout>>();
  let me = '';
  let saidTypingAt = Number.NEGATIVE_INFINITY;

  function setTyper({ user_id, is_typing }: Typing): void {
    const wasTyping = typists.has(user_id);
    clearTimeout(typists.get(user_id));
    typists.delete(user_id);
    if (is_typing) {
      const end = () => setTyper({ user_id, is_typing: false });
      typists.set(user_id, setTimeout(end, typingEndsMs));
    }
    if (wasTyping !== is_typing) callSafely(() => onTyping({ user_id, is_typing }));
  }

  const stopListening = topics.listen(topic, 'typing', {
    async presenceKey() {
      me ||= await nameIn(conversationId);
      return me;
    },
    async onJoin() {
      me ||= await nameIn(conversationId);
      // The server forgets who is there when the connection is lost.
      await topics
        .joined(topic)
        ?.track({})
        .catch(() => {});
    },
    onLost() {},
    onRefused: (message) =>
      onError(new KarigarError('realtime_refused', { cause: new Error(message) })),
    onMessage(payload) {
      const typing = typingSchema.safeParse(payload).data;
      if (typing) setTyper(typing);
    },
    onPresence: (users) => callSafely(() => onPresence(users)),
  });

  return {
    setTyping(isTyping) {
      const now = Date.now();
      const channel = topics.joined(topic);
      if (!channel || !me || (isTyping && now - saidTypingAt < typingMs)) return;
      saidTypingAt = isTyping ? now : Number.NEGATIVE_INFINITY;
      const payload = { user_id: me, is_typing: isTyping };
      channel.send({ type: 'broadcast', event: 'typing', payload }).catch(() => {});
    },
    stop() {
      stopListening();
      for (const timer of typists.values()) clearTimeout(timer);
      typists.clear();
    },
  };
}
