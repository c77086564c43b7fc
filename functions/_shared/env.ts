import process from 'node:process';
import { z } from '@hono/zod-openapi';
import { AppError } from './errors.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** The variables of the process, in Deno as in Node; an empty one counts as absent. */
export function environment(source: Variables = process.env): Variables {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value?.trim()));
}

/** Reads settings from the environment; a missing one is named in the log, its value is not. */
export function readSettings<T extends z.ZodType>(schema: T, source: Variables): z.output<T> {
  const result = schema.safeParse(environment(source));
  if (result.success) return result.data;
  const names = [...new Set(result.error.issues.map((issue) => issue.path.join('.')))];
  throw new AppError('function_misconfigured', {
    cause: new Error(`missing or malformed: ${names.join(', ')}`),
  });
}

/** A variable that holds JSON. */
export function jsonSchema<T extends z.ZodType>(schema: T) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

const keysSchema = jsonSchema(z.object({ default: z.string().min(1) })).transform(
  (keys) => keys.default,
);

/** What the platform gives every function. */
export const platformSettingsSchema = z
  .object({ SUPABASE_URL: z.url(), SUPABASE_SECRET_KEYS: keysSchema })
  .transform((env) => ({ url: env.SUPABASE_URL, secretKey: env.SUPABASE_SECRET_KEYS }));
