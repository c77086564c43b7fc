/** The page of capabilities and the titles of tests name the same ids in the same files. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { expect, test } from 'vitest';
import { projectDir } from '../../scripts/paths.ts';

const read = (file: string) => readFile(join(projectDir, file), 'utf8');

/** Each id with each file that shows it: "I1 tests/e2e/identity.test.ts". */
async function onThePage(): Promise<string[]> {
  const rows = (await read('docs/capabilities.md')).matchAll(/^\| ([A-Z]\d+) \|.*\| (.*) \|$/gm);
  return [...rows].flatMap(([, id, links = '']) =>
    [...links.matchAll(/\]\(\.\.\/(.*?)\)/g)].map(([, file]) => `${id} ${file}`),
  );
}

async function inTitles(): Promise<string[]> {
  const files = globSync('tests/**/*.test.ts', { cwd: projectDir });
  const found = await Promise.all(
    files.map(async (file) => {
      const titles = (await read(file)).matchAll(
        /(?:describe|it|test)\(\s*['"`]((?:[A-Z]\d+, )*[A-Z]\d+) /g,
      );
      return [...titles].flatMap(([, ids = '']) => ids.split(', ').map((id) => `${id} ${file}`));
    }),
  );
  return [...new Set(found.flat())];
}

test('docs/capabilities.md names the tests that show each capability', async () => {
  expect((await onThePage()).sort()).toEqual((await inTitles()).sort());
});
