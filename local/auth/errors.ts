/** GoTrue's errors: status, code and text, in both of its response shapes. */
import postgres from 'postgres';

export class AuthError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** Members of the body beyond code and text, such as `weak_password`. */
    readonly details: Record<string, unknown> = {},
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** The older shape, of OAuth itself, in which GoTrue refuses ID tokens. */
export class OAuthError extends Error {
  constructor(
    readonly error: string,
    readonly description: string,
  ) {
    super(description);
  }
}

export const validationFailed = (message: string) =>
  new AuthError(400, 'validation_failed', message);
export const badJson = (reason: string) =>
  new AuthError(400, 'bad_json', `Could not parse request body as JSON: ${reason}`);
export const otpExpired = (message = 'Token has expired or is invalid') =>
  new AuthError(403, 'otp_expired', message);
export const userBanned = () => new AuthError(403, 'user_banned', 'User is banned');
export const sessionNotFound = () =>
  new AuthError(403, 'session_not_found', 'Session from session_id claim in JWT does not exist');
export const userNotFound = () => new AuthError(404, 'user_not_found', 'User not found');
export const emailExists = () =>
  new AuthError(422, 'email_exists', 'A user with this email address has already been registered');
export const phoneExists = () =>
  new AuthError(422, 'phone_exists', 'A user with this phone number has already been registered');
export const signupDisabled = () =>
  new AuthError(422, 'signup_disabled', 'Signups not allowed for this instance');
export const unexpectedFailure = (
  message = 'Unexpected failure, please check server logs for more information',
) => new AuthError(500, 'unexpected_failure', message);

export function weakPassword(message: string, reasons: string[]): AuthError {
  return new AuthError(422, 'weak_password', message, { weak_password: { reasons } });
}

/** What a failed statement means to the caller; Postgres' own text stays in the log. */
export function fromPostgres(error: postgres.PostgresError): AuthError {
  const { code, constraint_name: constraint = '' } = error;
  if (code === '23505' && constraint.includes('phone')) return phoneExists();
  if (code === '23505' && constraint.includes('email')) return emailExists();
  if (code === '23505' && constraint.startsWith('identities_')) {
    return new AuthError(422, 'identity_already_exists', 'Identity is already linked');
  }
  if (code === '23505' && constraint === 'users_pkey') {
    return new AuthError(422, 'user_already_exists', 'A user with this id already exists');
  }
  if (code.startsWith('22') || code.startsWith('54')) {
    return validationFailed('A value is out of range or malformed');
  }
  return unexpectedFailure('Database error');
}

/**
 * `raise sqlstate 'PT409'` in a trigger on auth.users, or in a hook that is a function, is shown
 * with that HTTP status.
 */
function raisedByProject(error: unknown) {
  const raised = error instanceof AuthError ? error.cause : error;
  if (!(raised instanceof postgres.PostgresError)) return null;
  const status = Number(/^PT([45]\d\d)$/.exec(raised.code)?.[1]);
  if (!status) return null;
  const { code, message, hint, detail } = raised;
  return { status, body: { code, message, hint, detail } };
}

function shownError(error: unknown): AuthError {
  if (error instanceof AuthError) return error;
  return error instanceof postgres.PostgresError ? fromPostgres(error) : unexpectedFailure();
}

const apiVersion = '2024-01-01';

/** The answer to a failed request; `known` is false when the error belongs in the log. */
export function errorResponse(
  error: unknown,
  request: Request,
): { response: Response; known: boolean } {
  const requested = request.headers.get('x-supabase-api-version') ?? '';
  const isVersioned = /^\d{4}-\d{2}-\d{2}$/.test(requested) && requested >= apiVersion;
  // GoTrue keeps what the project raised from those who ask for the newer shape, as supabase-js does.
  const raised = isVersioned ? null : raisedByProject(error);
  if (raised) {
    return { response: Response.json(raised.body, { status: raised.status }), known: true };
  }

  if (error instanceof OAuthError) {
    const body = { error: error.error, error_description: error.description };
    return { response: Response.json(body, { status: 400 }), known: true };
  }

  const known = error instanceof AuthError && error.cause === undefined;
  const shown = shownError(error);
  const { status, code, message, details } = shown;
  const headers = new Headers({ 'x-sb-error-code': code });
  if (isVersioned) headers.set('x-supabase-api-version', apiVersion);
  const body = isVersioned
    ? { code, message, ...details }
    : { code: status, error_code: code, msg: message, ...details };
  return { response: Response.json(body, { status, headers }), known: known || status < 500 };
}

const oauthErrors = new Map([
  [400, 'invalid_request'],
  [401, 'unauthorized_client'],
  [403, 'access_denied'],
  [503, 'temporarily_unavailable'],
]);
const denials = ['signup_disabled', 'user_banned', 'provider_email_needs_verification'];

/** The failure in the parameters of a redirect, which the browser carries back to the app. */
export function redirectError(error: unknown): {
  members: Record<string, string>;
  known: boolean;
} {
  if (error instanceof OAuthError) {
    const members = { error: error.error, error_description: error.description };
    return { members, known: true };
  }
  const raised = raisedByProject(error);
  const { status, code, message } = raised
    ? { ...raised.body, status: raised.status }
    : shownError(error);
  const members = {
    error: denials.includes(code) ? 'access_denied' : (oauthErrors.get(status) ?? 'server_error'),
    error_code: code,
    error_description: message,
  };
  return { members, known: raised !== null || error instanceof AuthError || status < 500 };
}
