/**
 * Names that every JavaScript object already has. Lite keeps filters and columns in plain objects,
 * so a column called `__proto__` or `constructor` would change objects of the whole process.
 */
const inherited = new Set(Object.getOwnPropertyNames(Object.prototype));
const anyName = [...inherited].join('|');
/** As a word of `select`, `order` and the like; in a logic tree only where a column stands. */
const asWord = new RegExp(`(?<![\\w$])(?:${anyName})(?![\\w$])`);
const asColumn = new RegExp(`(?:^|[(,.])\\s*"?(?:${anyName})"?\\s*(?:->|\\.)`);
const listParameters = new Set(['select', 'order', 'columns', 'on_conflict']);

function isReserved(parameter: string, value: string): boolean {
  if (asWord.test(parameter)) return true;
  const last = parameter.split('.').at(-1) ?? '';
  if (listParameters.has(last)) return asWord.test(value);
  return (last === 'or' || last === 'and') && asColumn.test(value);
}

export function hasReservedName(url: string): boolean {
  const { pathname, searchParams } = new URL(url);
  if (inherited.has(pathname.split('/').at(-1) ?? '') || asWord.test(decode(pathname))) return true;
  return [...searchParams].some(([parameter, value]) => isReserved(parameter, value));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Of rows and arguments; deeper down only the one name that assignment takes for something else. */
export function hasReservedKey(body: string): boolean {
  let reserved = false;
  const check = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      reserved ||= key === '__proto__' || (depth === 0 && inherited.has(key));
      check(item, Array.isArray(value) ? depth : depth + 1);
    }
  };
  // A body without these letters, plain or escaped, has none of the names.
  if (!asWord.test(body) && !body.includes('\\u')) return false;
  try {
    check(JSON.parse(body), 0);
  } catch {
    return asWord.test(body);
  }
  return reserved;
}
