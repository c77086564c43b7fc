import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { projectEnvironment, readEnvFile } from '../../local/env-files.ts';
import { StackError } from '../../local/errors.ts';
import { keepHookSecret } from '../../local/hook-secret.ts';

const setting = 'env(TEST_HOOK_SECRET)';
const secretForm = /^v1,whsec_[A-Za-z0-9+/]{43}=$/;
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'karigar-hook-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  return rm(dir, { recursive: true });
});

const secret = async () => (await readEnvFile(dir, 'supabase/.env')).TEST_HOOK_SECRET;

test('is made once, for its owner alone', async () => {
  await keepHookSecret(dir, setting);
  const made = await secret();
  expect(made).toMatch(secretForm);
  expect((await stat(join(dir, 'supabase/.env'))).mode & 0o777).toBe(0o600);
  await keepHookSecret(dir, setting);
  expect(await secret()).toBe(made);
});

test('stacks that start at once agree on it', async () => {
  await Promise.all(Array.from({ length: 10 }, () => keepHookSecret(dir, setting)));
  const text = await readFile(join(dir, 'supabase/.env'), 'utf8');
  expect(text.match(/TEST_HOOK_SECRET/g)).toHaveLength(1);
});

test('what is there stays, be it the secret or something else', async () => {
  await mkdir(join(dir, 'supabase'));
  const file = join(dir, 'supabase/.env');
  await writeFile(file, 'TEST_HOOK_SECRET=mine');
  await keepHookSecret(dir, setting);
  expect(await readFile(file, 'utf8')).toBe('TEST_HOOK_SECRET=mine');

  await writeFile(file, 'OTHER=1');
  await keepHookSecret(dir, setting);
  expect(await projectEnvironment(dir)).toMatchObject({
    OTHER: '1',
    TEST_HOOK_SECRET: expect.stringMatching(secretForm),
  });
});

test('nothing is made for a hook without a secret', async () => {
  await keepHookSecret(dir, '');
  expect(await readEnvFile(dir, 'supabase/.env')).toEqual({});
});

test('a second one, which the function would check with, is refused', async () => {
  await mkdir(join(dir, 'supabase/functions'), { recursive: true });
  const file = join(dir, 'supabase/functions/.env');
  await writeFile(file, 'TEST_HOOK_SECRET=another\n');
  await expect(keepHookSecret(dir, setting)).rejects.toThrow(StackError);
  await expect(keepHookSecret(dir, setting)).rejects.toThrow('TEST_HOOK_SECRET');

  await writeFile(file, `TEST_HOOK_SECRET=${await secret()}\n`);
  await keepHookSecret(dir, setting);
});

test('an empty one in the environment, which would win, is refused', async () => {
  vi.stubEnv('TEST_HOOK_SECRET', '');
  await expect(keepHookSecret(dir, setting)).rejects.toThrow(StackError);
  expect(await readEnvFile(dir, 'supabase/.env')).toEqual({});
});
