/** `npm run reset`: empties the stack's database; keys and addresses stay. */
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { z } from 'zod';
import { readCommandLine } from './command-line.ts';
import { lockDirectory } from './database/lock.ts';
import { messageOf, StackError } from './errors.ts';
import { report } from './run.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

try {
  const { databaseUrl, stateDir, yes } = readCommandLine(process.argv.slice(2), process.env);
  const state = resolve(stateDir ?? join(root, '.karigar'));
  await refuseWhileRunning(state);
  if (databaseUrl === undefined) await resetEmbedded(state);
  else await resetNative(databaseUrl, yes);
  await rm(join(state, 'storage'), { recursive: true, force: true });
  console.log('The next `npm start` builds the database anew.');
} catch (error) {
  report(error);
}

async function refuseWhileRunning(state: string): Promise<void> {
  const text = await readFile(join(state, 'stack.json'), 'utf8').catch(() => '{}');
  const { data } = z.object({ pid: z.int().positive() }).safeParse(JSON.parse(text));
  if (data === undefined || !isAlive(data.pid)) return;
  throw new StackError(`The stack is running (process ${data.pid}): stop it first.`);
}

async function resetEmbedded(state: string): Promise<void> {
  const dataDir = join(state, 'database');
  const unlock = takeLock(dataDir);
  try {
    await rm(dataDir, { recursive: true, force: true });
  } finally {
    unlock();
  }
  console.log(`Deleted ${dataDir}.`);
}

/** A stack that is still starting has no stack.json yet, but it has the lock. */
function takeLock(dataDir: string): () => void {
  try {
    return lockDirectory(dataDir);
  } catch (error) {
    // Nothing was ever started here.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return () => {};
    throw new StackError(`${dataDir} is ${messageOf(error)}: stop the stack first.`);
  }
}

/** Drops the database itself: users, objects and the platform's schemas are as much in it. */
async function resetNative(databaseUrl: string, yes: boolean): Promise<void> {
  const url = new URL(databaseUrl);
  const name = decodeURIComponent(url.pathname.slice(1)) || 'postgres';
  if (!yes) {
    throw new StackError(
      `This drops the database "${name}" on ${url.host} with everything in it, the users and ` +
        'whatever else is there, and creates it empty. If you are sure:\n' +
        '  npm run reset -- --yes',
    );
  }
  // A database can't be dropped from within itself.
  url.pathname = name === 'template1' ? '/postgres' : '/template1';
  const sql = postgres(url.href, { max: 1, onnotice: () => {} });
  try {
    await sql`drop database if exists ${sql(name)} with (force)`;
    await sql`create database ${sql(name)} template template0`;
  } finally {
    await sql.end();
  }
  console.log(`Dropped and created the database "${name}" on ${url.host}.`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
