/** Everything that must hold before a commit: runs all steps, names those that failed. */
import { spawnSync } from 'node:child_process';
import { projectDir } from './paths.ts';

const npx = (...args: string[]) => ['npx', '--no-install', ...args];

const steps: readonly (readonly [name: string, command: readonly string[]])[] = [
  ['format and lint', npx('biome', 'check', '.')],
  ['types', npx('tsc', '--noEmit')],
  ['types of what runs in Deno', npx('tsc', '-p', 'tsconfig.deno.json')],
  ['SQL syntax', npx('postgres-language-server', 'check', '--disable-db', 'sql', 'local')],
  // Generated files, SQL style, rules of the schema, lints and advisors are tests.
  ['tests', npx('vitest', 'run')],
];

const failed: string[] = [];
for (const [name, [program = '', ...args]] of steps) {
  const startedAt = performance.now();
  console.log(`\n▶ ${name}`);
  const { status } = spawnSync(program, args, { cwd: projectDir, stdio: 'inherit' });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${status === 0 ? '✔' : '✘'} ${name} (${seconds} s)`);
  if (status !== 0) failed.push(name);
}

if (!process.env.DATABASE_URL) {
  console.log(
    '\nSkipped for want of a native server: plpgsql lint, advisors, comparison by pg-delta.\n' +
      'DATABASE_URL=$(npm run -s postgres -- --detach) npm run check',
  );
}
console.log(failed.length === 0 ? '\nAll is well.' : `\nFailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
