/** Database errors as PostgREST answers them. */

export interface DatabaseError {
  readonly code: string;
  readonly message: string;
  readonly detail: string | null;
  readonly hint: string | null;
}

/** First match wins; PostgREST's table, by SQLSTATE. Whatever is not listed is a 400. */
const statuses: readonly (readonly [RegExp, number])[] = [
  [/^08/, 503],
  [/^09/, 500],
  [/^0[LP]/, 403],
  [/^2350[35]$/, 409],
  [/^25006$/, 405],
  [/^21000$/, 500],
  [/^25/, 500],
  [/^28/, 403],
  [/^(2D|38|39|3B|40)/, 500],
  [/^53400$/, 500],
  [/^53/, 503],
  [/^5[45]/, 500],
  [/^57P01$/, 503],
  [/^5[78]/, 500],
  [/^(F0|HV|XX)/, 500],
  [/^P0001$/, 400],
  [/^P0/, 500],
  [/^42883$/, 404],
  [/^42P01$/, 404],
  [/^42P17$/, 500],
];

function statusOf(error: DatabaseError, role: string): number {
  const custom = /^PT(\d{3})$/.exec(error.code);
  if (custom) return Number(custom[1]);
  if (error.code === '42501') return role === 'anon' ? 401 : 403;
  if (error.code === '22023' && /^role .* does not exist$/.test(error.message)) return 401;
  if (error.code === '21000' && error.message.endsWith('requires a WHERE clause')) return 400;
  return statuses.find(([pattern]) => pattern.test(error.code))?.[1] ?? 400;
}

export function errorResponse(
  status: number,
  code: string,
  message: string,
  details: string | null = null,
  hint: string | null = null,
): Response {
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'proxy-status': `PostgREST; error=${code}`,
  };
  if (status === 401) {
    headers['www-authenticate'] = code.startsWith('PGRST3')
      ? `Bearer error="invalid_token", error_description=${JSON.stringify(message)}`
      : 'Bearer';
  }
  // A status outside HTTP's range is the database's mistake, not the client's.
  const valid = status >= 200 && status <= 599 ? status : 500;
  const empty = valid === 204 || valid === 205 || valid === 304;
  const body = empty ? null : JSON.stringify({ code, details, hint, message });
  return new Response(body, { status: valid, headers });
}

/** PostgREST hands bodies to Postgres as JSON, which stumbles over U+0000 earlier than a text does. */
function asOfJson(error: DatabaseError): DatabaseError {
  if (error.code !== '22021' || !error.message.endsWith(': 0x00')) return error;
  return {
    code: '22P05',
    message: 'unsupported Unicode escape sequence',
    detail: '\\u0000 cannot be converted to text.',
    hint: null,
  };
}

/** What hosted's supautils adds to a missing grant, as far as the request tells. */
function grantHint(error: DatabaseError, role: string, method: string, table: string | null) {
  if (error.code !== '42501' || !table) return null;
  if (error.message !== `permission denied for table ${table}`) return null;
  const privileges: Record<string, string> = { POST: 'INSERT', PATCH: 'UPDATE', DELETE: 'DELETE' };
  const privilege = privileges[method] ?? 'SELECT';
  return (
    'Grant the required privileges to the current role with: ' +
    `GRANT ${privilege} ON public.${table} TO ${role};`
  );
}

export function databaseErrorResponse(
  thrown: DatabaseError,
  request: { role: string; method: string; path: string },
): Response {
  const error = asOfJson(thrown);
  const { role, method, path } = request;
  const table = /^\/([a-z_][a-z0-9_]*)$/.exec(path)?.[1] ?? null;
  // Lite names columns without their table.
  const message =
    error.code === '42703' && table
      ? error.message.replace(
          /^column "([^"]+)" does not exist$/,
          `column ${table}.$1 does not exist`,
        )
      : error.message;
  return errorResponse(
    statusOf(error, role),
    error.code,
    message,
    error.detail,
    error.hint ?? grantHint(error, role, method, table),
  );
}

export function connectionErrorResponse(message: string): Response {
  return errorResponse(
    503,
    'PGRST000',
    'Database connection error. Retrying the connection.',
    message,
  );
}
