import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StackError } from '../../local/errors.ts';
import { loadKeys } from '../../local/keys.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'karigar-keys-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it('makes keys at the first start and keeps them', async () => {
  const stateDir = join(dir, 'below', '.karigar');
  const keys = await loadKeys(stateDir);
  expect(keys.publishableKey).toMatch(/^sb_publishable_/);
  expect(keys.secretKey).toMatch(/^sb_secret_/);
  expect(keys.signingKey).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256' });
  expect(await loadKeys(stateDir)).toEqual(keys);
  expect(await loadKeys(join(dir, 'other'))).not.toEqual(keys);
});

it('keeps them from other users of the machine', async () => {
  await loadKeys(dir);
  const path = join(dir, 'keys.json');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await chmod(path, 0o644);
  await loadKeys(dir);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('names the file and the field when they are damaged, and leaves the file alone', async () => {
  await loadKeys(dir);
  const path = join(dir, 'keys.json');
  const keys = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...keys, secretKey: 'sb_secret_' }));
  await expect(loadKeys(dir)).rejects.toThrow(/keys\.json is damaged \(secretKey\)/);
  await writeFile(path, '{"publishableKey": "sb_pub');
  await expect(loadKeys(dir)).rejects.toThrow(StackError);
  expect(await readFile(path, 'utf8')).toBe('{"publishableKey": "sb_pub');
});
