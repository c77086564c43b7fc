/** The developer's own secrets, in files that git ignores. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import dotenv from 'dotenv';

/** The variables of those of the files that are there; a later file wins. */
export async function readEnvFiles(
  projectDir: string,
  ...files: readonly string[]
): Promise<Record<string, string>> {
  const paths = files.map((file) => join(projectDir, file)).filter((path) => existsSync(path));
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  return Object.assign({}, ...texts.map((text) => dotenv.parse(text)));
}
