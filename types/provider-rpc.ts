import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { languageMapSchema } from './bookings.ts';
import { check, read } from './call.ts';
import type { Database } from './database.ts';

const providerKindSchema = z.enum(['solo', 'company']);
const providerStatusSchema = z.enum([
  'draft',
  'pending',
  'active',
  'ownerless',
  'suspended',
  'closed',
]);

const createProviderSchema = z.strictObject({
  /** The id of a market: `localpro`. */
  market: z.string().min(1),
  names: languageMapSchema,
  location: z.strictObject({
    address: z.string().trim().min(1).max(500),
    lat: z.number().min(-90).max(90),
    lng: z.number().min(-180).max(180),
    landmark: z.string().max(200).optional(),
    postcode: z.string().max(20).optional(),
    city: z.string().max(100).optional(),
  }),
  /** Slugs of categories of the market. */
  categories: z.array(z.string()).min(1).max(10),
  kind: providerKindSchema.optional(),
  descriptions: languageMapSchema.optional(),
  /** The id of a row of `verticals`; its buffer and notice are the first. */
  vertical: z.string().optional(),
  /** The same key answers a repeated call with the first answer. */
  idempotency_key: z.string().trim().min(1).max(200).optional(),
});
/**
 * Arguments of `rpc.createProvider`.
 *
 * @example
 * ```ts
 * const business: CreateProvider = {
 *   market: 'localpro', names: { en: 'Gomti Plumbing' }, categories: ['plumbing'],
 *   location: { address: '12 Vipin Khand', lat: 26.8547, lng: 81.0044 },
 * };
 * ```
 */
export type CreateProvider = z.input<typeof createProviderSchema>;

const newProviderSchema = z.object({
  id: z.uuid(),
  market_id: z.string(),
  slug: z.string(),
  kind: providerKindSchema,
  names: languageMapSchema,
  vertical_id: z.string().nullable(),
  status: providerStatusSchema,
  verification_status: z.enum(['pending', 'under_review', 'verified', 'rejected', 'expired']),
});
/**
 * A business as it begins.
 *
 * @example
 * ```ts
 * const path = ({ market_id, slug }: NewProvider) => `/${market_id}/${slug}`;
 * ```
 */
export type NewProvider = z.infer<typeof newProviderSchema>;

const submitProviderSchema = z.strictObject({ provider_id: z.uuid() });
const submittedProviderSchema = z.object({ id: z.uuid(), status: providerStatusSchema });

/**
 * The functions of the database for who begins a business.
 *
 * @example
 * ```ts
 * const found = async (rpc: ProviderRpc, business: CreateProvider) =>
 *   (await rpc.createProvider(business)).id;
 * ```
 */
export interface ProviderRpc {
  /**
   * Begins a business as a draft; the caller is its owner.
   *
   * @example
   * ```ts
   * const { id } = await karigar.rpc.createProvider({
   *   market: 'localpro', names: { en: 'Gomti Plumbing' }, categories: ['plumbing'],
   *   location: { address: '12 Vipin Khand', lat: 26.8547, lng: 81.0044 },
   * });
   * ```
   */
  createProvider(args: CreateProvider): Promise<NewProvider>;
  /**
   * Hands a draft in for review; it needs a service by then.
   *
   * @example
   * ```ts
   * await karigar.rpc.submitProvider({ provider_id });
   * ```
   */
  submitProvider(
    args: z.input<typeof submitProviderSchema>,
  ): Promise<z.infer<typeof submittedProviderSchema>>;
}

/** @internal */
export function createProviderRpc(supabase: SupabaseClient<Database>): ProviderRpc {
  return {
    async createProvider(args) {
      const checked = check(createProviderSchema, args);
      return read(newProviderSchema, await supabase.rpc('create_provider', checked));
    },
    async submitProvider(args) {
      const checked = check(submitProviderSchema, args);
      return read(submittedProviderSchema, await supabase.rpc('submit_provider', checked));
    },
  };
}
