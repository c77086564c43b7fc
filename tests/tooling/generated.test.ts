/** Every generated file is what `npm run generate` makes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  readBuiltMigrations,
  readFromDatabase,
  readPhoneRules,
} from '../../scripts/generated-files.ts';
import { projectDir } from '../../scripts/paths.ts';
import { testStack } from '../helpers/stack.ts';

const present = (path: string) => readFile(join(projectDir, path), 'utf8').catch(() => null);

const fromSources = new Map([...readPhoneRules(), ...(await readBuiltMigrations())]);

describe('npm run generate has been run', () => {
  test.each([...fromSources])('%s', async (path, wanted) => {
    expect(await present(path)).toBe(wanted);
  });

  test('what is read out of the database', async () => {
    const { adminDatabaseUrl: adminUrl, databaseUrl } = await testStack();
    for (const [path, wanted] of await readFromDatabase({ adminUrl, databaseUrl })) {
      expect(await present(path), path).toBe(wanted);
    }
  }, 60_000);
});
