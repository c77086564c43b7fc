import { randomBytes, randomUUID } from 'node:crypto';
import { appendFile, link, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  functionsEnvFile,
  projectEnvironment,
  readEnvFile,
  resolveValue,
  variableOf,
} from './env-files.ts';
import { StackError } from './errors.ts';

/**
 * Makes the secret that config.toml names for a hook (`env(…)`), in supabase/.env, unless it is
 * set already. The CLI refuses the whole of config.toml without it, and whoever deploys sends it
 * to Auth and to the functions, so there must be one only.
 */
export async function keepHookSecret(projectDir: string, setting: string): Promise<void> {
  const variable = variableOf(setting);
  if (variable === undefined) return;
  if (process.env[variable] === '') {
    throw new StackError(`${variable} is set in the environment, and empty: unset it, or set it.`);
  }
  const secret = async () => resolveValue(setting, await projectEnvironment(projectDir));
  if ((await secret()) === '') await makeSecret(projectDir, variable, secret);

  // It wins for the function, here as in the CLI, and Auth signs with the other one.
  const { [variable]: second } = await readEnvFile(projectDir, functionsEnvFile);
  if (second === undefined || second === (await secret())) return;
  throw new StackError(
    `${variable} stands in ${functionsEnvFile} too, with another value: the function would refuse ` +
      'every call of Auth. Take it out there; supabase/.env has it.',
  );
}

async function makeSecret(projectDir: string, variable: string, secret: () => Promise<string>) {
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
  if ((await secret()) === '') await appendFile(file, `\n${line}`);
}
