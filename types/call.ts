import { z } from 'zod';
import { isErrorReason } from './errors.ts';
import { errorOfAnswer, KarigarError } from './karigar-error.ts';

/** Leaves out what is undefined, as JSON does; the database's defaults take its place. */
type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function given<T extends object>(args: T): Given<T>;
function given(args: object): object {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}

/** Wrong arguments fail here with the reason that the database would give. */
export function check<T extends z.ZodObject>(schema: T, args: z.input<T>): Given<z.output<T>> {
  const result = schema.safeParse(args);
  if (result.success) return given(result.data);
  const issue = result.error.issues[0];
  const hint = z.prettifyError(result.error);
  const reason = `invalid_${String(issue?.path[0] ?? 'arguments')}`;
  if (isErrorReason(reason)) throw new KarigarError(reason, { hint });
  throw new KarigarError('invalid_arguments', { hint });
}

interface Answer {
  readonly status: number;
  readonly data: unknown;
  readonly error: unknown;
}

/** The result of a call, in the form that it is to have. */
export function read<T extends z.ZodType>(schema: T, { status, data, error }: Answer): z.output<T> {
  if (error) throw errorOfAnswer(status, error);
  const parsed = schema.safeParse(data);
  if (!parsed.success) throw new KarigarError('invalid_response', { cause: parsed.error });
  return parsed.data;
}
