import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** One place in the sources that raises a reason of the catalogue. */
export interface Raised {
  readonly reason: string;
  /** Null where the place does not tell: TypeScript takes it from the catalogue. */
  readonly status: number | null;
  readonly file: string;
}

/** The status of SQL's parsers of arguments: they are given their reason by the caller. */
const argumentStatus = 400;

function scanSql(text: string, file: string): Raised[] {
  const code = text.replace(/--.*$/gm, '');
  const raised: Raised[] = [];
  for (const [statement] of code.matchAll(/\braise\s+(?:exception|sqlstate)\b[^;]*;/g)) {
    const status = /sqlstate\s+'PT(\d{3})'/.exec(statement)?.[1];
    const reason = /\bdetail\s*=\s*'([a-z_]+)'/.exec(statement)?.[1];
    if (reason) raised.push({ reason, status: Number(status ?? Number.NaN), file });
  }
  // Refusals that are results, so that the transaction stands.
  for (const [, status, reason] of code.matchAll(/\bprivate\.refuse\(\s*(\d{3}),\s*'([a-z_]+)'/g)) {
    if (reason) raised.push({ reason, status: Number(status), file });
  }
  // Limits are rows; those of rates always answer 429, those of counts mostly 409.
  for (const [rows, of = ''] of code.matchAll(/\binto private\.((?:rate_)?limits) [^;]*;/g)) {
    const reason = /'(too_many_[a-z_]+)'/.exec(rows)?.[1];
    const status = /'PT(\d{3})'/.exec(rows)?.[1] ?? (of === 'limits' ? 409 : 429);
    if (reason) raised.push({ reason, status: Number(status), file });
  }
  for (const [, reason] of code.matchAll(/'(invalid_[a-z_]+)'/g)) {
    if (reason) raised.push({ reason, status: argumentStatus, file });
  }
  return raised;
}

function scanTypeScript(text: string, file: string): Raised[] {
  const code = text.replace(/^\s*(\/\/|\/?\*).*$/gm, '');
  const thrown = /new (?:AppError|KarigarError)\(\s*(?:[^'()]*\? )?'([a-z_]+)'(?: : '([a-z_]+)')?/g;
  return [...code.matchAll(thrown)].flatMap(([, ...reasons]) =>
    reasons
      .filter((reason) => reason !== undefined)
      .map((reason) => ({ reason, status: null, file })),
  );
}

const scanners: Readonly<Record<string, [ending: string, scan: typeof scanSql]>> = {
  sql: ['.sql', scanSql],
  functions: ['.ts', scanTypeScript],
  types: ['.ts', scanTypeScript],
};

/** Every place in `sql/`, `functions/` and `types/` that raises a reason. */
export async function scanErrors(projectDir: string): Promise<Raised[]> {
  const found: Raised[] = [];
  for (const [folder, [ending, scan]] of Object.entries(scanners)) {
    const root = join(projectDir, folder);
    for (const name of (await readdir(root, { recursive: true })).sort()) {
      if (!name.endsWith(ending)) continue;
      const path = join(root, name);
      found.push(...scan(await readFile(path, 'utf8'), relative(projectDir, path)));
    }
  }
  return found;
}
