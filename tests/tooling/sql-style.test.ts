import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { globSync } from 'tinyglobby';
import { expect, test } from 'vitest';
import { projectDir } from '../../scripts/paths.ts';
import { checkStyle, checkVolatility } from '../../scripts/sql-style.ts';

const files = globSync(['sql/**/*.sql', 'local/bootstrap/*.sql', 'tests/db/**/*.sql'], {
  cwd: projectDir,
});

test('there is SQL to check', () => expect(files.length).toBeGreaterThan(30));

test.each(files)('%s', async (file) => {
  const sql = await readFile(join(projectDir, file), 'utf8');
  const problems = [...checkStyle(sql), ...(file.startsWith('sql/') ? checkVolatility(sql) : [])];
  expect(problems.map(({ line, message }) => `${file}:${line} ${message}`)).toEqual([]);
});

test.each([
  ['select 1', 'ends in one line break'],
  ['select 1;\n\n', 'ends in one line break'],
  ['select 1; \n', 'space at the end'],
  ['\tselect 1;\n', 'tab'],
  ['Select 1;\n', 'keyword Select in capitals'],
  [`select '${'x'.repeat(100)}';\n`, 'longer than 100 columns'],
  ['select 1;\n'.repeat(301), 'longer than 300 lines'],
])('finds: %j', (sql, message) => {
  expect(checkStyle(sql).map((problem) => problem.message)).toContain(message);
});

test('leaves comments, strings and names alone', () => {
  expect(checkStyle(`-- SELECT\nselect 'SELECT it''s', "SELECT"; /* SELECT */\n`)).toEqual([]);
});

test('finds a function without volatility', () => {
  const head = 'create function f()\nreturns int\nlanguage sql\n';
  expect(checkVolatility(`${head}as $$ select 1 $$;\n`)).toHaveLength(1);
  expect(checkVolatility(`${head}stable\nas $$ select 1 $$;\n`)).toEqual([]);
  // The word in a comment or in the body is not a statement of it.
  expect(checkVolatility(`${head}-- stable\nas $$ select 'volatile' $$;\n`)).toHaveLength(1);
});

test('every folder with pgTAP files runs them', () => {
  const folders = (pattern: string) =>
    [...new Set(globSync(pattern, { cwd: projectDir }).map((file) => dirname(file)))].sort();
  expect(folders('tests/**/*.test.sql')).toEqual(folders('tests/**/pgtap.test.ts'));
});

test('moves of bookings name columns only: jsonb_to_record would leave out a misspelt one', async () => {
  const sql = await readFile(join(projectDir, 'sql/40_bookings/20_processes.sql'), 'utf8');
  const [, columns = ''] = /as named \(([^)]*)\)/.exec(sql) ?? [];
  const known = columns.split(',').map((column) => column.trim().split(' ')[0]);
  const named = [...sql.matchAll(/"(\w+)":/g)].map(([, name]) => name);
  expect(named).not.toEqual([]);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});
