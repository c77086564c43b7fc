import type { SupabaseClient } from '@supabase/supabase-js';
import { check, read } from './call.ts';
import type { Database } from './database.ts';
import {
  type CustomerRating,
  customerRatingSchema,
  type GetCustomerRating,
  getCustomerRatingSchema,
  type ListReviews,
  listReviewsSchema,
  type PhotoFolder,
  type ProviderReputation,
  photoFolderSchema,
  providerReputationSchema,
  type Reputation,
  type Review,
  type ReviewPage,
  type ReviewPhotoFolder,
  reputationSchema,
  reviewPageSchema,
  reviewPhotoFolderSchema,
  reviewSchema,
  type SubmitReview,
  submitReviewSchema,
} from './reviews.ts';

/**
 * Reviews and reputation.
 *
 * @example
 * ```ts
 * const thank = (rpc: ReviewRpc, booking_id: string) =>
 *   rpc.submitReview({ booking_id, overall: 5 });
 * ```
 */
export interface ReviewRpc {
  /**
   * Reviews a completed booking, once for each side and for good.
   *
   * @example
   * ```ts
   * await karigar.rpc.submitReview({ booking_id, overall: 5, comment: 'Came on time.' });
   * ```
   */
  submitReview(args: SubmitReview): Promise<Review>;
  /**
   * Where photos of the caller's review of a booking are uploaded to, before it is written.
   *
   * @example
   * ```ts
   * const { bucket, folder } = await karigar.rpc.reviewPhotoFolder({ booking_id });
   * const path = `${folder}/tap.jpg`;
   * await karigar.supabase.storage.from(bucket).upload(path, picture);
   * await karigar.rpc.submitReview({ booking_id, overall: 5, photos: [path] });
   * ```
   */
  reviewPhotoFolder(args: ReviewPhotoFolder): Promise<PhotoFolder>;
  /**
   * Reviews of a business, with the averages and the distribution of all of them.
   *
   * @example
   * ```ts
   * const { rating_average, items } = await karigar.rpc.listReviews({ provider_id });
   * ```
   */
  listReviews(args: ListReviews): Promise<ReviewPage>;
  /**
   * The reputation of a business: its score, and why it is so.
   *
   * @example
   * ```ts
   * const { score, factors } = await karigar.rpc.providerReputation({ provider_id });
   * ```
   */
  providerReputation(args: ProviderReputation): Promise<Reputation>;
  /**
   * How businesses rated the customer of a booking, for both sides of it.
   *
   * @example
   * ```ts
   * const { rating_average } = await karigar.rpc.customerRating({ booking_id });
   * ```
   */
  customerRating(args: GetCustomerRating): Promise<CustomerRating>;
}

/** @internal */
export function createReviewRpc(supabase: SupabaseClient<Database>): ReviewRpc {
  return {
    async submitReview(args) {
      const checked = check(submitReviewSchema, args);
      return read(reviewSchema, await supabase.rpc('submit_review', checked));
    },
    async reviewPhotoFolder(args) {
      const checked = check(reviewPhotoFolderSchema, args);
      return read(photoFolderSchema, await supabase.rpc('review_photo_folder', checked));
    },
    async listReviews(args) {
      const checked = check(listReviewsSchema, args);
      return read(reviewPageSchema, await supabase.rpc('list_reviews', checked));
    },
    async providerReputation(args) {
      const checked = check(providerReputationSchema, args);
      return read(reputationSchema, await supabase.rpc('provider_reputation', checked));
    },
    async customerRating(args) {
      const checked = check(getCustomerRatingSchema, args);
      return read(customerRatingSchema, await supabase.rpc('customer_rating', checked));
    },
  };
}
