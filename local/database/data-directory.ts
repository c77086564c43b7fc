/** Opens the engine on a data directory; makes the directory first when there is none. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Engine } from './engine.ts';

/** Making the directory failed, or opening what was there. */
export class DirectoryFailure extends Error {
  readonly code: 'start_failed' | 'directory_damaged';

  constructor(code: 'start_failed' | 'directory_damaged', message: string) {
    super(message);
    this.code = code;
  }
}

export async function openDirectory(dataDir: string): Promise<Engine> {
  // there as long as the directory is being made: nothing has been stored in it yet
  const unfinished = join(dataDir, 'initialising');
  if (existsSync(unfinished)) rmSync(dataDir, { recursive: true });
  const isNew = !existsSync(dataDir) || readdirSync(dataDir).length === 0;
  try {
    if (isNew) {
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
      writeFileSync(unfinished, '');
      await fill(dataDir);
    } else if (!existsSync(join(dataDir, 'PG_VERSION'))) {
      throw new Error('it holds other files');
    }
    const engine = await Engine.open(dataDir);
    rmSync(unfinished, { force: true });
    return engine;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (isNew) {
      const message = `The database could not be created in ${dataDir}: ${reason}.`;
      throw new DirectoryFailure('start_failed', message);
    }
    throw new DirectoryFailure(
      'directory_damaged',
      `The database in ${dataDir} is damaged and can't be opened (${reason}). ` +
        'Move the folder away to keep it, or run "npm run reset" to begin anew.',
    );
  }
}

/**
 * initdb takes seconds, so its result is kept and copied. Where it can't be kept, the engine runs
 * initdb itself as it finds the directory empty.
 */
async function fill(dataDir: string): Promise<void> {
  const template = await templateDirectory();
  if (!existsSync(template)) {
    const own = `${template}.${process.pid}`;
    try {
      mkdirSync(own, { recursive: true });
    } catch {
      return;
    }
    const engine = await Engine.open(own);
    await engine.close();
    // another process may have been faster
    if (existsSync(template)) rmSync(own, { recursive: true });
    else renameSync(own, template);
  }
  cpSync(template, dataDir, { recursive: true });
}

async function templateDirectory(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const manifest = await readFile(join(dirname(entry), '../package.json'), 'utf8');
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(manifest));
  const cache = fileURLToPath(new URL('../../node_modules/.cache/karigar/', import.meta.url));
  return join(cache, `database-${version}`);
}
