import { forwardedFor } from '../client-ip.ts';
import type { RequestState } from './request.ts';

/** Settings that `alter role … set` gave a role; PostgREST applies them to each transaction. */
export type RoleSettings = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** As `[api] extra_search_path` of hosted Supabase. */
const searchPath = '"public", "extensions"';

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function headersJson({ headers, caller }: RequestState): string {
  return JSON.stringify({
    ...Object.fromEntries(headers),
    'x-forwarded-for': forwardedFor(headers, caller.ip),
  });
}

function cookiesJson(headers: Headers): string {
  const pairs = (headers.get('cookie') ?? '').split(';').filter((pair) => pair.includes('='));
  return JSON.stringify(
    Object.fromEntries(
      pairs.map((pair) => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
      }),
    ),
  );
}

interface RequestSettings {
  readonly role: string;
  readonly claims: unknown;
  readonly request: RequestState | undefined;
  readonly roleSettings: RoleSettings;
  readonly extra: Readonly<Record<string, string>>;
}

/**
 * Everything PostgREST tells the database of a request, as one statement for the transaction.
 * Literals are safe as they stand: `standard_conforming_strings` is on and NUL never gets here.
 */
export function settingsStatement(options: RequestSettings): string {
  const { role, claims, request, roleSettings, extra } = options;
  const settings: Record<string, string> = {
    search_path: searchPath,
    ...Object.fromEntries(roleSettings.get(role) ?? []),
    'request.jwt.claims': JSON.stringify(claims ?? { role }),
    ...(request && {
      'request.method': request.method,
      'request.path': request.path,
      'request.headers': headersJson(request),
      'request.cookies': cookiesJson(request.headers),
    }),
    ...extra,
    // Last: what comes before it is set with the rights of the connection's own role.
    role,
  };
  const calls = Object.entries(settings).map(
    ([name, value]) => `set_config(${literal(name)}, ${literal(value)}, true)`,
  );
  return `select ${calls.join(', ')}`;
}

/** Opens the transaction, too: one round trip, where lite alone takes six to eight. */
export function beginStatement(options: RequestSettings, readOnly: boolean): string {
  return `begin${readOnly ? ' read only' : ''}; ${settingsStatement(options)}`;
}
