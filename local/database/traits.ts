/**
 * What a piece of SQL may leave behind in its session, judged from its text alone. A wrong "yes"
 * costs one look at the settings; isolation between sessions doesn't rest on a "no" (the state of
 * the backend is reset whenever another session gets it).
 */
export interface Traits {
  /** May change settings of the session, `role` and `session_authorization` included. */
  readonly settings: boolean;
  /** Goes back to the user who logged in. */
  readonly resetsUser: boolean;
  /** Names of custom settings ("app.tenant", "request.jwt.claims") that the text mentions. */
  readonly customSettings: readonly string[];
  readonly listens: readonly ListenCommand[];
  /** The formats of its COPY … FROM STDIN commands. */
  readonly copies: readonly ('text' | 'binary')[];
  /** Drops prepared statements of all sessions (DISCARD ALL, DEALLOCATE ALL). */
  readonly deallocatesAll: boolean;
  /** Creates temporary tables, or takes advisory locks that outlive the transaction. */
  readonly temporaryTables: boolean;
  readonly advisoryLocks: boolean;
}

/** `channel` is null for UNLISTEN *. */
export type ListenCommand =
  | { readonly kind: 'listen'; readonly channel: string }
  | { readonly kind: 'unlisten'; readonly channel: string | null };

const NOTABLE =
  /\b(?:set|reset|discard|do|call|listen|unlisten|copy|deallocate|temp|temporary)\b|set_config|advisory_lock/i;

/** Comments, strings and dollar-quoted bodies; quoted identifiers are matched to be kept. */
const LITERALS =
  /--[^\n]*|\/\*[\s\S]*?\*\/|\be'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([a-z_]\w*)?\$[\s\S]*?\$\1\$/gi;

const RESETS_USER =
  /^(?:reset\s+session\s+authorization|set\s+session\s+authorization\s+default|discard\s+all)$/i;

const CUSTOM_SETTING = /[a-z_][\w$]*(?:\.[a-z_][\w$]*)+/gi;

/** Undefined for text that leaves nothing behind, which is nearly all of it. */
export function traitsOf(text: string): Traits | undefined {
  if (!NOTABLE.test(text)) return undefined;
  const skeleton = text.replace(LITERALS, (match) => {
    if (match.startsWith('"')) return match;
    return match.startsWith('-') || match.startsWith('/') ? ' ' : "''";
  });
  const statements = skeleton.split(';').map((statement) => statement.trim());
  const listens = statements.flatMap(listenCommands);
  const copies = statements.flatMap(copyFormats);
  const settings = statements.some(changesSettings);
  const deallocatesAll = statements.some((statement) =>
    /^(?:discard\s+all|deallocate\s+(?:prepare\s+)?all)$/i.test(statement),
  );
  const temporaryTables = /\b(?:temp|temporary)\s+(?:table|view|sequence)\b/i.test(skeleton);
  const advisoryLocks = /\bpg_(?:try_)?advisory_lock/i.test(text);
  if (
    !settings &&
    listens.length === 0 &&
    copies.length === 0 &&
    !(deallocatesAll || temporaryTables || advisoryLocks)
  ) {
    return undefined;
  }
  return {
    settings,
    resetsUser: statements.some((statement) => RESETS_USER.test(statement)),
    customSettings: settings ? customSettingsIn(text) : [],
    listens,
    copies,
    deallocatesAll,
    temporaryTables,
    advisoryLocks,
  };
}

export function customSettingsIn(text: string): string[] {
  return [...new Set(text.match(CUSTOM_SETTING)?.map((name) => name.toLowerCase()))];
}

function changesSettings(statement: string): boolean {
  if (/^(?:reset|discard|do|call)\b/i.test(statement)) return true;
  if (/^set\s+(?!local\b|transaction\b|constraints\b)/i.test(statement)) return true;
  const calls = statement.match(/\bset_config\s*\(/gi)?.length ?? 0;
  const local = statement.match(/\bset_config\s*\([^()]*,\s*true\s*\)/gi)?.length ?? 0;
  return calls > local;
}

function listenCommands(statement: string): ListenCommand[] {
  if (/^discard\s+all$/i.test(statement)) return [{ kind: 'unlisten', channel: null }];
  const match = /^(listen|unlisten)\s+(\*|"(?:[^"]|"")+"|[^\s"]+)$/i.exec(statement);
  const name = match?.[2];
  if (!match || name === undefined) return [];
  const channel = name.startsWith('"')
    ? name.slice(1, -1).replaceAll('""', '"')
    : name.toLowerCase();
  if (match[1]?.toLowerCase() === 'listen') return [{ kind: 'listen', channel }];
  return [{ kind: 'unlisten', channel: name === '*' ? null : channel }];
}

function copyFormats(statement: string): ('text' | 'binary')[] {
  if (!/^copy\b[\s\S]*\bfrom\s+stdin\b/i.test(statement)) return [];
  return [/\bbinary\b/i.test(statement) ? 'binary' : 'text'];
}
