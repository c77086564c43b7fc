import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { scanErrors } from '../../scripts/error-scan.ts';
import { testStack } from '../helpers/stack.ts';

const raised = await scanErrors(fileURLToPath(new URL('../..', import.meta.url)));

async function query<Row extends object>(text: string): Promise<Row[]> {
  const sql = postgres((await testStack()).adminDatabaseUrl, { max: 1 });
  return await sql.unsafe<Row[]>(text).finally(() => sql.end());
}

describe('the rows of errors', () => {
  it('have every reason that SQL, functions and SDK raise', async () => {
    const rows = await query<{ reason: string }>('select reason from private.errors');
    const known = new Set(rows.map(({ reason }) => reason));
    expect(raised.filter(({ reason }) => !known.has(reason))).toEqual([]);
  });

  it('have no reason that nothing raises', async () => {
    const rows = await query<{ reason: string }>('select reason from private.errors');
    const reasons = new Set(raised.map(({ reason }) => reason));
    expect(rows.filter(({ reason }) => !reasons.has(reason))).toEqual([]);
  });

  it('have what to do, where the database raises them', async () => {
    const rows = await query<{ reason: string }>(
      'select reason from private.errors where hint is null',
    );
    const ofSql = new Set(
      raised.filter(({ file }) => file.startsWith('sql/')).map(({ reason }) => reason),
    );
    expect(rows.filter(({ reason }) => ofSql.has(reason))).toEqual([]);
  });
});

it('SQL raises in one way', async () => {
  const others: string[] = [];
  const sources = new Set(raised.map(({ file }) => file).filter((file) => /^sql\//.test(file)));
  for (const file of sources) {
    const text = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
    if (/\braise\s+(?:exception|sqlstate)\b/.test(text)) others.push(file);
  }
  expect(others).toEqual([]);
});
