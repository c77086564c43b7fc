import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { functionsEnvFile, projectEnvironment, readEnvFile, resolveValue } from '../env-files.ts';
import type { FunctionDefinition } from '../project.ts';
import type { StackContext } from '../service.ts';

export type FunctionContext = Pick<StackContext, 'config' | 'keys' | 'tokens'>;

const preload = fileURLToPath(new URL('./preload.ts', import.meta.url));
const installApiSchema = z.object({ runInstall: z.function({ input: [], output: z.string() }) });

/** The binary itself: the package's launcher would stand between the function and its IPC channel. */
export function denoBinary(): string {
  const require = createRequire(import.meta.url);
  return installApiSchema.parse(require('deno/install_api.cjs')).runInstall();
}

/** What hosted gives every function, then the developer's own secrets, which may not replace it. */
export async function functionEnvironment(
  { config, keys, tokens }: FunctionContext,
  { name, secrets }: Pick<FunctionDefinition, 'name' | 'secrets'>,
): Promise<Record<string, string>> {
  const environment = await projectEnvironment(config.projectDir);
  const named = Object.entries(secrets)
    .map(([variable, value]) => [variable, resolveValue(value, environment)])
    .filter(([, value]) => value !== '');
  return {
    // As `supabase start` gives them; on hosted, `supabase secrets set` sets the same.
    ...Object.fromEntries(named),
    ...(await readEnvFile(config.projectDir, functionsEnvFile)),
    SUPABASE_URL: config.url,
    SUPABASE_DB_URL: config.databaseUrl,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secretKey }),
    SUPABASE_ANON_KEY: keys.publishableKey,
    SUPABASE_SERVICE_ROLE_KEY: keys.secretKey,
    SUPABASE_JWKS: JSON.stringify(tokens.jwks()),
    SUPABASE_FUNCTION_SLUG: name,
    SB_REGION: 'local',
    SB_EXECUTION_ID: randomUUID(),
    DENO_DEPLOYMENT_ID: `local_${name}_1`,
    SMS_INBOX_URL: `${config.url}/_inbox/api/messages`,
    DENO_DIR: join(config.stateDir, 'deno'),
    DENO_NO_UPDATE_CHECK: '1',
    NO_COLOR: '1',
  };
}

/**
 * No writing, no subprocesses, no native code, as on hosted; packages come from node_modules, so
 * nothing is downloaded. The heap is hosted's 256 MB.
 */
export function denoArguments({ entrypoint, denoConfig }: FunctionDefinition, projectDir: string) {
  const readable = [dirname(dirname(entrypoint)), join(projectDir, 'node_modules')];
  return [
    'run',
    '--no-prompt',
    '--no-lock',
    '--node-modules-dir=manual',
    '--allow-net',
    '--allow-env',
    '--allow-sys',
    `--allow-read=${readable.join(',')}`,
    '--v8-flags=--max-old-space-size=256',
    `--preload=${preload}`,
    ...(denoConfig === null ? [] : ['--config', denoConfig]),
    entrypoint,
  ];
}
