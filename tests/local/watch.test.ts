import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { StackConfig } from '../../local/config.ts';
import { watchProject } from '../../local/dev/watch.ts';
import type { FunctionDefinition } from '../../local/project.ts';
import { testLimits } from '../helpers/database.ts';

let dir: string;
let restarted: (readonly string[] | undefined)[];
let rebuilt: string[];
let said: string[];
let unwatch: () => Promise<void>;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'karigar-watch-'));
  for (const folder of [
    'functions/a',
    'functions/b',
    'functions/_shared',
    'sql/10_x',
    'supabase/functions',
  ]) {
    await mkdir(join(dir, folder), { recursive: true });
  }
  await writeFile(join(dir, 'supabase/config.toml'), '');
  restarted = [];
  rebuilt = [];
  said = [];
  const config: StackConfig = {
    ...{ projectDir: dir, stateDir: join(dir, '.karigar'), url: '', apiPort: 0, dbPort: 0 },
    ...{ databaseUrl: '', adminDatabaseUrl: '', embedded: true, limits: testLimits },
    ...{ accessTokenSeconds: 900, refreshTokenSeconds: 900, behindProxy: false },
  };
  const definition = (name: string): FunctionDefinition => ({
    name,
    entrypoint: join(dir, 'functions', name, 'index.ts'),
    denoConfig: null,
    verifyJwt: true,
    secrets: {},
  });
  const functions = {
    name: 'functions',
    definitions: [definition('a'), definition('b')],
    fetch: async () => new Response(),
    stop: async () => {},
    restart: async (names?: readonly string[]) => void restarted.push(names),
  };
  unwatch = await watchProject(
    { config, functions },
    {
      rebuild: async (_projectDir, paths) => void rebuilt.push(...paths),
      say: (line) => void said.push(line),
    },
  );
});
afterEach(async () => {
  await unwatch();
  await rm(dir, { recursive: true, force: true });
});

const write = (path: string) => writeFile(join(dir, path), 'changed');

it('restarts the function that changed, once for many files', async () => {
  await Promise.all(['functions/a/app.ts', 'functions/a/index.ts'].map(write));
  await vi.waitUntil(() => restarted.length > 0);
  expect(restarted).toEqual([['a']]);
  expect(rebuilt).toEqual([]);
});

it('restarts all when shared code or the secrets change', async () => {
  await write('functions/_shared/log.ts');
  await vi.waitUntil(() => restarted.length > 0);
  await write('supabase/functions/.env');
  await vi.waitUntil(() => restarted.length > 1);
  expect(restarted).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
});

it('rebuilds the migrations when sql/ changes', async () => {
  await write('sql/10_x/10_y.sql');
  await vi.waitUntil(() => rebuilt.length > 0);
  expect(rebuilt).toEqual([join('sql', '10_x', '10_y.sql')]);
  expect(restarted).toEqual([]);
});

it('says what takes a new start', async () => {
  await mkdir(join(dir, 'functions/payments'));
  await write('supabase/config.toml');
  await vi.waitUntil(() => said.some((line) => line.includes('config.toml has changed')));
  await vi.waitUntil(() => said.some((line) => line.includes('New in functions/: payments')));
});
