/** Finds the programs of a Postgres 17 with every extension that the product needs. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installChroot, type Log } from './chroot.ts';

/** Debian's package of each extension; hypopg serves the advisors' index advice. */
export const extensionPackages: Readonly<Record<string, string>> = {
  postgis: 'postgresql-17-postgis-3',
  vector: 'postgresql-17-pgvector',
  pg_cron: 'postgresql-17-cron',
  pgtap: 'postgresql-17-pgtap',
  plpgsql_check: 'postgresql-17-plpgsql-check',
  hypopg: 'postgresql-17-hypopg',
};

export interface Binaries {
  /** The folder that the programs see as `/`; null when they run on this system itself. */
  readonly root: string | null;
  readonly binDir: string;
}

/** This system's own Postgres when it is complete, else one in a Debian below `stateDir`. */
export function findBinaries(stateDir: string, log: Log): Binaries {
  const own = ownBinaries();
  if (own) return own;
  const obstacle = chrootObstacle();
  if (obstacle) throw new Error(howToBringOne(obstacle));
  const root = join(stateDir, 'root');
  installChroot(root, ['postgresql-17', ...Object.values(extensionPackages)], log);
  return { root, binDir: '/usr/lib/postgresql/17/bin' };
}

function ownBinaries(): Binaries | undefined {
  const candidates = [pgConfig('pg_config'), pgConfig('/usr/lib/postgresql/17/bin/pg_config')];
  const complete = candidates.find(
    (candidate) =>
      candidate?.version.startsWith('PostgreSQL 17') &&
      Object.keys(extensionPackages).every((name) =>
        existsSync(join(candidate.shareDir, 'extension', `${name}.control`)),
      ),
  );
  return complete && { root: null, binDir: complete.binDir };
}

function pgConfig(program: string) {
  const ask = (question: string) => spawnSync(program, [question], { encoding: 'utf8' });
  const version = ask('--version');
  if (version.status !== 0) return undefined;
  return {
    version: version.stdout,
    binDir: ask('--bindir').stdout.trim(),
    shareDir: ask('--sharedir').stdout.trim(),
  };
}

function chrootObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'this is not Linux';
  if (process.getuid?.() !== 0) return 'only root can set up a Debian in a folder';
  if (spawnSync('debootstrap', ['--version']).error) {
    return 'debootstrap is not installed (apt-get install debootstrap)';
  }
  return undefined;
}

function howToBringOne(obstacle: string): string {
  return [
    `Postgres 17 with its extensions is not installed, and can't be set up here: ${obstacle}.`,
    'Either install it: on Debian 13 or Ubuntu with the PostgreSQL project’s repository',
    `  apt-get install postgresql-17 ${Object.values(extensionPackages).join(' ')}`,
    'or bring a server of your own: version 17, wal_level = logical,',
    "shared_preload_libraries = 'pg_cron', the superuser called supabase_admin",
    '(`initdb --username=supabase_admin`), and these extensions installed:',
    `  ${Object.keys(extensionPackages).join(', ')} and contrib`,
    'and name it: DATABASE_URL=postgres://supabase_admin:PASSWORD@HOST:PORT/postgres',
  ].join('\n');
}
