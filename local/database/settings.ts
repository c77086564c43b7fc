/**
 * The settings of one session: its user, its role and its configuration parameters. The one
 * backend is dressed in them whenever the session gets it, and undressed for the next one.
 */
import { type Engine, SUPERUSER } from './engine.ts';

/** Reported to each client at login (the parameters that Postgres marks GUC_REPORT). */
const REPORTED = [
  'application_name',
  'client_encoding',
  'DateStyle',
  'default_transaction_read_only',
  'in_hot_standby',
  'integer_datetimes',
  'IntervalStyle',
  'is_superuser',
  'scram_iterations',
  'search_path',
  'server_encoding',
  'server_version',
  'session_authorization',
  'standard_conforming_strings',
  'TimeZone',
];

/** RESET SESSION AUTHORIZATION has no effect in a backend that started without a login. */
export const RESET = `set session authorization ${SUPERUSER}; reset all`;

/** The defaults of a session: `alter role … set`, `alter database … set`, its startup message. */
export class Settings {
  readonly #user: string;
  readonly #isSuperuser: boolean;
  readonly #defaults: ReadonlyMap<string, string>;
  #current: ReadonlyMap<string, string>;
  #sessionUser: string;
  #role = 'none';
  #dress: string | undefined;

  constructor(user: string, isSuperuser: boolean, defaults: ReadonlyMap<string, string>) {
    this.#user = user;
    this.#isSuperuser = isSuperuser;
    this.#defaults = defaults;
    this.#current = defaults;
    this.#sessionUser = user;
  }

  get(name: string): string | undefined {
    return this.#current.get(name);
  }

  /** SQL that dresses the backend, whatever it wore before. Equal for sessions that are alike. */
  get dress(): string {
    this.#dress ??= this.#buildDress();
    return this.#dress;
  }

  #buildDress(): string {
    const calls = [...this.#current].map(([name, value]) => setConfig(name, value));
    calls.push(setConfig('session_authorization', this.#sessionUser));
    if (this.#role !== 'none') calls.push(setConfig('role', this.#role));
    return `${RESET}; select ${calls.join(', ')}`;
  }

  /**
   * Learns what the session has made of its settings. True when the backend is no longer dressed
   * as the session is: a RESET brings back the server's defaults, but has to bring back ours.
   */
  learn(engine: Engine, mentioned: readonly string[], hasResetUser: boolean): boolean {
    const custom = [...this.#current.keys(), ...mentioned].filter((name) => name.includes('.'));
    const names = ['role', ...new Set(custom)];
    const rows = engine.query(
      `select name, setting from pg_catalog.pg_settings
      where source = 'session' and name !~ '^transaction_'
      union all
      select n, pg_catalog.current_setting(n, true)
      from pg_catalog.unnest(array[${names.map(quoteLiteral).join(', ')}]) n
      union all
      select 'session_authorization', session_user::text`,
    );
    const found = new Map<string, string>();
    for (const [name, value] of rows) if (name && value) found.set(name, value);
    const sessionUser = found.get('session_authorization') ?? this.#user;
    const role = found.get('role') ?? 'none';
    found.delete('role');
    found.delete('session_authorization');

    // only a superuser may become somebody else
    const isReset = hasResetUser && sessionUser === this.#sessionUser;
    this.#sessionUser = isReset || !this.#isSuperuser ? this.#user : sessionUser;
    this.#role = isReset ? 'none' : role;
    const lost = [...this.#defaults.keys()].some((name) => !found.has(name));
    this.#current = new Map([...this.#defaults, ...found]);
    this.#dress = undefined;
    return lost || isReset || sessionUser !== this.#sessionUser;
  }

  /** Name and value of everything a client is told at login. */
  static reported(engine: Engine): [name: string, value: string][] {
    const rows = engine.query(
      `select n, pg_catalog.current_setting(n)
      from pg_catalog.unnest(array[${REPORTED.map(quoteLiteral).join(', ')}]) n`,
    );
    return rows.map(([name, value]) => [name ?? '', value ?? '']);
  }
}

export interface Account {
  readonly canLogin: boolean;
  readonly isSuperuser: boolean;
  /** Of `alter database … set` and `alter role … set`, the latter stronger. */
  readonly defaults: Map<string, string>;
}

/** Undefined when there is no such role. Leaves the backend undressed. */
export function findAccount(engine: Engine, user: string): Account | undefined {
  engine.query(RESET);
  const rows = engine.query(
    `select r.rolcanlogin, r.rolsuper, c.setting
    from pg_catalog.pg_roles r
      left join (
        select s.setrole, s.setdatabase, pg_catalog.unnest(s.setconfig) as setting
        from pg_catalog.pg_db_role_setting s
      ) c on c.setrole in (0, r.oid) and c.setdatabase in (
        0, (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
      )
    where r.rolname = ${quoteLiteral(user)}
    order by c.setrole <> 0, c.setdatabase <> 0`,
  );
  const [first] = rows;
  if (first === undefined) return undefined;
  const defaults = new Map<string, string>();
  for (const row of rows) {
    const setting = row[2]?.match(/^([^=]+)=(.*)$/s);
    if (setting?.[1]) defaults.set(setting[1], setting[2] ?? '');
  }
  return { canLogin: first[0] === 't', isSuperuser: first[1] === 't', defaults };
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function setConfig(name: string, value: string): string {
  return `pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, false)`;
}

/** Holds with standard_conforming_strings on and off. */
function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
}
