import { z } from 'zod';
import { type ErrorEntry, type ErrorReason, errors, isErrorReason } from './errors.ts';

/**
 * A reason of the catalogue, or one that only a newer server knows.
 *
 * @example
 * ```ts
 * const retryable = new Set<Reason>(['connection_failed', 'slot_taken']);
 * ```
 */
export type Reason = ErrorReason | (string & Record<never, never>);

/**
 * What an answer says beyond its reason; the catalogue fills in the rest.
 *
 * @example
 * ```ts
 * throw new KarigarError('slot_taken', { hint: 'Choose an hour after noon.' });
 * ```
 */
export interface KarigarErrorDetails {
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string | null;
  readonly cause?: unknown;
}

const nameOfError = 'KarigarError';

/**
 * Every failure that the SDK reports, from wherever it comes.
 *
 * @example
 * ```ts
 * try {
 *   await karigar.rpc.requestBooking(request);
 * } catch (error) {
 *   if (isKarigarError(error, 'slot_taken')) offerOtherTimes();
 *   else throw error;
 * }
 * ```
 */
export class KarigarError extends Error {
  /** The HTTP status; the catalogue's where no answer came. */
  readonly status: number;
  /** The code of the answer: `PT409`, `42501`, `PGRST202` … */
  readonly code: string;
  /** What to branch on. */
  readonly reason: Reason;
  /** What a person may do about it. */
  readonly hint: string | null;

  constructor(reason: Reason, details: KarigarErrorDetails = {}) {
    const entry: ErrorEntry = errors[isErrorReason(reason) ? reason : 'unexpected_error'];
    super(details.message ?? entry.message, { cause: details.cause });
    this.name = nameOfError;
    this.reason = reason;
    this.status = details.status ?? entry.status;
    this.code = details.code ?? `PT${this.status}`;
    this.hint = details.hint ?? entry.hint ?? null;
  }
}

/**
 * Whether something caught is a {@link KarigarError}, and of the given reason if there is one.
 *
 * @example
 * ```ts
 * if (isKarigarError(error, 'slot_taken')) console.log(error.hint);
 * ```
 */
export function isKarigarError(error: unknown, reason?: Reason): error is KarigarError {
  // By name, because two copies of the package have two classes.
  const isOurs = error instanceof Error && error.name === nameOfError && 'reason' in error;
  return isOurs && (reason === undefined || error.reason === reason);
}

const bodySchema = z.object({
  code: z.string().optional(),
  message: z.string(),
  details: z.string().nullish(),
  hint: z.string().nullish(),
});

/**
 * The body of a refused call as a {@link KarigarError}. `PTxyz` carries our reason; other codes
 * come from the platform. Status 0 is supabase-js' way to say that no answer came.
 */
export function errorOfAnswer(status: number, body: unknown): KarigarError {
  const { data } = bodySchema.safeParse(body);
  if (status === 0) return new KarigarError('connection_failed', { cause: body });
  const details = {
    status,
    code: data?.code ?? String(status),
    ...(data ? { message: data.message, hint: data.hint ?? null } : {}),
    cause: body,
  };
  if (data?.code?.startsWith('PT') && data.details) return new KarigarError(data.details, details);
  // Values that Postgres could not even read, as a text with U+0000.
  if (status === 400 && data?.code?.startsWith('22')) {
    return new KarigarError('invalid_arguments', { status, code: data.code, cause: body });
  }
  // The gateway's refusals have no code, those of the services behind it have one.
  if (status === 401 && !data?.code) return new KarigarError('api_key_refused', details);
  if (status === 401) return new KarigarError('not_signed_in', details);
  if (status === 403) return new KarigarError('permission_denied', details);
  return new KarigarError('unexpected_error', details);
}
