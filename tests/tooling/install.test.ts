import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { projectDir } from '../../scripts/paths.ts';

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({ optionalDependencies: z.record(z.string(), z.string()).default({}) }),
  ),
});

/** A project of one local package, so that installing needs no registry. */
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'karigar-install-'));
  await mkdir(join(folder, 'scripts'));
  await mkdir(join(folder, 'tool'));
  await cp(join(projectDir, 'scripts/install.mjs'), join(folder, 'scripts/install.mjs'));
  // It asks for a Node.js that nobody has, of which npm would warn.
  const engines = { node: '>=99' };
  await write('tool/package.json', { name: 'tool', version: '1.0.0', engines });
  const tool = { version: '1.0.0', engines };
  await lock({ 'node_modules/tool': { resolved: 'tool', link: true }, tool });
});

afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, content: unknown) =>
  writeFile(join(folder, name), JSON.stringify(content));

async function lock(packages: Record<string, unknown>, dependency = 'file:tool'): Promise<void> {
  const dependencies = { tool: dependency };
  await write('package.json', { name: 'project', version: '1.0.0', dependencies });
  await write('package-lock.json', {
    name: 'project',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: { '': { name: 'project', version: '1.0.0', dependencies }, ...packages },
  });
}

function install(env: NodeJS.ProcessEnv = {}, ...nodeOptions: string[]) {
  const args = [...nodeOptions, join(folder, 'scripts/install.mjs')];
  return spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
}

test('installs what is missing, then is silent', async () => {
  const first = install();
  expect(first.stderr).toContain('Installing packages');
  expect(first.stderr).not.toContain('warn');
  expect(first.status).toBe(0);
  expect(await readFile(join(folder, 'node_modules/tool/package.json'), 'utf8')).toContain('1.0.0');

  const second = install({ PATH: '' });
  expect({ ...second, pid: 0 }).toMatchObject({ status: 0, stdout: '', stderr: '' });
});

test('installs again when the lock file has moved on', async () => {
  install();
  await write('tool/package.json', { name: 'tool', version: '1.1.0' });
  await lock({ 'node_modules/tool': { resolved: 'tool', link: true }, tool: { version: '1.1.0' } });
  expect(install().stderr).toContain('Installing packages');
  expect(install({ PATH: '' }).stderr).toBe('');
});

test('says that the registry is out of reach', async () => {
  const resolved = 'http://127.0.0.1:9/tool/-/tool-1.0.0.tgz';
  await lock({ 'node_modules/tool': { version: '1.0.0', resolved } }, '1.0.0');
  const offline = install({
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_fetch_retries: '0',
  });
  expect(offline.stderr).toContain('Is the npm registry reachable?');
  expect(offline.status).toBe(1);
});

test('says that npm is missing', () => {
  const { stderr, status } = install({ PATH: '' });
  expect(stderr).toContain('npm could not be started');
  expect(status).toBe(1);
});

test('says that Node.js is too old', () => {
  const pretend = 'Object.defineProperty(process.versions, "node", { value: "18.19.0" })';
  const { stderr, status } = install({}, `--import=data:text/javascript,${encodeURI(pretend)}`);
  expect(stderr).toContain('needs Node.js 20 or newer');
  expect(status).toBe(1);
});

test('says that package-lock.json is damaged', async () => {
  await writeFile(join(folder, 'package-lock.json'), '<<<<<<< HEAD');
  const { stderr, status } = install();
  expect(stderr).toContain('git checkout package-lock.json');
  expect(status).toBe(1);
});

/** npm leaves out what its registry lacks, and then refuses to install from such a lock file. */
test('package-lock.json holds the packages of every platform', async () => {
  const { packages } = lockSchema.parse(
    JSON.parse(await readFile(join(projectDir, 'package-lock.json'), 'utf8')),
  );
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies)
      .filter(
        (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
      )
      .map((name) => `${name} of ${path}`),
  );
  expect(missing).toEqual([]);
});
