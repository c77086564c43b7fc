/** Runs the Supabase CLI that npm installed, against databases on this machine. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const cli = join(
  dirname(createRequire(import.meta.url).resolve('supabase/package.json')),
  'dist/supabase.js',
);

export interface SupabaseOptions {
  /** The folder that holds `supabase/`. */
  readonly projectDir: string;
  readonly env?: NodeJS.ProcessEnv;
}

export interface SupabaseResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Resolves whatever the exit code is. */
export async function trySupabase(
  args: readonly string[],
  options: SupabaseOptions,
): Promise<SupabaseResult> {
  const child = spawn(process.execPath, [cli, '--workdir', options.projectDir, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      // A server without TLS makes the CLI print a warning into its results.
      PGSSLMODE: 'disable',
      DO_NOT_TRACK: '1',
      SUPABASE_NO_UPDATE_NOTIFIER: '1',
      SUPABASE_TELEMETRY_DISABLED: '1',
      // config.toml is refused as a whole while a secret that it names is missing.
      SEND_SMS_HOOK_SECRET: `v1,whsec_${randomBytes(32).toString('base64')}`,
      ...options.env,
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
  return { exitCode, stdout, stderr };
}

/** Resolves to what the CLI printed; throws its messages when it fails. */
export async function supabase(args: readonly string[], options: SupabaseOptions): Promise<string> {
  const { exitCode, stdout, stderr } = await trySupabase(args, options);
  if (exitCode === 0) return stdout;
  throw new Error(`supabase ${args.join(' ')} failed:\n${stderr.trim() || stdout.trim()}`);
}
