import {
  createClient,
  type SupabaseClient,
  type SupabaseClientOptions,
} from '@supabase/supabase-js';
import { z } from 'zod';
import { type BookingChange, bookingChangeSchema } from './bookings.ts';
import type { Badges, Message } from './chat.ts';
import type { Database } from './database.ts';
import { createFunctions, type Functions } from './functions.ts';
import { isKarigarError, KarigarError } from './karigar-error.ts';
import { createRpc, type Rpc } from './rpc.ts';
import { createTopics } from './topics.ts';
import { plainRequests } from './typed.ts';
import { type ActivityWatch, type WatchActivityOptions, watchActivity } from './watch-activity.ts';
import { type BookingWatch, type WatchOptions, watchBooking } from './watch-booking.ts';
import {
  type ConversationWatch,
  type WatchConversationOptions,
  watchConversation,
} from './watch-conversation.ts';
import { type PresenceWatch, type WatchPresenceOptions, watchPresence } from './watch-presence.ts';
import { type UserWatch, type WatchUserOptions, watchUser } from './watch-user.ts';

type ClientOptions = SupabaseClientOptions<'public'>;
type RealtimeOptions = NonNullable<ClientOptions['realtime']>;

/** Wider than supabase-js' type, which `ws` does not fit though it works. */
type SocketConstructor = new (...args: never[]) => object;
const transportSchema = z.custom<NonNullable<RealtimeOptions['transport']>>(
  (value) => typeof value === 'function',
);

/**
 * Where the backend is, and how to reach it.
 *
 * @example
 * ```ts
 * const options: KarigarOptions = { url: 'http://127.0.0.1:54321', key: 'sb_publishable_…' };
 * ```
 */
export interface KarigarOptions {
  /** The project's address: `https://abc.supabase.co`, or `http://127.0.0.1:54321`. */
  readonly url: string;
  /** The publishable key; the secret key on a server that acts for the system. */
  readonly key: string;
  /** Node 20 has no WebSocket of its own and needs `{ transport: WebSocket }` of `ws`. */
  readonly realtime?: Omit<RealtimeOptions, 'transport'> & { transport?: SocketConstructor };
  /** As supabase-js takes it: where the session is kept, whether it is refreshed. */
  readonly auth?: NonNullable<ClientOptions['auth']>;
  readonly fetch?: typeof fetch;
}

/**
 * A connection to one Karigar backend.
 *
 * @example
 * ```ts
 * const signOut = ({ supabase }: Karigar) => supabase.auth.signOut();
 * ```
 */
export interface Karigar {
  /** The supabase-js client underneath: sign-in, tables, storage. */
  readonly supabase: SupabaseClient<Database>;
  readonly rpc: Rpc;
  readonly functions: Functions;
  /**
   * Follows a booking: every change is delivered once and in order, also those that happen
   * while the connection is away. Begins with the whole history, or after `options.after`.
   *
   * @example
   * ```ts
   * const watch = karigar.watchBooking(booking.id, ({ to_status }) => show(to_status), {
   *   onError: (error) => show(error.message),
   * });
   * watch.stop();
   * ```
   */
  watchBooking(
    bookingId: string,
    onChange: (change: BookingChange) => void,
    options?: WatchOptions,
  ): BookingWatch;
  /**
   * Follows a conversation: every message is delivered once and in order, also those that are
   * written while the connection is away. Begins with the first, or after `options.after`.
   *
   * @example
   * ```ts
   * const { items, message_count } = await karigar.rpc.listMessages({ conversation_id });
   * const watch = karigar.watchConversation(conversation_id, show, { after: message_count });
   * watch.stop();
   * ```
   */
  watchConversation(
    conversationId: string,
    onMessage: (message: Message) => void,
    options?: WatchConversationOptions,
  ): ConversationWatch;
  /**
   * Shows the caller as present in a conversation, and who else is there and types.
   *
   * @example
   * ```ts
   * const activity = karigar.watchActivity(conversation_id, { onTyping: show });
   * activity.setTyping(true);
   * activity.stop();
   * ```
   */
  watchActivity(conversationId: string, options?: WatchActivityOptions): ActivityWatch;
  /**
   * Follows what the signed-in user has not read.
   *
   * @example
   * ```ts
   * const watch = karigar.watchUser(({ unread_messages }) => badge.set(unread_messages));
   * watch.stop();
   * ```
   */
  watchUser(onBadges: (badges: Badges) => void, options?: WatchUserOptions): UserWatch;
  /**
   * Follows which members of a business are there right now; a member may appear among them.
   *
   * @example
   * ```ts
   * const watch = karigar.watchPresence(provider_id, (members) => show(members.length > 0));
   * watch.stop();
   * ```
   */
  watchPresence(
    providerId: string,
    onChange: (memberIds: readonly string[]) => void,
    options?: WatchPresenceOptions,
  ): PresenceWatch;
}

/**
 * Connects to a Karigar backend, in browsers, Deno and Node.
 *
 * @example
 * ```ts
 * const karigar = createKarigar({ url: 'http://127.0.0.1:54321', key: 'sb_publishable_…' });
 * await karigar.supabase.auth.signInWithOtp({ phone: '+919876543210' });
 * ```
 */
export function createKarigar({ url, key, realtime, auth, fetch }: KarigarOptions): Karigar {
  const { transport, ...realtimeOptions } = realtime ?? {};
  if (!transport && typeof globalThis.WebSocket === 'undefined') {
    throw new KarigarError('realtime_transport_missing');
  }
  const supabase = createClient<Database>(url, key, {
    realtime: {
      ...realtimeOptions,
      ...(transport && { transport: transportSchema.parse(transport) }),
    },
    ...(auth && { auth }),
    global: { fetch: plainRequests(fetch ?? ((input, init) => globalThis.fetch(input, init))) },
  });
  const rpc = createRpc(supabase);
  const topics = createTopics(supabase);
  const userId = async () => (await supabase.auth.getSession()).data.session?.user.id;
  const nameIn = async (conversation_id: string) => {
    try {
      const { side } = await rpc.getConversation({ conversation_id });
      return side === 'support' ? side : ((await userId()) ?? '');
    } catch (error) {
      // Without an answer the caller stays nameless: a colleague's name is not to slip out.
      if (isKarigarError(error)) return '';
      throw error;
    }
  };
  const functions = createFunctions({
    url,
    fetch: fetch ?? ((input, init) => globalThis.fetch(input, init)),
    async headers() {
      const { data } = await supabase.auth.getSession();
      const token = data.session?.access_token;
      return { apikey: key, ...(token && { Authorization: `Bearer ${token}` }) };
    },
  });
  return {
    supabase,
    rpc,
    functions,
    watchBooking(bookingId, onChange, options = {}) {
      const history = async (booking_id: string, after: string | undefined) => {
        const rows = await rpc.bookingHistory({ booking_id, after });
        // What is broadcast has no metadata; a change looks alike, whichever way it comes.
        return rows.map((row) => bookingChangeSchema.parse(row));
      };
      return watchBooking({ topics, history }, bookingId, onChange, options);
    },
    watchConversation: (conversationId, onMessage, options = {}) =>
      watchConversation({ topics, rpc }, conversationId, onMessage, options),
    watchActivity: (conversationId, options = {}) =>
      watchActivity(topics, nameIn, conversationId, options),
    watchPresence: (providerId, onChange, options = {}) =>
      watchPresence({ topics, rpc }, providerId, onChange, options),
    watchUser: (onBadges, options = {}) => watchUser({ topics, rpc, userId }, onBadges, options),
  };
}
