import { z } from 'zod';

/**
 * The 16 states that a booking can be in.
 *
 * @example
 * ```ts
 * const status = bookingStatusSchema.parse(form.get('status'));
 * ```
 */
export const bookingStatusSchema = z.enum([
  'draft',
  'requested',
  'quoted',
  'negotiating',
  'awaiting_payment',
  'confirmed',
  'en_route',
  'arrived',
  'in_progress',
  'completed',
  'disputed',
  'cancelled',
  'declined',
  'expired',
  'no_show',
  'rescheduled',
]);
/**
 * A state of a booking.
 *
 * @example
 * ```ts
 * const label: Record<BookingStatus, string> = { draft: 'Draft', … };
 * ```
 */
export type BookingStatus = z.infer<typeof bookingStatusSchema>;

/** Who makes a move. */
export const bookingActorSchema = z.enum(['customer', 'provider', 'admin', 'system']);
/**
 * Who made a move.
 *
 * @example
 * ```ts
 * const isMine = change.actor === 'customer';
 * ```
 */
export type BookingActor = z.infer<typeof bookingActorSchema>;

/** Texts by language code: `{ en: 'Plumbing', hi: 'प्लंबिंग' }`. */
export const languageMapSchema = z.record(z.string(), z.string());

const timestampSchema = z.iso.datetime({ offset: true });

const bookedServiceSchema = z.object({
  service_id: z.uuid(),
  names: languageMapSchema,
  price_unit: z.string(),
  price_amount: z.int().nullable(),
  line_amount: z.int(),
  duration_minutes: z.int(),
});

/**
 * Parses a booking that was stored or sent as JSON.
 *
 * @example
 * ```ts
 * const booking = bookingSchema.parse(JSON.parse(stored));
 * ```
 */
export const bookingSchema = z.object({
  id: z.uuid(),
  number: z.string(),
  market_id: z.string(),
  status: bookingStatusSchema,
  status_actor: bookingActorSchema,
  status_reason: z.string().nullable(),
  status_changed_at: timestampSchema,
  provider_id: z.uuid(),
  provider: z.object({ id: z.uuid(), slug: z.string(), names: languageMapSchema }),
  customer_id: z.uuid(),
  customer: z.object({ id: z.uuid(), display_name: z.string().nullable() }),
  starts_at: timestampSchema,
  ends_at: timestampSchema,
  timer_due_at: timestampSchema.nullable(),
  timer_to_status: bookingStatusSchema.nullable(),
  location: z.object({
    address: z.string(),
    landmark: z.string().nullable(),
    postcode: z.string().nullable(),
    district: z.string().nullable().default(null),
    city: z.string().nullable(),
    lat: z.number(),
    lng: z.number(),
  }),
  contact_phone: z.string().nullable(),
  description: z.string().nullable(),
  services: z.array(bookedServiceSchema),
  total_amount: z.int(),
  currency: z.string(),
  created_at: timestampSchema,
  updated_at: timestampSchema,
  allowed_transitions: z.array(
    z.object({
      to_status: bookingStatusSchema,
      actor: bookingActorSchema,
      requires_reason: z.boolean(),
      requires_job_code: z.boolean(),
      /** From when it is possible; null for at once. */
      opens_at: timestampSchema.nullable().default(null),
      /** Until when it is possible; null for as long as the status lasts. */
      closes_at: timestampSchema.nullable().default(null),
    }),
  ),
});
/**
 * A booking as its participants see it; `allowed_transitions` are the caller's own, now or from
 * `opens_at` on; amounts are in the currency's minor unit.
 *
 * @example
 * ```ts
 * const start = booking.allowed_transitions.find(({ to_status }) => to_status === 'in_progress');
 * const canStart = start && Date.parse(start.opens_at ?? '') <= Date.now();
 * ```
 */
export type Booking = z.infer<typeof bookingSchema>;

/** One page of bookings. */
export const bookingPageSchema = z.object({
  items: z.array(bookingSchema),
  next_cursor: z.string().nullable(),
});
/**
 * One page of bookings; `next_cursor` is null on the last.
 *
 * @example
 * ```ts
 * const { items, next_cursor }: BookingPage = await karigar.rpc.listBookings();
 * ```
 */
export type BookingPage = z.infer<typeof bookingPageSchema>;

/**
 * Parses a change as it is broadcast on the topic `booking:<id>`.
 *
 * @example
 * ```ts
 * const { to_status } = bookingChangeSchema.parse(payload);
 * ```
 */
export const bookingChangeSchema = z.object({
  history_id: z.uuid(),
  position: z.int().positive(),
  from_status: bookingStatusSchema.nullable(),
  to_status: bookingStatusSchema,
  actor: bookingActorSchema,
  reason: z.string().nullable(),
  at: timestampSchema,
});
/**
 * One change of a booking's status; `position` counts them from 1 without gaps.
 *
 * @example
 * ```ts
 * const show = ({ to_status, at }: BookingChange) => timeline.add(at, to_status);
 * ```
 */
export type BookingChange = z.infer<typeof bookingChangeSchema>;

/** A change with what its maker attached. */
export const bookingHistorySchema = z.array(
  bookingChangeSchema.extend({ metadata: z.record(z.string(), z.unknown()) }),
);
/**
 * The changes of a booking in order, with what their makers attached.
 *
 * @example
 * ```ts
 * const history: BookingHistory = await karigar.rpc.bookingHistory({ booking_id });
 * ```
 */
export type BookingHistory = z.infer<typeof bookingHistorySchema>;

const reference = z.uuid();
const idempotencyKey = z.string().trim().min(1).max(200).optional();
const pageSize = z.int().min(1).max(100).optional();

/** Arguments of `requestBooking`. */
export const requestBookingSchema = z.strictObject({
  provider_id: reference,
  service_ids: z.array(reference).min(1).max(100),
  /** ISO 8601 with an offset: `2026-01-31T09:30:00+05:30`. */
  starts_at: timestampSchema,
  location: z.strictObject({
    address: z.string().trim().min(1).max(500),
    lat: z.number().min(-90).max(90),
    lng: z.number().min(-180).max(180),
    landmark: z.string().max(200).optional(),
    postcode: z.string().max(20).optional(),
    /** Where the business lists districts, the one it is in. */
    district: z.string().max(100).optional(),
    city: z.string().max(100).optional(),
  }),
  contact_phone: z.string().optional(),
  description: z.string().max(2000).optional(),
  /** The same key answers a repeated call with the first answer. */
  idempotency_key: idempotencyKey,
});
/**
 * Arguments of `rpc.requestBooking`.
 *
 * @example
 * ```ts
 * const request: RequestBooking = {
 *   provider_id, service_ids: [service_id], starts_at: '2026-01-31T09:30:00+05:30',
 *   location: { address: '12 Vipin Khand', lat: 26.8547, lng: 81.0044 },
 * };
 * ```
 */
export type RequestBooking = z.input<typeof requestBookingSchema>;

/** Arguments of `transitionBooking`. */
export const transitionBookingSchema = z.strictObject({
  booking_id: reference,
  to_status: bookingStatusSchema,
  reason: z.string().max(1000).optional(),
  metadata: z.record(z.string(), z.json()).optional(),
  idempotency_key: idempotencyKey,
});
/**
 * Arguments of `rpc.transitionBooking`.
 *
 * @example
 * ```ts
 * const move: TransitionBooking = { booking_id, to_status: 'declined', reason: 'Fully booked' };
 * ```
 */
export type TransitionBooking = z.input<typeof transitionBookingSchema>;

/** Arguments of `getBooking`. */
export const getBookingSchema = z.strictObject({ booking_id: reference });
/**
 * Arguments of `rpc.getBooking`.
 *
 * @example
 * ```ts
 * const args: GetBooking = { booking_id };
 * ```
 */
export type GetBooking = z.input<typeof getBookingSchema>;

/** Arguments of `listBookings`. */
export const listBookingsSchema = z.strictObject({
  /** Whose bookings: the caller's own, or those of the caller's businesses. */
  role: z.enum(['customer', 'provider']).optional(),
  status: z.array(bookingStatusSchema).min(1).max(16).optional(),
  page_size: pageSize,
  cursor: z.string().optional(),
});
/**
 * Arguments of `rpc.listBookings`.
 *
 * @example
 * ```ts
 * const open: ListBookings = { role: 'provider', status: ['requested', 'quoted'] };
 * ```
 */
export type ListBookings = z.input<typeof listBookingsSchema>;

/** Arguments of `bookingHistory`. */
export const listBookingHistorySchema = z.strictObject({
  booking_id: reference,
  /** Only changes after this `history_id`. */
  after: reference.optional(),
  page_size: pageSize,
});
/**
 * Arguments of `rpc.bookingHistory`.
 *
 * @example
 * ```ts
 * const missed: ListBookingHistory = { booking_id, after: lastHistoryId };
 * ```
 */
export type ListBookingHistory = z.input<typeof listBookingHistorySchema>;
