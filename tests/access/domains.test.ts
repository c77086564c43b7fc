/** What a domain has of the matrix lies in its file: as its tables and functions lie in `sql/`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { expect, test } from 'vitest';
import { projectDir } from '../../scripts/paths.ts';
import { callersOf, domains } from './matrix.ts';

const sqlOf = (domain: string): string =>
  globSync(`sql/[0-9]*_${domain}/*.sql`, { cwd: projectDir })
    .map((file) => readFileSync(join(projectDir, file), 'utf8'))
    .join('\n');

test.each(Object.keys(domains))('%s lists what its SQL makes', (domain) => {
  const sql = sqlOf(domain);
  const { cases = [], ...functions } = domains[domain] ?? {};
  const named = [
    ...cases.map(({ table }) => table),
    ...callersOf({ cases, ...functions }).map(([name]) => name),
  ];
  const isMade = (name: string): boolean =>
    new RegExp(`^create .*\\b(table|function) ${name} ?\\(`, 'm').test(sql) ||
    sql.includes(`private.expose('${name.replace('public.', '')}'`);
  expect(named.filter((name) => !isMade(name))).toEqual([]);
});
