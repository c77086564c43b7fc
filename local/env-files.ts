/** The developer's own secrets, in files that git ignores. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import dotenv from 'dotenv';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables of the functions; the CLI reads the same file. */
export const functionsEnvFile = 'supabase/functions/.env';

/** The variables of the file below the project; none when it isn't there. */
export async function readEnvFile(
  projectDir: string,
  file: string,
): Promise<Record<string, string>> {
  const path = join(projectDir, file);
  return existsSync(path) ? dotenv.parse(await readFile(path, 'utf8')) : {};
}

/** What `env(…)` in config.toml stands for, as the CLI reads it: the environment comes first. */
export async function projectEnvironment(projectDir: string): Promise<Environment> {
  return { ...(await readEnvFile(projectDir, 'supabase/.env')), ...process.env };
}

/** The variable that a value of config.toml names as `env(…)`. */
export const variableOf = (value: string): string | undefined => /^env\((\w+)\)$/.exec(value)?.[1];

/** Empty for a variable that is not set. */
export function resolveValue(value: string, environment: Environment): string {
  const variable = variableOf(value);
  return variable === undefined ? value : (environment[variable] ?? '');
}
