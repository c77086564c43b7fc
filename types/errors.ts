/**
 * Every reason for which Karigar refuses or fails, with its HTTP status and its words.
 * SQL raises them as `detail` of a `PTxyz` error, functions throw them as `AppError`, the SDK
 * gives them to the caller as `KarigarError.reason`. Clients branch on the reason, never on text.
 */
import { errorRows } from './error-rows.ts';

/**
 * One reason of the catalogue.
 *
 * @example
 * ```ts
 * const { status, message }: ErrorEntry = errors.slot_taken;
 * ```
 */
export interface ErrorEntry {
  /** The HTTP status of the answer. */
  readonly status: number;
  /** `…` stands for what the answer fills in. */
  readonly message: string;
  /** What to do about it; the answer may know it better. */
  readonly hint?: string;
}

/**
 * The catalogue: the rows of `private.errors`.
 *
 * @example
 * ```ts
 * const { status, message } = errors.slot_taken;
 * ```
 */
export const errors = errorRows;

/**
 * A reason of the catalogue.
 *
 * @example
 * ```ts
 * const texts: Partial<Record<ErrorReason, string>> = { slot_taken: 'यह समय बुक है' };
 * ```
 */
export type ErrorReason = keyof typeof errors;

/**
 * Whether a text is a reason of this version's catalogue.
 *
 * @example
 * ```ts
 * if (isErrorReason(body.details)) show(errors[body.details].message);
 * ```
 */
export function isErrorReason(text: unknown): text is ErrorReason {
  return typeof text === 'string' && Object.hasOwn(errors, text);
}
