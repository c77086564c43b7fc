import { type OpenAPIHonoOptions, z } from '@hono/zod-openapi';
import type { Context, ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { type ErrorEntry, type ErrorReason, errors } from '../../types/errors.ts';
import type { FunctionEnv } from './app.ts';
import { log } from './log.ts';

interface AppErrorOptions {
  /** Replaces the catalogue's words where the case knows better. */
  message?: string;
  /** Replaces the catalogue's hint where the case knows better. */
  hint?: string;
  /** What happened inside: logged, never answered. */
  cause?: unknown;
}

/** A refusal or failure with a reason of the catalogue; `onError` turns it into the answer. */
export class AppError extends Error {
  readonly reason: ErrorReason;
  readonly status: (typeof errors)[ErrorReason]['status'];
  readonly hint: string | null;

  constructor(reason: ErrorReason, options: AppErrorOptions = {}) {
    const entry: ErrorEntry = errors[reason];
    super(options.message ?? entry.message, { cause: options.cause });
    this.name = 'AppError';
    this.reason = reason;
    this.status = errors[reason].status;
    this.hint = options.hint ?? entry.hint ?? null;
  }
}

/** The one shape of an error, the same as PostgREST's; `details` carries the reason. */
export const errorBodySchema = z
  .object({
    code: z.string().openapi({ example: 'PT400' }),
    message: z.string(),
    details: z.string().openapi({ description: 'The reason', example: 'invalid_request' }),
    hint: z.string().nullable(),
  })
  .openapi('Error');

function answer(c: Context<FunctionEnv>, error: AppError): Response {
  const body: z.infer<typeof errorBodySchema> = {
    code: `PT${error.status}`,
    message: error.message,
    details: error.reason,
    hint: error.hint,
  };
  return c.json(body, error.status);
}

/** Whatever was thrown, as an `AppError`; the text of an unknown error stays inside. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof HTTPException && error.status === 413) {
    return new AppError('payload_too_large', { cause: error });
  }
  if (error instanceof HTTPException && error.status < 500) {
    return new AppError('invalid_request', { cause: error });
  }
  return new AppError('internal_error', { cause: error });
}

export const onError: ErrorHandler<FunctionEnv> = (thrown, c) => {
  const error = toAppError(thrown);
  if (error.status >= 500) {
    log('error', 'request failed', {
      request_id: c.get('requestId'),
      reason: error.reason,
      cause: error.cause ?? thrown,
    });
  }
  return answer(c, error);
};

export const onNotFound: NotFoundHandler<FunctionEnv> = (c) =>
  answer(c, new AppError('route_not_found'));

/** Answers failed validation; names the fields, never their values. */
export const defaultHook: NonNullable<OpenAPIHonoOptions<FunctionEnv>['defaultHook']> = (
  result,
  c,
) => {
  if (result.success) return;
  const fields = result.error.issues.map((issue) => {
    const path = [result.target, ...issue.path].map(String).join('.');
    return `${path}: ${issue.message}`;
  });
  return answer(c, new AppError('invalid_request', { hint: fields.join('; ') }));
};
