import { z } from 'zod';
import { plainCode } from './typed.ts';

/**
 * When a code is shown: before the work begins, or when it is done.
 *
 * @example
 * ```ts
 * const purpose: JobCodePurpose = 'start';
 * ```
 */
export const jobCodePurposeSchema = z.enum(['start', 'completion']);
export type JobCodePurpose = z.infer<typeof jobCodePurposeSchema>;

export const jobCodeSchema = z.object({
  booking_id: z.uuid(),
  purpose: jobCodePurposeSchema,
  code: z.string(),
  expires_at: z.iso.datetime({ offset: true }),
});
/**
 * The code that a customer shows. It is answered once: only a hash is kept.
 *
 * @example
 * ```ts
 * const show = ({ code, expires_at }: JobCode) => print(`${code} until ${expires_at}`);
 * ```
 */
export type JobCode = z.infer<typeof jobCodeSchema>;

const jobSchema = z.strictObject({ booking_id: z.string(), purpose: jobCodePurposeSchema });

/** Arguments of `issueJobCode`. */
export const issueJobCodeSchema = jobSchema;
/**
 * Arguments of `rpc.issueJobCode`.
 *
 * @example
 * ```ts
 * const args: IssueJobCode = { booking_id, purpose: 'completion' };
 * ```
 */
export type IssueJobCode = z.input<typeof issueJobCodeSchema>;

/** Arguments of `confirmJobCode`. */
export const confirmJobCodeSchema = jobSchema.extend({
  job_code: z
    .string()
    .transform(plainCode)
    .pipe(z.string().regex(/^\d{6}$/)),
  /** The same key answers a repeated call with the first answer. */
  idempotency_key: z.string().min(1).max(200).optional(),
});
/**
 * Arguments of `rpc.confirmJobCode`.
 *
 * @example
 * ```ts
 * const args: ConfirmJobCode = { booking_id, purpose: 'start', job_code: '561166' };
 * ```
 */
export type ConfirmJobCode = z.input<typeof confirmJobCodeSchema>;

/** When a member, or anybody of a business, was last there. */
export const lastSeenSchema = z.object({
  last_seen_at: z.iso.datetime({ offset: true }).nullable(),
});
/**
 * When somebody was last there; null if never.
 *
 * @example
 * ```ts
 * const text = ({ last_seen_at }: LastSeen) => last_seen_at ?? 'never';
 * ```
 */
export type LastSeen = z.infer<typeof lastSeenSchema>;

/** When anybody of a business was last there. */
export const providerLastSeenAnswerSchema = lastSeenSchema.extend({ provider_id: z.uuid() });

/** Arguments of `providerLastSeen`. */
export const providerLastSeenSchema = z.strictObject({ provider_id: z.string() });
/**
 * Arguments of `rpc.providerLastSeen`.
 *
 * @example
 * ```ts
 * const args: ProviderLastSeen = { provider_id };
 * ```
 */
export type ProviderLastSeen = z.input<typeof providerLastSeenSchema>;
