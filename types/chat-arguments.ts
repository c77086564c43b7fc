import { z } from 'zod';
import { conversationKindSchema, positionSchema } from './chat.ts';

const reference = z.uuid();
const pageSize = z.int().min(1).max(100).optional();

/** Arguments of `startConversation`. */
export const startConversationSchema = z.strictObject({
  kind: conversationKindSchema,
  /** For `direct`: the business to talk to. */
  provider_id: reference.optional(),
  /** For `booking`: the booking to talk about. */
  booking_id: reference.optional(),
});
/**
 * Arguments of `rpc.startConversation`.
 *
 * @example
 * ```ts
 * const args: StartConversation = { kind: 'booking', booking_id };
 * ```
 */
export type StartConversation = z.input<typeof startConversationSchema>;

/** Arguments of `sendMessage`. */
export const sendMessageSchema = z.strictObject({
  conversation_id: reference,
  /** The same id again answers the first message: made before the first try, kept until it succeeds. */
  client_id: reference,
  kind: z.enum(['text', 'image', 'location', 'booking']).optional(),
  /** The text, or a caption. */
  body: z.string().trim().min(1).max(4000).optional(),
  /** An object of the bucket `chat-media`: `<conversation id>/<uuid>.jpg`. */
  media: z
    .strictObject({
      path: z.string(),
      width: z.int().min(1).max(100_000).optional(),
      height: z.int().min(1).max(100_000).optional(),
    })
    .optional(),
  location: z
    .strictObject({
      lat: z.number().min(-90).max(90),
      lng: z.number().min(-180).max(180),
      address: z.string().max(500).optional(),
    })
    .optional(),
  booking_id: reference.optional(),
});
/**
 * Arguments of `rpc.sendMessage`; `kind` is `text` by default.
 *
 * @example
 * ```ts
 * const message: SendMessage = {
 *   conversation_id, client_id: crypto.randomUUID(), body: 'The tap drips again.',
 * };
 * ```
 */
export type SendMessage = z.input<typeof sendMessageSchema>;

/** Arguments of `markRead`. */
export const markReadSchema = z.strictObject({ conversation_id: reference, message_id: reference });
/**
 * Arguments of `rpc.markRead`.
 *
 * @example
 * ```ts
 * const args: MarkRead = { conversation_id, message_id: message.id };
 * ```
 */
export type MarkRead = z.input<typeof markReadSchema>;

/** Arguments of `setConversationFlags`. */
export const setConversationFlagsSchema = z.strictObject({
  conversation_id: reference,
  is_muted: z.boolean().optional(),
  is_archived: z.boolean().optional(),
  is_pinned: z.boolean().optional(),
});
/**
 * Arguments of `rpc.setConversationFlags`; what is left out stays as it is.
 *
 * @example
 * ```ts
 * const args: SetConversationFlags = { conversation_id, is_pinned: true };
 * ```
 */
export type SetConversationFlags = z.input<typeof setConversationFlagsSchema>;

/** Arguments of `getConversation`. */
export const getConversationSchema = z.strictObject({ conversation_id: reference });
/**
 * Arguments of `rpc.getConversation`.
 *
 * @example
 * ```ts
 * const args: GetConversation = { conversation_id };
 * ```
 */
export type GetConversation = z.input<typeof getConversationSchema>;

/** Arguments of `listConversations`. */
export const listConversationsSchema = z.strictObject({
  kind: conversationKindSchema.optional(),
  is_archived: z.boolean().optional(),
  page_size: pageSize,
  cursor: z.string().optional(),
});
/**
 * Arguments of `rpc.listConversations`.
 *
 * @example
 * ```ts
 * const archived: ListConversations = { is_archived: true };
 * ```
 */
export type ListConversations = z.input<typeof listConversationsSchema>;

/** Arguments of `listMessages`. */
export const listMessagesSchema = z.strictObject({
  conversation_id: reference,
  /** Only messages before this position. */
  before: positionSchema.optional(),
  /** Only messages after this position. */
  after: positionSchema.optional(),
  page_size: pageSize,
});
/**
 * Arguments of `rpc.listMessages`; the last messages by default.
 *
 * @example
 * ```ts
 * const older: ListMessages = { conversation_id, before: items[0]?.position };
 * ```
 */
export type ListMessages = z.input<typeof listMessagesSchema>;

/** Arguments of `setUserBlock`. */
export const setUserBlockSchema = z.strictObject({
  user_id: reference,
  is_blocked: z.boolean().optional(),
});
/**
 * Arguments of `rpc.setUserBlock`; blocks by default.
 *
 * @example
 * ```ts
 * const args: SetUserBlock = { user_id, is_blocked: false };
 * ```
 */
export type SetUserBlock = z.input<typeof setUserBlockSchema>;
