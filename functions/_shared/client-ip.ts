import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';

/**
 * The header in which a proxy tells the caller's address, written over what the caller sent.
 * Cloudflare is such a proxy and stands in front of every hosted project; elsewhere there is none
 * unless CLIENT_IP_HEADER names its header.
 */
export const clientIpSchema = z
  .object({
    SUPABASE_URL: z.url(),
    CLIENT_IP_HEADER: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]*$/)
      .optional(),
  })
  .transform(({ SUPABASE_URL: url, CLIENT_IP_HEADER: header }) => {
    const isHosted = new URL(url).hostname.endsWith('.supabase.co');
    return header ?? (isHosted ? 'cf-connecting-ip' : undefined);
  });

/** The address of the caller, as far as somebody other than the caller has written it. */
export function clientIp(c: Context, header: string | undefined): string | undefined {
  const told = header === undefined ? undefined : c.req.header(header);
  // The last hop is what the gateway itself has seen; callers write what comes before it.
  return told ?? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim();
}
