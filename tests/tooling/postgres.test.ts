import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectDir } from '../../scripts/paths.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'karigar-postgres-'));
});

afterAll(() => rm(folder, { recursive: true }));

function run(args: string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'scripts/postgres.ts', ...args],
    {
      cwd: projectDir,
      encoding: 'utf8',
      env: { ...process.env, KARIGAR_POSTGRES_DIR: folder, ...env },
    },
  );
  return { status, stdout, stderr };
}

test('stop says when there is nothing to stop', () => {
  expect(run(['stop'])).toMatchObject({ status: 0, stderr: 'Postgres was not running.\n' });
});

test('refuses what it does not know', () => {
  expect(run(['restart'])).toMatchObject({ status: 1, stdout: '' });
});

// Without programs in reach there is neither a Postgres nor a debootstrap.
test.skipIf(existsSync('/usr/lib/postgresql/17/bin/pg_config'))(
  'where it can set up nothing, it says what to do',
  () => {
    const { status, stderr } = run(['start'], { PATH: folder });
    expect(status).toBe(1);
    expect(stderr).toContain('apt-get install postgresql-17 postgresql-17-postgis-3');
    expect(stderr).toContain('DATABASE_URL=postgres://supabase_admin');
  },
);
