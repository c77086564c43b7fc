import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepHookSecret } from '../../local/hook-secret.ts';

test('is written once, for its owner alone, and never over what is there', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'karigar-hook-'));
  try {
    await mkdir(join(dir, 'supabase'));
    const file = join(dir, 'supabase/.env');
    await keepHookSecret(dir, 'v1,whsec_one');
    expect(await readFile(file, 'utf8')).toBe('SEND_SMS_HOOK_SECRET="v1,whsec_one"\n');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await writeFile(file, 'MINE=1\n');
    await keepHookSecret(dir, 'v1,whsec_two');
    expect(await readFile(file, 'utf8')).toBe('MINE=1\n');
  } finally {
    await rm(dir, { recursive: true });
  }
});
