import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** One place in the sources that raises a reason. */
export interface Raised {
  readonly reason: string;
  readonly file: string;
}

function scanSql(text: string, file: string): Raised[] {
  // The rows themselves raise nothing.
  if (/_errors?(?:_rows\w*)?\.sql$/.test(file)) return [];
  const code = text.replace(/--.*$/gm, '');
  const limits = [...code.matchAll(/\binto private\.(?:rate_)?limits [^;]*;/g)].join();
  const reasons = [
    ...code.matchAll(/\bprivate\.(?:fail|refuse)\(\s*'([a-z_]+)'/g),
    // Parsers and triggers are given theirs by the caller.
    ...code.matchAll(/'(invalid_[a-z_]+)'/g),
    ...limits.matchAll(/'(too_many_[a-z_]+)'/g),
  ];
  return reasons.map(([, reason = '']) => ({ reason, file }));
}

function scanTypeScript(text: string, file: string): Raised[] {
  const code = text.replace(/^\s*(\/\/|\/?\*).*$/gm, '');
  const thrown = /new (?:AppError|KarigarError)\(\s*(?:[^'()]*\? )?'([a-z_]+)'(?: : '([a-z_]+)')?/g;
  return [...code.matchAll(thrown)].flatMap(([, ...reasons]) =>
    reasons.filter((reason) => reason !== undefined).map((reason) => ({ reason, file })),
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
