/** What Storage answers when it refuses. */
import { z } from 'zod';

/** Storage's own codes, which newer clients read, by what lite calls the error. */
const codes: Readonly<Record<string, string>> = {
  'Bucket not found': 'NoSuchBucket',
  Duplicate: 'KeyAlreadyExists',
  'Invalid key': 'InvalidKey',
  'Payload too large': 'EntityTooLarge',
  Unauthorized: 'AccessDenied',
  invalid_mime_type: 'InvalidMimeType',
  not_found: 'NoSuchKey',
};

/** Hosted's storage says almost everything with HTTP 400 and the real status in the body. */
export function refuse(statusCode: number, error: string, message: string, status = 400): Response {
  const code = codes[error] ?? error;
  return Response.json({ statusCode: String(statusCode), error, message, code }, { status });
}

export const refusalSchema = z.object({
  statusCode: z.string(),
  error: z.string(),
  message: z.string(),
});

export async function withCode(answer: Response): Promise<Response> {
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => null);
  const { data } = refusalSchema.safeParse(body);
  return data ? refuse(Number(data.statusCode), data.error, data.message, answer.status) : answer;
}

/**
 * Storage passes on what a trigger says when it refuses, but not which policy did. Lite knows only
 * the latter.
 */
export function refusalOf(error: { code: string; message: string }): Response | null {
  if (error.code !== '42501' || error.message.includes('row-level security')) return null;
  return refuse(403, 'Unauthorized', error.message);
}
