import process from 'node:process';
import { z } from '@hono/zod-openapi';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
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

const keysSchema = jsonSchema(z.record(z.string(), z.string().min(1)));

const platformSchema = z.object({
  SUPABASE_URL: z.url(),
  SUPABASE_PUBLISHABLE_KEYS: keysSchema.optional(),
  SUPABASE_ANON_KEY: z.string().optional(),
  SUPABASE_SECRET_KEYS: keysSchema.optional(),
  SUPABASE_SERVICE_ROLE_KEY: z.string().optional(),
});

/** An API key, and where it opens doors. */
export interface ProjectKey {
  readonly url: string;
  readonly key: string;
}

/**
 * A key that the platform gives every function. Of several the one called `default` is taken, else
 * the first; a project that has legacy keys only gives those.
 */
const keyOf = (
  named: 'SUPABASE_PUBLISHABLE_KEYS' | 'SUPABASE_SECRET_KEYS',
  legacy: 'SUPABASE_ANON_KEY' | 'SUPABASE_SERVICE_ROLE_KEY',
) =>
  platformSchema.transform((env, context): ProjectKey => {
    const keys = env[named] ?? {};
    const key = keys.default ?? Object.values(keys)[0] ?? env[legacy];
    if (key !== undefined) return { url: env.SUPABASE_URL, key };
    context.addIssue({ code: 'custom', path: [`${named} or ${legacy}`] });
    return z.NEVER;
  });
export const publishableKeySchema = keyOf('SUPABASE_PUBLISHABLE_KEYS', 'SUPABASE_ANON_KEY');
export const secretKeySchema = keyOf('SUPABASE_SECRET_KEYS', 'SUPABASE_SERVICE_ROLE_KEY');

/** Keeps no session. */
export function clientWith(
  { url, key }: ProjectKey,
  headers: Readonly<Record<string, string>> = {},
): SupabaseClient {
  return createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: { headers },
  });
}
