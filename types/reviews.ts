import { z } from 'zod';

const rating = z.int().min(1).max(5);
const timestamp = z.iso.datetime({ offset: true });
const average = z.number().nullable();

const dimensions = {
  overall: rating,
  quality: rating.nullable(),
  punctuality: rating.nullable(),
  professionalism: rating.nullable(),
  value: rating.nullable(),
  communication: rating.nullable(),
};
const content = {
  id: z.uuid(),
  ...dimensions,
  title: z.string().nullable(),
  comment: z.string().nullable(),
  /** Paths in the bucket `review-photos`. */
  photos: z.array(z.string()),
  created_at: timestamp,
};

/** A review as its author and the other side see it. */
export const reviewSchema = z.object({
  ...content,
  booking_id: z.uuid(),
  /** Who wrote it. */
  side: z.enum(['customer', 'provider']),
  provider_id: z.uuid(),
  customer_id: z.uuid(),
});
/**
 * A review as its author and the other side see it; ratings are 1 to 5.
 *
 * @example
 * ```ts
 * const isAboutBusiness = ({ side }: Review) => side === 'customer';
 * ```
 */
export type Review = z.infer<typeof reviewSchema>;

/** One page of reviews of a business, with figures of all of them. */
export const reviewPageSchema = z.object({
  provider_id: z.uuid(),
  rating_count: z.int(),
  rating_average: average,
  /** How many reviews gave each number of stars. */
  distribution: z.object({
    '1': z.int(),
    '2': z.int(),
    '3': z.int(),
    '4': z.int(),
    '5': z.int(),
  }),
  averages: z.object({
    quality: average,
    punctuality: average,
    professionalism: average,
    value: average,
    communication: average,
  }),
  items: z.array(
    z.object({ ...content, author: z.object({ display_name: z.string().nullable() }) }),
  ),
  next_cursor: z.string().nullable(),
});
/**
 * One page of reviews of a business; figures are of all reviews, whatever the filter.
 *
 * @example
 * ```ts
 * const bars = ({ distribution }: ReviewPage) => Object.entries(distribution);
 * ```
 */
export type ReviewPage = z.infer<typeof reviewPageSchema>;

/** The reputation of a business, and why it is so. */
export const reputationSchema = z.object({
  provider_id: z.uuid(),
  /** 0 to 100. */
  score: z.number(),
  score_before_penalties: z.number(),
  factors: z.array(
    z.object({
      factor: z.enum([
        'rating',
        'volume',
        'response',
        'verification',
        'reliability',
        'tenure',
        'trend',
      ]),
      /** What was measured; null without data. */
      raw_value: z
        .union([z.number(), z.object({ identity: z.boolean(), background: z.boolean() })])
        .nullable(),
      score: z.number(),
      /** The weights of all factors add up to 1. */
      weight: z.number(),
      contribution: z.number(),
    }),
  ),
  penalties: z.array(
    z.object({ reason: z.enum(['few_jobs', 'many_failures']), multiplier: z.number() }),
  ),
  formula_version: z.int(),
});
/**
 * The reputation of a business: each factor with what it adds, and the penalties.
 *
 * @example
 * ```ts
 * const weakest = ({ factors }: Reputation) => factors.toSorted((a, b) => a.score - b.score)[0];
 * ```
 */
export type Reputation = z.infer<typeof reputationSchema>;

/** How businesses rated a customer. */
export const customerRatingSchema = z.object({
  customer_id: z.uuid(),
  rating_count: z.int(),
  rating_average: average,
});
/**
 * How businesses rated a customer.
 *
 * @example
 * ```ts
 * const isNew = ({ rating_count }: CustomerRating) => rating_count === 0;
 * ```
 */
export type CustomerRating = z.infer<typeof customerRatingSchema>;

const optional = rating.optional();

/** Arguments of `submitReview`. */
export const submitReviewSchema = z.strictObject({
  booking_id: z.uuid(),
  overall: rating,
  quality: optional,
  punctuality: optional,
  professionalism: optional,
  value: optional,
  communication: optional,
  title: z.string().max(120).optional(),
  comment: z.string().max(2000).optional(),
  /** Paths of photos that were uploaded to the folder that `reviewPhotoFolder` tells. */
  photos: z.array(z.string()).max(10).optional(),
  /** The same key answers a repeated call with the first answer. */
  idempotency_key: z.string().trim().min(1).max(200).optional(),
});
/**
 * Arguments of `rpc.submitReview`.
 *
 * @example
 * ```ts
 * const review: SubmitReview = { booking_id, overall: 5, punctuality: 4, comment: 'Came on time.' };
 * ```
 */
export type SubmitReview = z.input<typeof submitReviewSchema>;

/** Arguments of `reviewPhotoFolder`. */
export const reviewPhotoFolderSchema = z.strictObject({ booking_id: z.uuid() });
/**
 * Arguments of `rpc.reviewPhotoFolder`.
 *
 * @example
 * ```ts
 * const args: ReviewPhotoFolder = { booking_id };
 * ```
 */
export type ReviewPhotoFolder = z.input<typeof reviewPhotoFolderSchema>;

/** What `reviewPhotoFolder` answers. */
export const photoFolderSchema = z.object({ bucket: z.string(), folder: z.string() });
/**
 * Where photos are uploaded to.
 *
 * @example
 * ```ts
 * const pathIn = ({ folder }: PhotoFolder) => `${folder}/${crypto.randomUUID()}.jpg`;
 * ```
 */
export type PhotoFolder = z.infer<typeof photoFolderSchema>;

/** Arguments of `listReviews`. */
export const listReviewsSchema = z.strictObject({
  provider_id: z.uuid(),
  sort: z.enum(['newest', 'highest', 'lowest']).optional(),
  min_rating: rating.optional(),
  max_rating: rating.optional(),
  page_size: z.int().min(1).max(100).optional(),
  cursor: z.string().optional(),
});
/**
 * Arguments of `rpc.listReviews`.
 *
 * @example
 * ```ts
 * const complaints: ListReviews = { provider_id, max_rating: 2 };
 * ```
 */
export type ListReviews = z.input<typeof listReviewsSchema>;

/** Arguments of `providerReputation`. */
export const providerReputationSchema = z.strictObject({ provider_id: z.uuid() });
/**
 * Arguments of `rpc.providerReputation`.
 *
 * @example
 * ```ts
 * const args: ProviderReputation = { provider_id };
 * ```
 */
export type ProviderReputation = z.input<typeof providerReputationSchema>;

/** Arguments of `customerRating`. */
export const getCustomerRatingSchema = z.strictObject({ booking_id: z.uuid() });
/**
 * Arguments of `rpc.customerRating`.
 *
 * @example
 * ```ts
 * const args: GetCustomerRating = { booking_id };
 * ```
 */
export type GetCustomerRating = z.input<typeof getCustomerRatingSchema>;
