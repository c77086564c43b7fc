/** Where requests come from: callers write into any header what they like. */
import type { StackConfig } from './config.ts';

/** Who connects; behind a proxy, whom that proxy has seen. */
export function clientIp(
  { behindProxy }: Pick<StackConfig, 'behindProxy'>,
  socketAddress: string,
  forwardedFor: string | null | undefined,
): string {
  const seen = behindProxy ? forwardedFor?.split(',').at(-1)?.trim() : undefined;
  return seen || socketAddress;
}

/** `x-forwarded-for` as hosted's gateway passes it on: what the caller wrote, and who calls. */
export const forwardedFor = (headers: Headers, ip: string | undefined): string =>
  [headers.get('x-forwarded-for'), ip].filter(Boolean).join(', ');
