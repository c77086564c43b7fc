import { z } from '@hono/zod-openapi';
import type { SupabaseClient } from '@supabase/supabase-js';
import { AppError } from '../_shared/errors.ts';

const marketSchema = z.object({
  id: z.string(),
  country: z.string(),
  names: z.record(z.string(), z.string()),
  default_language: z.string(),
  sms_service: z.string().nullable(),
});
export type Market = z.infer<typeof marketSchema>;

const cacheMs = 60_000;

/** Reads `public.markets`, at most once a minute per instance of the function. */
export function marketReader(client: SupabaseClient): () => Promise<Market[]> {
  let cached: { markets: Market[]; until: number } | null = null;
  return async () => {
    if (cached && Date.now() < cached.until) return cached.markets;
    const { data, error } = await client
      .from('markets')
      .select(Object.keys(marketSchema.shape).join(','))
      .eq('is_active', true)
      .order('id')
      .retry(false)
      .abortSignal(AbortSignal.timeout(1500));
    if (error) throw new AppError('markets_unavailable', { cause: new Error(error.message) });
    const markets = z.array(marketSchema).parse(data);
    cached = { markets, until: Date.now() + cacheMs };
    return markets;
  };
}

interface Choice {
  /** Speaks to the user: name and language. */
  readonly market: Market;
  /** Carries the SMS; differs when somebody uses a foreign number. */
  readonly carrier: Market;
}

/**
 * The market that the user named, or one of the phone's country. The SMS goes through a market
 * of the phone's country: countries that no market serves get none, which keeps strangers from
 * running up costs with premium numbers abroad.
 */
export function chooseMarkets(
  markets: readonly Market[],
  wished: string | undefined,
  country: string,
): Choice | null {
  const named = markets.find(({ id }) => id === wished);
  if (named?.country === country) return { market: named, carrier: named };
  const carrier = markets.find((market) => market.country === country);
  return carrier ? { market: named ?? carrier, carrier } : null;
}
