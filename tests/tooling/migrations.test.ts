import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildMigrations, isDrafted } from '../../scripts/migrations.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'karigar-sql-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

test('one migration per domain holds its files in name order', async () => {
  await write({
    '15_markets/20_areas.sql': 'select 2;\n',
    '15_markets/10_markets.sql': '-- first\nselect 1;\n',
    '00_setup/10_schemas.sql': 'select 0;\n',
    '95_jobs/10_jobs.sql': 'select 3;\n',
    'seed/localpro.sql': 'select 4;\n',
    'studio/providers.sql': 'select 5;\n',
  });
  const migrations = await buildMigrations(folder);
  expect(migrations.map(({ fileName }) => fileName)).toEqual([
    '20260101000000_setup.sql',
    '20260101000150_markets.sql',
    '20260101000950_jobs.sql',
  ]);
  expect(migrations[1]?.content.split('\n').slice(1)).toEqual([
    '',
    '-- first',
    'select 1;',
    '',
    'select 2;',
    '',
  ]);
  expect(migrations.some(isDrafted)).toBe(false);
});

test.each([
  'markets/10_markets.sql',
  '15_Markets/10_markets.sql',
  '15_markets/markets.sql',
  '15_markets/10_markets.psql',
])('a file that would be left out is an error: %s', async (name) => {
  await write({ [name]: 'select 1;\n' });
  await expect(buildMigrations(folder)).rejects.toThrow(name.split('/')[0]);
});

test('a migration that a person wrote freezes the baseline', () => {
  expect(isDrafted({ fileName: '20270301120000_slugs.sql', content: 'select 1;' })).toBe(true);
});
