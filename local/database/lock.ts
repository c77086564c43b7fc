/**
 * One process per data directory. The lock is a file beside it that names its holder; a holder
 * that was killed holds nothing, even when its process id has been given to another process.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const holderSchema = z.object({
  pid: z.number().int().positive(),
  startedAt: z.string().nullable(),
});
type Holder = z.infer<typeof holderSchema>;

export class DirectoryLocked extends Error {
  readonly pid: number;

  constructor(pid: number) {
    super(`in use by process ${pid}`);
    this.pid = pid;
  }
}

/** Takes the lock for this process; returns what gives it back. Throws DirectoryLocked. */
export function lockDirectory(dataDir: string): () => void {
  const path = `${dataDir}.lock`;
  const own = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true });
  const holder: Holder = { pid: process.pid, startedAt: startOf(process.pid) };
  writeFileSync(own, JSON.stringify(holder), { mode: 0o600 });
  try {
    // each round either takes the lock, finds a living holder or puts a dead one's file away
    for (;;) {
      if (link(own, path)) return () => rmSync(path, { force: true });
      const current = readHolder(path);
      if (current && isAlive(current)) throw new DirectoryLocked(current.pid);
      putAway(path, current);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Undefined when there is no file, or none that a holder has written. */
function readHolder(path: string): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Removes a dead holder's file; what another process has put there meanwhile goes back. */
function putAway(path: string, dead: Holder | undefined): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = readHolder(aside);
  const isDead = moved?.pid === dead?.pid && moved?.startedAt === dead?.startedAt;
  if (!isDead) link(aside, path);
  rmSync(aside, { force: true });
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
  }
  const startedAt = startOf(holder.pid);
  return startedAt === null || holder.startedAt === null || startedAt === holder.startedAt;
}

/** When a process began, in clock ticks since boot, with the boot's id; null where unknown. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the name in parentheses may hold anything, so the fields are counted behind it
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return 'dead';
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${fields[19]}`;
  } catch {
    return null;
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
