/** The tools developers use: the Supabase CLI beside other clients, and psql where there is one. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../local/database/index.ts';
import { start, urlOf } from './database-client.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const cli = join(dirname(require.resolve('supabase/package.json')), '../.bin/supabase');
const hasPsql = await run('psql', ['--version']).then(
  () => true,
  () => false,
);

let root: string;
let database: Database;
let admin: postgres.Sql;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'karigar-tools-'));
  database = await start(join(root, 'data'));
  admin = postgres(urlOf(database.port), { onnotice: () => {} });
  await admin.unsafe(`
    create role postgres login createrole createdb;
    grant create on database postgres to postgres;
    grant create on schema public to postgres`);
  const migrations = join(root, 'supabase/migrations');
  await mkdir(migrations, { recursive: true });
  await writeFile(join(root, 'supabase/config.toml'), 'project_id = "tools"\n');
  await writeFile(
    join(migrations, '20260101000000_first.sql'),
    `create table tools (id int primary key, name text);
create function shout(text) returns text language sql return upper($1);
insert into tools values (1, 'hammer');`,
  );
  await writeFile(
    join(migrations, '20260102000000_second.sql'),
    `do $$ begin insert into tools values (2, 'saw'); end $$;
alter table tools add column price int;`,
  );
});
afterAll(async () => {
  await admin.end();
  await database.stop();
  await rm(root, { recursive: true, force: true });
});

const supabase = (...args: string[]) =>
  run(cli, [...args, `--remote=${urlOf(database.port, 'postgres')}`, '--yes'], {
    cwd: root,
    env: { ...process.env, PGSSLMODE: 'disable' },
  });

test('the Supabase CLI pushes and lists migrations while others work', async () => {
  let isOver = false;
  const work = (async () => {
    for (let count = 0; ; count += 1) {
      if (isOver) return count;
      await admin.begin((tx) => tx`select set_config('app.busy', 'yes', true)`);
    }
  })();
  await supabase('db', 'push');
  const { stdout } = await supabase('migration', 'list');
  isOver = true;
  expect(await work).toBeGreaterThan(0);
  expect(stdout).toMatch(/20260101000000\D+20260101000000/);
  expect(stdout).toMatch(/20260102000000\D+20260102000000/);
  expect(await admin`select id, shout(name) as name, price from tools order by id`).toEqual([
    { id: 1, name: 'HAMMER', price: null },
    { id: 2, name: 'SAW', price: null },
  ]);
  const { stdout: types } = await supabase('gen', 'types');
  expect(types).toMatch(/\btools"?: \{/);
}, 60_000);

test.runIf(hasPsql)('psql runs a script with transactions and COPY', async () => {
  const script = join(root, 'script.sql');
  await writeFile(
    script,
    `begin;
create table copied (id int, name text);
copy copied from stdin;
1\tone
2\ttwo
\\.
commit;
set role postgres;
select current_user, session_user;
reset role;
\\copy copied to stdout
`,
  );
  const { stdout } = await run('psql', [urlOf(database.port), '-XAtq', '-f', script]);
  expect(stdout).toBe('postgres|supabase_admin\n1\tone\n2\ttwo\n');
});
