import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The Supabase CLI refuses the whole of config.toml without the hook's secret, so that not even
 * `supabase migration list` would run. An existing `supabase/.env` is left alone.
 */
export async function keepHookSecret(projectDir: string, secret: string): Promise<void> {
  const file = join(projectDir, 'supabase/.env');
  await writeFile(file, `SEND_SMS_HOOK_SECRET="${secret}"\n`, { flag: 'wx', mode: 0o600 }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
}
