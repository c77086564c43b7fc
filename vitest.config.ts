import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import { defineConfig } from 'vitest/config';

/** Files that share the run's one stack take turns; all others run beside each other. */
const shared = globSync('tests/**/*.test.ts').filter((file) =>
  readFileSync(file, 'utf8').includes('helpers/stack.ts'),
);

/** About the embedded engine itself, or about no database: a native server changes nothing in them. */
const embeddedOnly = ['tests/local/database*.test.ts', 'tests/sdk/package.test.ts'];

export default defineConfig({
  test: {
    // One stack is several processes on a machine of maybe two cores.
    testTimeout: 30_000,
    hookTimeout: 180_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'apart',
          include: ['tests/**/*.test.ts'],
          exclude: [...shared, ...(process.env.DATABASE_URL ? embeddedOnly : [])],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'stack',
          include: shared,
          globalSetup: 'tests/helpers/global-setup.ts',
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
