/**
 * Installs the packages when they are missing or older than package-lock.json; else does nothing.
 * Plain JavaScript: it runs before there is anything that could compile TypeScript.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const projectDir = dirname(dirname(fileURLToPath(import.meta.url)));

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 20) fail(`Karigar needs Node.js 20 or newer; this is ${process.version}.`);
if (!isInstalled()) install();

/** npm leaves a copy of what it installed, without the root package, in node_modules. */
function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf('node_modules/.package-lock.json');
  if (!wanted) fail('package-lock.json is missing or damaged: git checkout package-lock.json');
  if (!present) return false;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => optional || present[path]?.version === version,
  );
}

/** @returns {Record<string, { version: string, optional?: boolean }> | undefined} */
function packagesOf(file) {
  try {
    const { packages } = JSON.parse(readFileSync(join(projectDir, file), 'utf8'));
    delete packages[''];
    return packages;
  } catch {
    return undefined;
  }
}

function install() {
  console.error('Installing packages (once; takes a minute) …');
  // Scripts of packages are not needed, and nobody should have to trust them. npm's warnings, as of
  // packages that prefer a newer Node.js, tell a newcomer nothing to act on; errors are shown.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = spawnSync('npm', ['ci', ...options], {
    cwd: projectDir,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (npm.error) fail(`npm could not be started: ${npm.error.message}`);
  if (npm.status !== 0) {
    fail('npm could not install the packages (see above). Is the npm registry reachable?');
  }
}

/** @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}
