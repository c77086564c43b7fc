import { z } from 'zod';

/** A provider as the search finds it; amounts are in the currency's minor unit. */
export const foundProviderSchema = z.object({
  provider_id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  kind: z.enum(['solo', 'company']),
  categories: z.array(z.object({ slug: z.string(), name: z.string() })),
  lat: z.number(),
  lng: z.number(),
  distance_km: z.number().nullable(),
  rating_average: z.number().nullable(),
  rating_count: z.int(),
  is_verified: z.boolean(),
  reputation_score: z.number(),
  price_from_amount: z.int().nullable(),
  currency: z.string(),
  price_unit: z.string().nullable(),
  match_score: z.number().nullable(),
  cursor: z.string(),
});
/**
 * A provider as the search finds it; amounts are in the currency's minor unit.
 *
 * @example
 * ```ts
 * const line = ({ name, distance_km }: FoundProvider) => `${name}, ${distance_km} km`;
 * ```
 */
export type FoundProvider = z.infer<typeof foundProviderSchema>;

/** One page of found providers. */
export const providerPageSchema = z.object({
  items: z.array(foundProviderSchema),
  next_cursor: z.string().nullable(),
});
/**
 * One page of found providers; `next_cursor` is null on the last.
 *
 * @example
 * ```ts
 * const { items }: ProviderPage = await karigar.rpc.searchProviders({ market: 'localpro' });
 * ```
 */
export type ProviderPage = z.infer<typeof providerPageSchema>;

/** Arguments of `searchProviders`. */
export const searchProvidersSchema = z.strictObject({
  /** The id of a market: `localpro`. */
  market: z.string().min(1),
  /** Words of the customer; typing errors are forgiven. */
  query: z.string().max(200).optional(),
  /** The slug of a category; its subcategories count too. */
  category: z.string().optional(),
  lat: z.number().min(-90).max(90).optional(),
  lng: z.number().min(-180).max(180).optional(),
  radius_km: z.number().min(0.1).max(500).optional(),
  min_rating: z.number().min(1).max(5).optional(),
  verified_only: z.boolean().optional(),
  max_price_amount: z.int().min(0).optional(),
  /** Of names in the answer, a tag such as `hi` or `hi-IN`; the market's own by default. */
  language: z.string().optional(),
  sort: z.enum(['rank', 'distance', 'rating', 'price']).optional(),
  page_size: z.int().min(1).max(100).optional(),
  cursor: z.string().optional(),
  /** Of the customer; finds providers that name it as a service area. */
  postcode: z.string().max(20).optional(),
  /** Of the customer, as `postcode`. */
  district: z.string().max(100).optional(),
});
/**
 * Arguments of `rpc.searchProviders`.
 *
 * @example
 * ```ts
 * const near: SearchProviders = { market: 'localpro', query: 'plumer', lat: 26.8547, lng: 81.0044 };
 * ```
 */
export type SearchProviders = z.input<typeof searchProvidersSchema>;
