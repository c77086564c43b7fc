import { z } from 'zod';
import { Refusal } from './identity.ts';
import type { Binding } from './join.ts';

export const subscribeRefusal = 'RealtimeDisabledForConfiguration';

const operators = new Set([
  'eq',
  'neq',
  'lt',
  'lte',
  'gt',
  'gte',
  'in',
  'like',
  'ilike',
  'is',
  'match',
  'imatch',
  'isdistinct',
]);
const longestList = 100;

export interface Filter {
  readonly column: string;
  readonly op: string;
  readonly value: string;
  readonly negate: boolean;
}

/** What one binding of a channel wants to hear of. */
export interface ChangeRequest {
  readonly event: '*' | 'INSERT' | 'UPDATE' | 'DELETE';
  /** `*` for all. */
  readonly schema: string;
  readonly table: string;
  readonly filters: Filter[];
  /** Null for every column that the role may read. */
  readonly select: string[] | null;
}

const requestSchema = z
  .object({
    event: z
      .string()
      .transform((event) => event.toUpperCase())
      .pipe(z.enum(['*', 'INSERT', 'UPDATE', 'DELETE']))
      .catch('*'),
    schema: z.string().optional(),
    table: z.string().optional(),
    filter: z.string().nullish(),
    select: z.array(z.unknown()).optional(),
  })
  .refine(({ schema, table }) => schema !== undefined || table !== undefined)
  .refine(({ table, filter }) => table !== undefined || !filter);

/** Throws Refusal. */
export function parseChangeRequest(binding: Binding): ChangeRequest {
  if (typeof binding.select === 'string') {
    throw new Refusal(
      subscribeRefusal,
      'Error parsing `select` params: expected a list of column name strings, ' +
        'e.g. select: ["col1", "col2"]',
    );
  }
  const { data } = requestSchema.safeParse(binding);
  if (!data) {
    throw new Refusal(
      subscribeRefusal,
      'No subscription params provided. Please provide at least a `schema` or `table` ' +
        `to subscribe to: ${JSON.stringify(binding)}`,
    );
  }
  const { event, schema = 'public', table = '*', filter, select = [] } = data;
  const columns = select.filter((column) => typeof column === 'string');
  if (columns.length > 0 && (schema === '*' || table === '*')) {
    throw new Refusal(
      subscribeRefusal,
      'Column selection is not supported for wildcard subscriptions. ' +
        'Provide an explicit schema and table name.',
    );
  }
  return {
    event,
    schema,
    table,
    filters: parseFilters(filter ?? ''),
    select: columns.length > 0 ? columns : null,
  };
}

/** `id=gt.0,name=not.in.(a,"b,c")`: conditions that all have to hold. Throws Refusal. */
export function parseFilters(text: string): Filter[] {
  return text.trim() === '' ? [] : splitOutsideQuotes(text.trim()).map(parseFilter);
}

function parseFilter(text: string): Filter {
  const [, column, not, op, value] = /^\s*([^=]+)=(not\.)?([a-z]+)\.(.*?)\s*$/s.exec(text) ?? [];
  if (column === undefined || op === undefined || value === undefined || !operators.has(op)) {
    throw refused(JSON.stringify(text.trim()));
  }
  return { column, op, value: op === 'in' ? arrayOf(value) : unquote(value), negate: Boolean(not) };
}

/** PostgREST's `(a,"b,c")` quotes as an array literal does: only the brackets differ. */
function arrayOf(value: string): string {
  if (!/^\(.*\)$/s.test(value)) throw refused('`in` filter value must be wrapped by parentheses');
  const list = value.slice(1, -1);
  if (splitOutsideQuotes(list).length > longestList) {
    throw refused(`too many values for \`in\` filter. Maximum ${longestList}`);
  }
  return `{${list}}`;
}

function unquote(value: string): string {
  const [, quoted] = /^"((?:[^"\\]|\\.)*)"$/s.exec(value) ?? [];
  return quoted === undefined ? value : quoted.replace(/\\(.)/gs, '$1');
}

/** At the commas that stand in neither quotes nor parentheses. A quote opens a value only. */
function splitOutsideQuotes(text: string): string[] {
  const parts = [''];
  let depth = 0;
  let isQuoted = false;
  let previous = ',';
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (char === ',' && depth === 0 && !isQuoted) {
      parts.push('');
      previous = ',';
      continue;
    }
    let taken = char;
    if (isQuoted && char === '\\') {
      index += 1;
      taken += text.charAt(index);
    } else if (char === '"') {
      isQuoted = !isQuoted && '.(,'.includes(previous);
    } else if (!isQuoted) {
      if (char === '(') depth += 1;
      if (char === ')') depth = Math.max(0, depth - 1);
    }
    parts[parts.length - 1] += taken;
    previous = char;
  }
  return parts;
}

function refused(reason: string): Refusal {
  return new Refusal(subscribeRefusal, `Error parsing \`filter\` params: ${reason}`);
}
