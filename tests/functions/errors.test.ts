import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';
import { scanErrors } from '../../scripts/error-scan.ts';
import { projectDir } from '../../scripts/paths.ts';
import { unlistedReason } from '../helpers/rpc-reasons.ts';
import { testStack } from '../helpers/stack.ts';

const raised = await scanErrors(projectDir);

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
  const files = globSync('sql/[0-9]*/*.sql', { cwd: projectDir });
  const raising: string[] = [];
  for (const file of files) {
    const text = await readFile(join(projectDir, file), 'utf8');
    if (/\braise\s+(?:exception|sqlstate)\b/.test(text)) raising.push(file);
  }
  expect(raising).toEqual(['sql/10_shared/21_errors.sql']);
});

it('a reason that the list of its RPC lacks is noticed', () => {
  const answer = (details: string) => ({ code: 'PT409', message: 'x', details, hint: null });
  expect(unlistedReason('request_booking', answer('slot_taken'))).toBeNull();
  expect(unlistedReason('get_badges', answer('slot_taken'))).toBe('get_badges: slot_taken');
  expect(unlistedReason('no_rpc', answer('slot_taken'))).toBe('no_rpc: slot_taken');
  expect(unlistedReason('no_rpc', { code: '42501', message: 'x', details: null })).toBeNull();
});
