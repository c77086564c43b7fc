/** The failures that hosted's edge runtime answers itself, with its codes and statuses. */
const statuses = {
  UNAUTHORIZED_NO_AUTH_HEADER: 401,
  UNAUTHORIZED_INVALID_JWT_FORMAT: 401,
  UNAUTHORIZED_LEGACY_JWT: 401,
  UNAUTHORIZED_ASYMMETRIC_JWT: 401,
  UNAUTHORIZED_UNSUPPORTED_TOKEN_ALGORITHM: 401,
  NOT_FOUND: 404,
  WORKER_ERROR: 500,
  BOOT_ERROR: 503,
  IDLE_TIMEOUT: 504,
} as const;

export function failure(code: keyof typeof statuses, message: string): Response {
  const status = statuses[code];
  // 401s repeat the text as `msg`, which older clients read.
  const body = status === 401 ? { code, message, msg: message } : { code, message };
  return Response.json(body, {
    status,
    headers: {
      'sb-error-code': code,
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'sb-error-code',
    },
  });
}

export const notFound = () => failure('NOT_FOUND', 'Requested function was not found');
export const bootError = () =>
  failure('BOOT_ERROR', 'Function failed to start (please check logs)');
export const workerError = () =>
  failure('WORKER_ERROR', 'Function exited due to an error (please check logs)');
export const idleTimeout = (seconds: number) =>
  failure('IDLE_TIMEOUT', `Request idle timeout limit (${seconds}s) reached`);
