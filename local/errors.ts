/** A failure that the person at the terminal can act on: shown by its message alone, no stack trace. */
export class StackError extends Error {
  override readonly name = 'StackError';
}

/** What went wrong, in one line, whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map(messageOf).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}
