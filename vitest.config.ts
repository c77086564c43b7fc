import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import { defineConfig } from 'vitest/config';
import { isNodeWarning } from './local/quiet.ts';

const all = globSync('tests/**/*.test.ts');

/** About the embedded stack, the CLI and our own tools, not about the product. */
const platformFiles = [
  'tests/local/**/*.test.ts',
  'tests/tooling/{bootstrap,config,install,postgres,supabase-start}.test.ts',
  'tests/docs/{deploy,embedded}.test.ts',
  'tests/sdk/package.test.ts',
];

/** Files that share the run's one stack take turns; all others run beside each other. */
const isShared = (file: string): boolean => readFileSync(file, 'utf8').includes('helpers/stack.ts');

/** About the embedded engine itself, or about no database: a native server changes nothing. */
const embeddedOnly = process.env.DATABASE_URL
  ? ['tests/local/database*.test.ts', 'tests/sdk/package.test.ts']
  : [];

const apart = (name: string, include: string[]) => ({
  extends: true as const,
  test: {
    name,
    include,
    exclude: embeddedOnly,
    globalSetup: 'tests/helpers/migrated-setup.ts',
    maxWorkers: 2,
    sequence: { groupOrder: 0 },
  },
});

const shared = (name: string, include: string[], groupOrder: number) => ({
  extends: true as const,
  test: {
    name,
    include,
    globalSetup: 'tests/helpers/global-setup.ts',
    setupFiles: 'tests/helpers/observe-errors.ts',
    fileParallelism: false,
    sequence: { groupOrder },
  },
});

const platform = globSync(platformFiles);
const product = all.filter((file) => !platform.includes(file));

export default defineConfig({
  test: {
    // One stack is several processes on a machine of maybe two cores.
    testTimeout: 30_000,
    hookTimeout: 180_000,
    onConsoleLog: (log) => !isNodeWarning(log),
    projects: [
      apart(
        'product',
        product.filter((file) => !isShared(file)),
      ),
      shared('product on one stack', product.filter(isShared), 1),
      apart(
        'platform',
        platform.filter((file) => !isShared(file)),
      ),
      shared('platform on one stack', platform.filter(isShared), 2),
    ],
  },
});
