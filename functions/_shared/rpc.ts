import type { z } from '@hono/zod-openapi';
import type { SupabaseClient } from '@supabase/supabase-js';
import type { Database } from '../../types/database.ts';
import { isErrorReason } from '../../types/errors.ts';
import { AppError } from './errors.ts';

/** The functions of the database in somebody's name. */
export interface Api {
  /** What the database refuses is thrown as the same refusal. */
  call<T extends z.ZodType>(
    name: keyof Database['public']['Functions'],
    args: Readonly<Record<string, unknown>>,
    schema: T,
  ): Promise<z.output<T>>;
}

const timeoutMs = 10_000;

export function createApi(client: SupabaseClient): Api {
  return {
    async call(name, args, schema) {
      const { data, error } = await client
        .rpc(name, args)
        .retry(false)
        .abortSignal(AbortSignal.timeout(timeoutMs));
      if (!error) return schema.parse(data);
      if (error.code.startsWith('PT') && isErrorReason(error.details)) {
        const { message, hint } = error;
        throw new AppError(error.details, { message, ...(hint && { hint }) });
      }
      // A value that Postgres could not even read, as a text with U+0000.
      if (error.code.startsWith('22')) {
        throw new AppError('invalid_request', { cause: new Error(error.message) });
      }
      // PostgREST itself: the token is no longer good.
      if (error.code === 'PGRST301' || error.code === 'PGRST303') {
        throw new AppError('not_signed_in', { cause: new Error(error.message) });
      }
      throw new AppError('internal_error', {
        cause: new Error(`${name}: ${error.code} ${error.message}`),
      });
    },
  };
}
