import { z } from 'zod';
import { bookingStatusSchema, languageMapSchema } from './bookings.ts';

const timestampSchema = z.iso.datetime({ offset: true });
const personSchema = z.object({ id: z.uuid(), display_name: z.string().nullable() });
/** What a conversation is about. */
export const conversationKindSchema = z.enum(['direct', 'booking', 'support']);
const sideSchema = z.enum(['customer', 'provider', 'support']);
/** A place among the messages of a conversation; 0 is before the first. */
export const positionSchema = z.int().nonnegative();

/**
 * Parses a message as it is answered, and as it is broadcast on the topic `conversation:<id>`.
 *
 * @example
 * ```ts
 * const message = messageSchema.parse(JSON.parse(stored));
 * ```
 */
export const messageSchema = z.object({
  id: z.uuid(),
  conversation_id: z.uuid(),
  position: z.int().positive(),
  client_id: z.uuid().nullable(),
  kind: z.enum(['text', 'image', 'location', 'booking', 'system']),
  sender: personSchema.nullable(),
  sender_side: sideSchema.nullable(),
  body: z.string().nullable(),
  media: z
    .object({
      path: z.string(),
      mime_type: z.string(),
      size_bytes: z.int(),
      width: z.int().optional(),
      height: z.int().optional(),
    })
    .nullable(),
  location: z
    .object({ lat: z.number(), lng: z.number(), address: z.string().nullable() })
    .nullable(),
  booking_id: z.uuid().nullable(),
  event: z.looseObject({ type: z.string() }).nullable(),
  created_at: timestampSchema,
});
/**
 * A message; `position` counts those of one conversation from 1 without gaps. `sender` is null for
 * what the system says, which `event` describes, and for what support says, whose people only their
 * colleagues see, by `listMessages`; `sender_side` is null for the system alone.
 *
 * @example
 * ```ts
 * const isMine = (message: Message) => message.sender?.id === userId;
 * ```
 */
export type Message = z.infer<typeof messageSchema>;

/**
 * Parses a conversation that was stored or sent as JSON.
 *
 * @example
 * ```ts
 * const conversation = conversationSchema.parse(JSON.parse(stored));
 * ```
 */
export const conversationSchema = z.object({
  id: z.uuid(),
  kind: conversationKindSchema,
  provider: z.object({ id: z.uuid(), slug: z.string(), names: languageMapSchema }).nullable(),
  customer: personSchema.nullable(),
  booking: z.object({ id: z.uuid(), number: z.string(), status: bookingStatusSchema }).nullable(),
  participants: z.array(
    z.object({
      user_id: z.uuid(),
      display_name: z.string().nullable(),
      photo_path: z.string().nullable(),
      side: sideSchema,
      last_read_position: positionSchema,
    }),
  ),
  message_count: positionSchema,
  last_message: messageSchema.nullable(),
  last_message_at: timestampSchema,
  side: sideSchema,
  unread_count: positionSchema,
  last_read_position: positionSchema,
  last_read_message_id: z.uuid().nullable(),
  is_muted: z.boolean(),
  is_archived: z.boolean(),
  is_pinned: z.boolean(),
  created_at: timestampSchema,
});
/**
 * A conversation as the caller sees it: counts, flags and `side` are the caller's own.
 *
 * @example
 * ```ts
 * const title = ({ provider, customer }: Conversation) => provider?.names.en ?? customer?.display_name;
 * ```
 */
export type Conversation = z.infer<typeof conversationSchema>;

/** One page of conversations. */
export const conversationPageSchema = z.object({
  items: z.array(conversationSchema),
  next_cursor: z.string().nullable(),
});
/**
 * One page of conversations; `next_cursor` is null on the last.
 *
 * @example
 * ```ts
 * const { items, next_cursor }: ConversationPage = await karigar.rpc.listConversations();
 * ```
 */
export type ConversationPage = z.infer<typeof conversationPageSchema>;

/** One page of messages. */
export const messagePageSchema = z.object({
  items: z.array(messageSchema),
  message_count: positionSchema,
});
/**
 * One page of messages in order; `message_count` is the position of the conversation's last.
 *
 * @example
 * ```ts
 * const { items, message_count }: MessagePage = await karigar.rpc.listMessages({ conversation_id });
 * ```
 */
export type MessagePage = z.infer<typeof messagePageSchema>;

/** Where a participant has read to, as it is broadcast on the topic `conversation:<id>`. */
export const readSchema = z.object({
  user_id: z.uuid().nullable(),
  side: sideSchema,
  last_read_position: positionSchema,
});
/**
 * How far a participant has read; `user_id` is null for support, which reads as a team.
 *
 * @example
 * ```ts
 * const onRead = ({ side, last_read_position }: Read) => tick(side, last_read_position);
 * ```
 */
export type Read = z.infer<typeof readSchema>;

/** What `markRead` answers. */
export const markedReadSchema = z.object({
  conversation_id: z.uuid(),
  last_read_position: positionSchema,
  unread_count: positionSchema,
});
/**
 * How far the caller has read a conversation, and how much is left.
 *
 * @example
 * ```ts
 * const { unread_count }: MarkedRead = await karigar.rpc.markRead({ conversation_id, message_id });
 * ```
 */
export type MarkedRead = z.infer<typeof markedReadSchema>;

/** The counts on an app's badge. */
export const badgesSchema = z.object({
  unread_messages: positionSchema,
  unread_conversations: positionSchema,
});
/**
 * What the caller has not read; muted and archived conversations are not counted.
 *
 * @example
 * ```ts
 * const show = ({ unread_messages }: Badges) => navigator.setAppBadge(unread_messages);
 * ```
 */
export type Badges = z.infer<typeof badgesSchema>;

/** What `setUserBlock` answers. */
export const userBlockSchema = z.object({ user_id: z.uuid(), is_blocked: z.boolean() });
/**
 * Whether the caller has blocked somebody.
 *
 * @example
 * ```ts
 * const { is_blocked }: UserBlock = await karigar.rpc.setUserBlock({ user_id });
 * ```
 */
export type UserBlock = z.infer<typeof userBlockSchema>;
