/** A hook that is a function of the database: `pg-functions://postgres/<schema>/<function>`. */
import type { Sql } from 'postgres';
import { z } from 'zod';
import { inTransaction } from '../database.ts';
import { AuthError } from '../errors.ts';
import type { CallHook } from './index.ts';

const budgetMs = 2000;
const nameSchema = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,62}$/);
const pathSchema = z.tuple([z.literal(''), nameSchema, nameSchema]);
const rowSchema = z.object({ answer: z.unknown() });

export function postgresHook(sql: Sql, uri: string): CallHook {
  const [, schema, name] = pathSchema.parse(new URL(uri).pathname.split('/'));
  return async (payload) => {
    try {
      return await inTransaction(sql, async (tx) => {
        await tx`select set_config('statement_timeout', ${String(budgetMs)}, true)`;
        const [row] = await tx`
          select ${tx(`${schema}.${name}`)}(${JSON.stringify(payload)}::text::jsonb) as answer`;
        return rowSchema.parse(row).answer;
      });
    } catch (cause) {
      throw new AuthError(500, 'unexpected_failure', `Error running hook URI: ${uri}`, {}, cause);
    }
  };
}
