import { randomBytes, randomUUID } from 'node:crypto';
import { appendFile, link, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { projectEnvironment, resolveValue, variableOf } from './env-files.ts';

/**
 * Makes the secret that config.toml names for a hook (`env(…)`), in supabase/.env, unless it is
 * set already. The CLI refuses the whole of config.toml without it, and whoever deploys sends it
 * to Auth and to the functions, so there must be one only.
 */
export async function keepHookSecret(projectDir: string, setting: string): Promise<void> {
  const variable = variableOf(setting);
  if (variable === undefined) return;
  const isSet = async () => resolveValue(setting, await projectEnvironment(projectDir)) !== '';
  if (await isSet()) return;

  const file = join(projectDir, 'supabase/.env');
  const line = `${variable}="v1,whsec_${randomBytes(32).toString('base64')}"\n`;
  await mkdir(dirname(file), { recursive: true });
  // Several stacks may start at once: the first to bring its whole file has made the secret.
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, line, { mode: 0o600 });
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  if (!(await isSet())) await appendFile(file, `\n${line}`);
}
