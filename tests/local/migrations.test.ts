import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { StackError } from '../../local/errors.ts';
import { migrate } from '../../local/migrations.ts';
import { supabase } from '../../local/supabase.ts';
import { projectDir as root } from '../../scripts/paths.ts';
import { type TestDatabase, testDatabase } from '../helpers/database.ts';

const table = `-- A table; with a comment.

create table public.things (id integer primary key, name text default 'a;b'); -- end

create function public.one() returns integer language sql as $$ select 1; $$;
`;

const seeded = "insert into public.things values (1, 'seeded');";

// The tests follow one database through its life.
let database: TestDatabase;
let sql: Sql;
let dir: string;

beforeAll(async () => {
  database = await testDatabase();
  sql = postgres(database.adminUrl, { max: 1, onnotice: () => {} });
  dir = await mkdtemp(join(tmpdir(), 'karigar-migrations-'));
  await mkdir(join(dir, 'supabase/migrations'), { recursive: true });
  await mkdir(join(dir, 'sql/seed'), { recursive: true });
  await cp(join(root, 'supabase/config.toml'), join(dir, 'supabase/config.toml'));
});
afterAll(async () => {
  await sql?.end();
  await database?.stop();
  await rm(dir, { recursive: true, force: true });
});

const path = (name: string) => join(dir, 'supabase/migrations', name);
const write = (name: string, text: string) => writeFile(path(name), text);
const seed = (text: string) => writeFile(join(dir, 'sql/seed/a.sql'), text);

async function apply(seedPaths = ['../sql/seed/*.sql']): Promise<string[]> {
  const said: string[] = [];
  const { databaseUrl } = database;
  const onProgress = (line: string) => void said.push(line);
  await migrate({ projectDir: dir, databaseUrl, seedPaths, onProgress });
  return said;
}

it('applies migrations and seed as postgres, in the history of the CLI', async () => {
  await write('20260101000100_things.sql', table);
  await seed(seeded);
  expect(await apply()).toEqual(['Applying 1 migration and 1 seed file …']);
  const [owner] = await sql`select tableowner from pg_tables where tablename = 'things'`;
  expect(owner).toEqual({ tableowner: 'postgres' });
  expect([...(await sql`select name from public.things`)]).toEqual([{ name: 'seeded' }]);
  const args = ['migration', 'list', `--remote=${database.databaseUrl}`];
  const list = await supabase([...args, '--output-format', 'json'], { projectDir: dir });
  expect(list.match(/20260101000100/g)?.length).toBeGreaterThanOrEqual(2);
});

it('asks the CLI for nothing when nothing is missing', async () => {
  const began = Date.now();
  expect(await apply()).toEqual([]);
  expect(Date.now() - began).toBeLessThan(1000);
});

it('says that a seed file has changed', async () => {
  await seed("insert into public.things values (2, 'changed');");
  expect(await apply()).toEqual([expect.stringMatching(/sql\/seed\/a\.sql has changed/)]);
  expect((await sql`select from public.things`).length).toBe(1);
  await seed(seeded);
});

it('shows file, statement and message of a migration that fails, and keeps nothing of it', async () => {
  await write('20260101000300_wrong.sql', 'create table public.more ();\nselect nothing;\n');
  await expect(apply()).rejects.toThrow(
    /20260101000300_wrong\.sql.*column "nothing" does not exist.*select nothing/s,
  );
  const [row] = await sql`select to_regclass('public.more') as more`;
  expect(row).toEqual({ more: null });
  await write('20260101000300_wrong.sql', 'create table public.more ();\n');
  expect(await apply()).toEqual(['Applying 1 migration …']);
});

it('does not mind other white space, but names a migration that has changed', async () => {
  await write('20260101000100_things.sql', table.replaceAll('\n\n', '\n\n\n'));
  expect(await apply()).toEqual([]);
  await write('20260101000100_things.sql', table.replace('select 1', 'select 2'));
  await expect(apply()).rejects.toThrow(/20260101000100_things\.sql.*npm run reset/s);
  await write('20260101000100_things.sql', table);
});

it('names a migration that comes too late, and one that is gone', async () => {
  await write('20260101000200_between.sql', 'select 1;');
  await expect(apply()).rejects.toThrow(/20260101000200_between\.sql.*npm run reset/s);
  await rm(path('20260101000200_between.sql'));
  await rename(path('20260101000300_wrong.sql'), path('20260101000400_wrong.sql'));
  const refused = apply();
  await expect(refused).rejects.toThrow(StackError);
  await expect(refused).rejects.toThrow(/lacks: 20260101000300/);
});
