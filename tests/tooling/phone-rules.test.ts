import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sqlDir } from '../../scripts/paths.ts';
import { renderPhoneRules } from '../../scripts/phone-rules.ts';

test.each([...renderPhoneRules()])('%s is up to date', async (name, content) => {
  expect(await readFile(join(sqlDir, name), 'utf8'), 'npm run phones').toBe(content);
});
