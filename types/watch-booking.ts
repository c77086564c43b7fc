import { type BookingChange, bookingChangeSchema } from './bookings.ts';
import { follow, type WatchState } from './follow.ts';
import type { KarigarError } from './karigar-error.ts';
import type { Topics } from './topics.ts';

/**
 * How to follow a booking.
 *
 * @example
 * ```ts
 * const options: WatchOptions = { after: lastHistoryId, onError: (error) => show(error.message) };
 * ```
 */
export interface WatchOptions {
  /** The `history_id` of the last change that is known; by default all changes are delivered. */
  readonly after?: string;
  /** Told once, when the watch has to end: `booking_not_found`, `not_signed_in` … */
  readonly onError?: (error: KarigarError) => void;
  /** Told when the connection is lost and when it is back. */
  readonly onState?: (state: WatchState) => void;
}

/**
 * A booking that is being followed.
 *
 * @example
 * ```ts
 * const watch = karigar.watchBooking(booking.id, show);
 * watch.stop();
 * ```
 */
export interface BookingWatch {
  /** Ends the watch; nothing is delivered afterwards. */
  stop(): void;
}

export interface WatchDependencies {
  readonly topics: Pick<Topics, 'listen'>;
  /** The changes after one, the oldest first; an empty list when there are no more. */
  history(bookingId: string, after: string | undefined): Promise<BookingChange[]>;
  readonly pollMs?: number;
}

/** @internal */
export function watchBooking(
  { topics, history, pollMs }: WatchDependencies,
  bookingId: string,
  onChange: (change: BookingChange) => void,
  { after, onError = console.error, onState = () => {} }: WatchOptions,
): BookingWatch {
  return follow<BookingChange, string | undefined>(
    topics,
    {
      topic: `booking:${bookingId}`,
      event: 'booking_status_changed',
      parse: (payload) => bookingChangeSchema.safeParse(payload).data,
      read: (cursor) => history(bookingId, cursor),
      cursorOf: ({ history_id }) => history_id,
    },
    { onRow: onChange, onError, onState },
    { start: { cursor: after, position: after === undefined ? 0 : null }, pollMs },
  );
}
