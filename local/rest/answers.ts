/** PostgREST's answers where lite's differ; written down beside the request that lite answers. */
import { z } from 'zod';
import { connectionErrorResponse, databaseErrorResponse, errorResponse } from './errors.ts';
import { currentRequest, type RequestState } from './request.ts';

const databaseErrorSchema = z.object({
  name: z.literal('PostgresError'),
  code: z.string(),
  message: z.string(),
  detail: z.string().nullish().default(null),
  hint: z.string().nullish().default(null),
});
const connectionErrorSchema = z.object({
  code: z.enum([
    'CONNECT_TIMEOUT',
    'CONNECTION_CLOSED',
    'CONNECTION_ENDED',
    'ECONNREFUSED',
    'ECONNRESET',
  ]),
  message: z.string(),
});
const rowsSchema = z.array(z.unknown());
const failureBodySchema = z.object({ code: z.string().startsWith('PGRST') });

/**
 * Thrown once the answer to a database error is written down. Lite logs what it can't place; a
 * message with this beginning it takes for a client's mistake and stays silent.
 */
export class AnsweredError extends Error {
  constructor() {
    super('Invalid JSON body');
  }
}

export function refuse(
  status: number,
  code: string,
  message: string,
  hint: string | null = null,
): never {
  const request = currentRequest.getStore();
  if (request) request.answer = errorResponse(status, code, message, null, hint);
  throw new AnsweredError();
}

async function jsonOf(response: Response): Promise<unknown> {
  return response
    .clone()
    .json()
    .catch(() => null);
}

/** PostgREST undoes what a request did when it refuses the result (`single()` of two rows). */
export async function isFailure(result: unknown): Promise<boolean> {
  if (!(result instanceof Response) || result.status < 400) return false;
  return failureBodySchema.safeParse(await jsonOf(result)).success;
}

/** Lite forgets `single()` when a change also embeds: its array becomes the one object here. */
export async function answerSingular(request: RequestState, result: Response): Promise<void> {
  const type = 'application/vnd.pgrst.object+json';
  if (!result.ok || !request.headers.get('accept')?.includes(type)) return;
  const { data: rows } = rowsSchema.safeParse(await jsonOf(result));
  if (!rows) return;
  request.answer =
    rows.length === 1
      ? Response.json(rows[0], { status: result.status, headers: { 'content-type': type } })
      : errorResponse(
          406,
          'PGRST116',
          'Cannot coerce the result to a single JSON object',
          `The result contains ${rows.length} rows`,
        );
}

/** Writes PostgREST's answer to a database error down; false leaves the error to lite. */
export function answerError(error: unknown, request: RequestState, role: string): boolean {
  const { data: lost } = connectionErrorSchema.safeParse(error);
  if (lost) {
    request.answer = connectionErrorResponse(lost.message);
    return true;
  }
  const { data: refused } = databaseErrorSchema.safeParse(error);
  // SQLSTATE PGRST carries a whole response, which lite builds.
  if (!refused || refused.code === 'PGRST') return false;
  request.answer = databaseErrorResponse(refused, { ...request, role });
  return true;
}
