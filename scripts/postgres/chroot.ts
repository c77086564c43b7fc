/** A minimal Debian 13 in a folder: newer packages than the system's, without Docker. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const mirror = 'http://deb.debian.org/debian';
const suite = 'trixie';

export type Log = (line: string) => void;
export type Command = readonly [program: string, ...args: string[]];

/** Does nothing when the folder already holds these packages; another one is made anew. */
export function installChroot(root: string, packages: readonly string[], log: Log): void {
  const receipt = join(root, 'karigar-packages');
  const wanted = packages.join('\n');
  if (existsSync(receipt) && readFileSync(receipt, 'utf8') === wanted) return;

  // Built beside its place and moved there when complete: an abort leaves nothing half-made.
  const building = `${root}.building`;
  remove(building);
  mkdirSync(dirname(root), { recursive: true });
  log(`Setting up Debian ${suite} in ${root} (half a minute) …`);
  run(['debootstrap', '--variant=minbase', suite, building, mirror], log);

  log('Installing Postgres 17 and its extensions (half a minute) …');
  writeFileSync(join(building, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  mkdirSync(join(building, 'etc/postgresql-common'), { recursive: true });
  writeFileSync(
    join(building, 'etc/postgresql-common/createcluster.conf'),
    'create_main_cluster = false\n',
  );
  const install = ['apt-get', '--yes', '--no-install-recommends', 'install', ...packages];
  run(inChroot(building, 'root', ['env', 'DEBIAN_FRONTEND=noninteractive', ...install]), log);
  run(inChroot(building, 'root', ['apt-get', 'clean']), log);
  writeFileSync(join(building, 'karigar-packages'), wanted);
  remove(root);
  renameSync(building, root);
}

/**
 * Runs the command inside the folder, with /proc and /dev/shm. They are mounted in a namespace of
 * the command's own, so nothing has to be unmounted afterwards, however it ends.
 */
export function inChroot(root: string, user: string, command: Command): Command {
  const mounts = 'mount -t proc proc "$0/proc"; mount -t tmpfs tmpfs "$0/dev/shm"';
  const script = `{ ${mounts}; } 2>/dev/null; exec chroot --userspec="$1:$1" "$0" "\${@:2}"`;
  const shell: Command = ['bash', '-c', script, root, user, ...command];
  const mayMount = spawnSync('unshare', ['--mount', 'true']).status === 0;
  return mayMount ? ['unshare', '--mount', ...shell] : shell;
}

function remove(folder: string): void {
  // A debootstrap that was killed leaves /proc mounted, which must not be deleted through.
  const mounted = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounted.reverse()) execFileSync('umount', [path]);
  rmSync(folder, { recursive: true, force: true });
}

function run([program, ...args]: Command, log: Log): void {
  const result = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (result.status === 0) return;
  log(`${result.stdout}${result.stderr}`.trimEnd().split('\n').slice(-20).join('\n'));
  throw new Error(`${program} failed, see above`, { cause: result.error });
}
