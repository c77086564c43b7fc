/**
 * Every reason for which Karigar refuses or fails, with its HTTP status and its words.
 * SQL raises them as `detail` of a `PTxyz` error, functions throw them as `AppError`, the SDK
 * gives them to the caller as `KarigarError.reason`. Clients branch on the reason, never on text.
 */
import { adminErrors } from './errors/admin.ts';
import { argumentErrors } from './errors/arguments.ts';
import { catalogueErrors } from './errors/catalogue.ts';
import { chatErrors } from './errors/chat.ts';
import { databaseErrors } from './errors/database.ts';
import { functionErrors } from './errors/functions.ts';
import { jobCodeErrors } from './errors/job-codes.ts';
import { reviewErrors } from './errors/reviews.ts';
import { sdkErrors } from './errors/sdk.ts';

export type { ErrorEntry } from './errors/entry.ts';

/**
 * The catalogue. `docs/errors.md` is generated from it by `npm run errors`.
 *
 * @example
 * ```ts
 * const { status, message } = errors.slot_taken;
 * ```
 */
export const errors = {
  ...argumentErrors,
  ...databaseErrors,
  ...catalogueErrors,
  ...chatErrors,
  ...jobCodeErrors,
  ...adminErrors,
  ...functionErrors,
  ...reviewErrors,
  ...sdkErrors,
};

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
