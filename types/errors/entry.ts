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
  readonly message: string;
  /** What to do about it; the answer may know it better. */
  readonly hint?: string;
}
