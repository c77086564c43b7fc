import type { SupabaseClient } from '@supabase/supabase-js';
import {
  type Booking,
  type BookingHistory,
  type BookingPage,
  bookingHistorySchema,
  bookingPageSchema,
  bookingSchema,
  type GetBooking,
  getBookingSchema,
  type ListBookingHistory,
  type ListBookings,
  listBookingHistorySchema,
  listBookingsSchema,
  type RequestBooking,
  requestBookingSchema,
  type TransitionBooking,
  transitionBookingSchema,
} from './bookings.ts';
import { check, read } from './call.ts';
import { type ChatRpc, createChatRpc } from './chat-rpc.ts';
import type { Database } from './database.ts';
import { createJobRpc, type JobRpc } from './job-rpc.ts';
import { createMembersRpc, type MembersRpc } from './members-rpc.ts';
import { createProviderRpc, type ProviderRpc } from './provider-rpc.ts';
import {
  type ProviderPage,
  providerPageSchema,
  type SearchProviders,
  searchProvidersSchema,
} from './providers.ts';
import { createReviewRpc, type ReviewRpc } from './review-rpc.ts';

/**
 * The functions of the database, with checked arguments and results.
 *
 * @example
 * ```ts
 * const cancel = (rpc: Rpc, booking_id: string) =>
 *   rpc.transitionBooking({ booking_id, to_status: 'cancelled' });
 * ```
 */
export interface Rpc extends ChatRpc, JobRpc, ReviewRpc, MembersRpc, ProviderRpc {
  /**
   * Finds providers of a market, the best match first.
   *
   * @example
   * ```ts
   * const { items } = await karigar.rpc.searchProviders({
   *   market: 'localpro', query: 'plumer', lat: 26.8465, lng: 81.0107,
   * });
   * ```
   */
  searchProviders(args: SearchProviders): Promise<ProviderPage>;
  /**
   * Books services of one provider for the signed-in customer.
   *
   * @example
   * ```ts
   * const booking = await karigar.rpc.requestBooking({
   *   provider_id, service_ids: [service_id], starts_at: '2026-01-31T09:30:00+05:30',
   *   location: { address: '12 Vipin Khand', lat: 26.8465, lng: 81.0107 },
   *   idempotency_key: crypto.randomUUID(),
   * });
   * ```
   */
  requestBooking(args: RequestBooking): Promise<Booking>;
  /**
   * Moves a booking to another status; `allowed_transitions` of the booking says which.
   *
   * @example
   * ```ts
   * await karigar.rpc.transitionBooking({ booking_id, to_status: 'confirmed' });
   * ```
   */
  transitionBooking(args: TransitionBooking): Promise<Booking>;
  /**
   * One booking of the caller.
   *
   * @example
   * ```ts
   * const booking = await karigar.rpc.getBooking({ booking_id });
   * ```
   */
  getBooking(args: GetBooking): Promise<Booking>;
  /**
   * Bookings of the caller, the latest start first.
   *
   * @example
   * ```ts
   * for await (const booking of eachItem(karigar.rpc.listBookings, { role: 'provider' })) …
   * ```
   */
  listBookings(args?: ListBookings): Promise<BookingPage>;
  /**
   * The changes of a booking in order, a page of them; `eachChange` walks through all pages.
   *
   * @example
   * ```ts
   * const missed = await karigar.rpc.bookingHistory({ booking_id, after: lastHistoryId });
   * ```
   */
  bookingHistory(args: ListBookingHistory): Promise<BookingHistory>;
}

/** @internal */
export function createRpc(supabase: SupabaseClient<Database>): Rpc {
  return {
    ...createChatRpc(supabase),
    ...createMembersRpc(supabase),
    ...createJobRpc(supabase),
    ...createReviewRpc(supabase),
    ...createProviderRpc(supabase),
    async searchProviders(args) {
      const checked = check(searchProvidersSchema, args);
      return read(providerPageSchema, await supabase.rpc('search_providers', checked));
    },
    async requestBooking(args) {
      const checked = check(requestBookingSchema, args);
      return read(bookingSchema, await supabase.rpc('request_booking', checked));
    },
    async transitionBooking(args) {
      const checked = check(transitionBookingSchema, args);
      return read(bookingSchema, await supabase.rpc('transition_booking', checked));
    },
    async getBooking(args) {
      const checked = check(getBookingSchema, args);
      return read(bookingSchema, await supabase.rpc('get_booking', checked));
    },
    async listBookings(args = {}) {
      const checked = check(listBookingsSchema, args);
      return read(bookingPageSchema, await supabase.rpc('list_bookings', checked));
    },
    async bookingHistory(args) {
      const checked = check(listBookingHistorySchema, args);
      return read(bookingHistorySchema, await supabase.rpc('booking_history', checked));
    },
  };
}
