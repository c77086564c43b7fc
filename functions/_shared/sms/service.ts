import type { z } from '@hono/zod-openapi';

/** A code on its way to one phone. */
export interface CodeMessage {
  /** E.164 with "+"; each service writes numbers its own way. */
  readonly to: string;
  readonly text: string;
  /** The code alone: services with registered templates fill it in themselves. */
  readonly code: string;
  readonly language: string;
  /** Which of the registered templates fits. */
  readonly kind: 'sign_in' | 'job';
}

/**
 * What became of a message. `retryable`: nothing was sent and a second try may help. `refused`:
 * it won't help, because of the `recipient` (the user can change that) or of our `account`.
 */
export type SmsResult =
  | { readonly status: 'accepted'; readonly id: string }
  | { readonly status: 'retryable'; readonly detail: string }
  | {
      readonly status: 'refused';
      readonly because: 'recipient' | 'account';
      readonly detail: string;
    };

/** One SMS service; `send` throws only when the connection fails or takes too long. */
export interface SmsService {
  readonly name: string;
  send(message: CodeMessage, signal: AbortSignal): Promise<SmsResult>;
}

/** The same for every service: 429 and 5xx mean "later", 401 and 403 that our account is wrong. */
export function resultOfStatus(status: number): SmsResult | null {
  const detail = `HTTP ${status}`;
  if (status === 429 || status >= 500) return { status: 'retryable', detail };
  if (status === 401 || status === 403) return { status: 'refused', because: 'account', detail };
  return null;
}

/** The body of an answer in the form the service documents; null when it has another one. */
export async function readAnswer<T extends z.ZodType>(
  response: Response,
  schema: T,
): Promise<z.output<T> | null> {
  const body = await response.text();
  try {
    return schema.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}

export const unreadable = (status: number): SmsResult => ({
  status: 'refused',
  because: 'account',
  detail: `HTTP ${status} with an unknown body`,
});

/** Joins a service's address and a path; the address may have a path of its own. */
export const address = (base: string, path: string) => `${base.replace(/\/+$/, '')}${path}`;
