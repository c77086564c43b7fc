import type { SupabaseClient } from '@supabase/supabase-js';
import { check, read } from './call.ts';
import {
  type Badges,
  badgesSchema,
  type Conversation,
  type ConversationPage,
  conversationPageSchema,
  conversationSchema,
  type MarkedRead,
  type Message,
  type MessagePage,
  markedReadSchema,
  messagePageSchema,
  messageSchema,
  type UserBlock,
  userBlockSchema,
} from './chat.ts';
import {
  type GetConversation,
  getConversationSchema,
  type ListConversations,
  type ListMessages,
  listConversationsSchema,
  listMessagesSchema,
  type MarkRead,
  markReadSchema,
  type SendMessage,
  type SetConversationFlags,
  type SetUserBlock,
  type StartConversation,
  sendMessageSchema,
  setConversationFlagsSchema,
  setUserBlockSchema,
  startConversationSchema,
} from './chat-arguments.ts';
import type { Database } from './database.ts';

/**
 * The functions of the database that conversations need.
 *
 * @example
 * ```ts
 * const say = (rpc: ChatRpc, conversation_id: string, body: string) =>
 *   rpc.sendMessage({ conversation_id, client_id: crypto.randomUUID(), body });
 * ```
 */
export interface ChatRpc {
  /**
   * Begins a conversation, or answers the one that there is.
   *
   * @example
   * ```ts
   * const conversation = await karigar.rpc.startConversation({ kind: 'direct', provider_id });
   * ```
   */
  startConversation(args: StartConversation): Promise<Conversation>;
  /**
   * Writes a message; repeated with the same `client_id` it answers the first one.
   *
   * @example
   * ```ts
   * const message = await karigar.rpc.sendMessage({
   *   conversation_id, client_id: crypto.randomUUID(), body: 'The tap drips again.',
   * });
   * ```
   */
  sendMessage(args: SendMessage): Promise<Message>;
  /**
   * Says that everything up to a message has been read.
   *
   * @example
   * ```ts
   * await karigar.rpc.markRead({ conversation_id, message_id: message.id });
   * ```
   */
  markRead(args: MarkRead): Promise<MarkedRead>;
  /**
   * Mutes, archives or pins a conversation for the caller alone.
   *
   * @example
   * ```ts
   * await karigar.rpc.setConversationFlags({ conversation_id, is_muted: true });
   * ```
   */
  setConversationFlags(args: SetConversationFlags): Promise<Conversation>;
  /**
   * One conversation of the caller.
   *
   * @example
   * ```ts
   * const { participants } = await karigar.rpc.getConversation({ conversation_id });
   * ```
   */
  getConversation(args: GetConversation): Promise<Conversation>;
  /**
   * Conversations of the caller: pinned ones first, then by their last message.
   *
   * @example
   * ```ts
   * const { items } = await karigar.rpc.listConversations({ kind: 'booking' });
   * ```
   */
  listConversations(args?: ListConversations): Promise<ConversationPage>;
  /**
   * Messages of a conversation in order: the last ones, or those before or after a position.
   *
   * @example
   * ```ts
   * const { items } = await karigar.rpc.listMessages({ conversation_id, before: 51 });
   * ```
   */
  listMessages(args: ListMessages): Promise<MessagePage>;
  /**
   * What the caller has not read.
   *
   * @example
   * ```ts
   * const { unread_messages } = await karigar.rpc.getBadges();
   * ```
   */
  getBadges(): Promise<Badges>;
  /**
   * Blocks another participant of the caller's conversations, or ends that.
   *
   * @example
   * ```ts
   * await karigar.rpc.setUserBlock({ user_id: message.sender.id });
   * ```
   */
  setUserBlock(args: SetUserBlock): Promise<UserBlock>;
}

/** @internal */
export function createChatRpc(supabase: SupabaseClient<Database>): ChatRpc {
  return {
    async startConversation(args) {
      const checked = check(startConversationSchema, args);
      return read(conversationSchema, await supabase.rpc('start_conversation', checked));
    },
    async sendMessage(args) {
      const checked = check(sendMessageSchema, args);
      return read(messageSchema, await supabase.rpc('send_message', checked));
    },
    async markRead(args) {
      const checked = check(markReadSchema, args);
      return read(markedReadSchema, await supabase.rpc('mark_read', checked));
    },
    async setConversationFlags(args) {
      const checked = check(setConversationFlagsSchema, args);
      return read(conversationSchema, await supabase.rpc('set_conversation_flags', checked));
    },
    async getConversation(args) {
      const checked = check(getConversationSchema, args);
      return read(conversationSchema, await supabase.rpc('get_conversation', checked));
    },
    async listConversations(args = {}) {
      const checked = check(listConversationsSchema, args);
      return read(conversationPageSchema, await supabase.rpc('list_conversations', checked));
    },
    async listMessages(args) {
      const checked = check(listMessagesSchema, args);
      return read(messagePageSchema, await supabase.rpc('list_messages', checked));
    },
    async getBadges() {
      return read(badgesSchema, await supabase.rpc('get_badges'));
    },
    async setUserBlock(args) {
      const checked = check(setUserBlockSchema, args);
      return read(userBlockSchema, await supabase.rpc('set_user_block', checked));
    },
  };
}
