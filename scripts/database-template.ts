/**
 * An embedded database with the platform in it, made once and copied from then on: a test file
 * that needs a database of its own gets it in seconds.
 */
import { createHash, randomUUID } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bootstrap } from '../local/bootstrap.ts';
import { startDatabase } from '../local/database/index.ts';
import { projectDir } from './paths.ts';

const cacheDir = join(projectDir, 'node_modules', '.cache', 'karigar-database');
/** Whatever could make another database of it. */
const sources = ['local/bootstrap', 'local/bootstrap.ts', 'local/database', 'package-lock.json'];

/** `dataDir` must not exist yet; `startDatabase` takes it up under any password. */
export async function copyDatabaseTemplate(dataDir: string): Promise<void> {
  const template = join(cacheDir, await fingerprint());
  if (!existsSync(template)) await build(template);
  await cp(template, dataDir, { recursive: true, mode: constants.COPYFILE_FICLONE });
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  for (const path of (await Promise.all(sources.map(filesOf))).flat().sort()) {
    hash.update(path).update(await readFile(path));
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesOf(path: string): Promise<string[]> {
  const full = join(projectDir, path);
  if (/\.\w+$/.test(path)) return [full];
  return (await readdir(full)).map((name) => join(full, name));
}

/** Several processes may build at once: the first to finish wins. */
async function build(template: string): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  const outdated = await readdir(cacheDir);
  const draft = `${template}.${randomUUID()}`;
  const log = { info() {}, warn() {}, error() {} };
  const password = randomUUID();
  const database = await startDatabase({ dataDir: draft, port: 0, password, log });
  const url = `postgres://supabase_admin:${password}@127.0.0.1:${database.port}/postgres`;
  try {
    await bootstrap(url, { databasePassword: password });
  } finally {
    await database.stop();
  }
  await rename(draft, template).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  await rm(draft, { recursive: true, force: true });
  // Drafts of others may be under way; finished templates of other sources are of no use.
  const finished = outdated.filter((name) => /^[0-9a-f]{16}$/.test(name));
  await Promise.all(
    finished
      .map((name) => join(cacheDir, name))
      .filter((path) => path !== template)
      .map((path) => rm(path, { recursive: true, force: true })),
  );
}
