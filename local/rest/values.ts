/** Values of request bodies in the form that survives lite and the driver unchanged. */
import type { AnyAST, FunctionInfo } from '@supabase/lite';

const jsonType = /^jsonb?$/;

export type ColumnKind = 'json' | 'array' | 'other';
/** What the columns of a table of the API hold. */
export type ColumnKinds = (schema: string, table: string) => ReadonlyMap<string, ColumnKind>;

const asIs = (text: string): string => text;

/**
 * Texts reach the server unchanged, as URLs and bodies hold them in Postgres's own notation.
 * The driver would read "true" as false, encode JSON texts again and take `\\x…` for raw bytes.
 */
export const wireTypes = {
  bool: { to: 16, from: [16], serialize: String, parse: (text: string) => text === 't' },
  bytea: {
    to: 17,
    from: [17],
    serialize: (value: unknown) =>
      value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : String(value),
    parse: asIs,
  },
  json: { to: 114, from: [114], serialize: jsonText, parse: asJson },
  jsonb: { to: 3802, from: [3802], serialize: jsonText, parse: asJson },
};

function jsonText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function asJson(text: string): unknown {
  return JSON.parse(text);
}

type WireValue = string | null | Uint8Array | WireValue[];

/**
 * A parameter as text, whatever it came as. The driver chooses its encoder by the type that the
 * server expects; an encoder that meets another kind of value leaves the connection hanging.
 */
export function wireValue(value: unknown): WireValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(wireValue);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function kindOf(type: string): ColumnKind {
  if (jsonType.test(type)) return 'json';
  return type.endsWith('[]') ? 'array' : 'other';
}

/** As `json_to_record` reads a value into a column that is not JSON: through the type's own text. */
export function asText(value: unknown, kind: ColumnKind): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) && kind === 'array' ? value : JSON.stringify(value);
}

/**
 * Lite writes a JSON argument down as JSON text unless it is a text already, so that "5" and 5
 * become the same. Written down here, they stay apart.
 */
export function withJsonArguments(ast: AnyAST, functions: readonly FunctionInfo[]): AnyAST {
  const { args, schema = 'public', function: name, httpMethod } = ast;
  if (!args || Array.isArray(args) || httpMethod === 'GET') return ast;
  const named = functions.filter((fn) => fn.schema === schema && fn.name === name);
  const written = Object.entries(args).map(([argument, value]: [string, unknown]) => {
    const owner = named.find((fn) => fn.arg_names.includes(argument));
    const type = owner?.arg_types[owner.arg_names.indexOf(argument)];
    if (type === undefined || value === null) return [argument, value];
    const kind = kindOf(type);
    return [argument, kind === 'json' ? JSON.stringify(value) : asText(value, kind)];
  });
  return { ...ast, args: Object.fromEntries(written) };
}

/** Lite reads texts for JSON columns as JSON; written down as JSON, a text stays that text. */
export function withJsonTexts(ast: AnyAST, kinds: ReadonlyMap<string, ColumnKind>): AnyAST {
  if (!ast.values || ![...kinds.values()].includes('json')) return ast;
  const written = (row: object): object =>
    Object.fromEntries(
      Object.entries(row).map(([column, value]: [string, unknown]) => [
        column,
        typeof value === 'string' && kinds.get(column) === 'json' ? JSON.stringify(value) : value,
      ]),
    );
  const { values } = ast;
  return { ...ast, values: Array.isArray(values) ? values.map(written) : written(values) };
}

/** True when a function takes the whole body as its one unnamed argument. */
export function takesWholeBody(ast: AnyAST, functions: readonly FunctionInfo[]): boolean {
  return functions.some(
    (fn) =>
      fn.schema === (ast.schema ?? 'public') &&
      fn.name === ast.function &&
      fn.arg_types.length === 1 &&
      fn.arg_names.length === 0,
  );
}
