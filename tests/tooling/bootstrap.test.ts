import { randomUUID } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootstrap } from '../../local/bootstrap.ts';
import { createScratchDatabase, type ScratchDatabase } from '../../scripts/scratch-database.ts';

/** A database of its own, with the platform and nothing of the product. */
let database: ScratchDatabase;
/** As migrations run: `postgres`. */
let sql: Sql;
let admin: Sql;

beforeAll(async () => {
  database = await createScratchDatabase();
  sql = postgres(database.databaseUrl, { max: 1, onnotice: () => {} });
  admin = postgres(database.adminUrl, { max: 1, onnotice: () => {} });
});

afterAll(async () => {
  await Promise.all([sql?.end(), admin?.end()]);
  await database?.drop();
});

/** Runs the statements as `postgres`, rolls them back, and answers the last one's rows or SQLSTATE. */
async function attempt(...statements: string[]) {
  const undo = new Error('undo');
  let rows: Record<string, unknown>[] = [];
  try {
    await sql.begin(async (tx) => {
      for (const statement of statements) rows = [...(await tx.unsafe(statement))];
      throw undo;
    });
  } catch (error) {
    if (error instanceof postgres.PostgresError) return error.code;
    if (error !== undo) throw error;
  }
  return rows;
}

describe('postgres may', () => {
  test.each([
    [
      'find the extensions created',
      'create extension if not exists postgis with schema extensions',
    ],
    ['create schemas', 'create schema product'],
    ['create tables in public', 'create table public.t (id int)'],
    ['reference auth.users', 'create table public.t (id uuid references auth.users)'],
    ['read auth.users whatever its policies', 'select count(*) from auth.users'],
    ['create roles', 'create role product_reader'],
    ['become an API role', 'set local role authenticated'],
    ['write rows of buckets', "insert into storage.buckets (id, name) values ('b', 'b')"],
    [
      'publish tables to Realtime',
      `create table public.t (id int);
       alter publication supabase_realtime add table public.t`,
    ],
    [
      'write policies on realtime.messages',
      'create policy p on realtime.messages for select to authenticated using (true)',
    ],
    [
      'change and drop policies on storage.objects',
      `create policy p on storage.objects for select to authenticated using (true);
       alter policy p on storage.objects using (false);
       drop policy p on storage.objects`,
    ],
    [
      'create triggers on auth.users and drop them',
      `create function public.f() returns trigger language plpgsql as 'begin return new; end';
       create trigger t after insert on auth.users for each row execute function public.f();
       drop trigger t on auth.users`,
    ],
  ])('%s', async (_what, statements) => {
    expect(await attempt(...statements.split(/;\n/))).toBeInstanceOf(Array);
  });
});

describe('postgres may not', () => {
  test.each([
    ['be a superuser', 'create role r superuser'],
    ['become an owner of the platform', 'set local role supabase_auth_admin'],
    ['grant itself that role', 'grant supabase_auth_admin to postgres'],
    ['become the role that the Data API signs in as', 'set local role authenticator'],
    ['alter tables of auth', 'alter table auth.users add column x int'],
    ['drop tables of storage', 'drop table storage.objects'],
    [
      'switch off their row-level security',
      'alter table storage.objects disable row level security',
    ],
    ['create in auth', 'create table auth.t (id int)'],
    ['create in storage', 'create table storage.t (id int)'],
    ['create in realtime', 'create table realtime.t (id int)'],
    [
      'replace functions of the platform',
      'create or replace function auth.uid() returns uuid language sql as $$ select null::uuid $$',
    ],
    ['write policies on system catalogs', 'create policy p on pg_catalog.pg_class using (true)'],
    ['drop the extensions', 'drop extension vector'],
    ['read files', "select pg_read_file('/etc/passwd')"],
    ['delete rows of storage by hand', 'delete from storage.objects'],
  ])('%s', async (_what, statement) => {
    expect(await attempt(statement)).toBe('42501');
  });

  test('keep the ownership that a policy statement lends it', async () => {
    const policy = 'create policy p on storage.objects for select to authenticated using (true)';
    expect(await attempt(policy, 'drop table storage.objects')).toBe('42501');
    expect(
      await attempt(
        policy,
        `select roleid::regrole from pg_auth_members
         where member = 'postgres'::regrole and roleid::regrole::text like 'supabase%'`,
      ),
    ).toEqual([]);
  });
});

test.each(['anon', 'authenticated', 'service_role'])('%s may not write policies', async (role) => {
  const policy = 'create policy p on storage.objects for select to authenticated using (true)';
  expect(await attempt(`set local role ${role}`, policy)).toBe('42501');
});

test('new objects of public are exposed, until a migration takes that back', async () => {
  const ask = `
    create table public.t (id int);
    select grantee from information_schema.role_table_grants
    where table_name = 't' and privilege_type = 'SELECT' and grantee <> 'postgres'
    order by grantee`;
  expect(await attempt(...ask.split(';'))).toEqual(
    ['anon', 'authenticated', 'service_role'].map((grantee) => ({ grantee })),
  );
});

test('roles have the attributes and settings of hosted', async () => {
  const roles = await sql`
    select rolname, rolsuper, rolbypassrls, rolcanlogin, rolinherit, rolconfig
    from pg_roles
    where rolname in ('anon', 'authenticator', 'postgres', 'service_role')
    order by rolname`;
  const plain = { rolsuper: false, rolbypassrls: false, rolcanlogin: false, rolinherit: true };
  expect([...roles]).toEqual([
    { ...plain, rolname: 'anon', rolconfig: ['statement_timeout=3s'] },
    {
      ...plain,
      rolname: 'authenticator',
      rolcanlogin: true,
      rolinherit: false,
      rolconfig: ['statement_timeout=8s', 'lock_timeout=8s'],
    },
    {
      ...plain,
      rolname: 'postgres',
      rolbypassrls: true,
      rolcanlogin: true,
      rolconfig: ['search_path="$user", public, extensions'],
    },
    { ...plain, rolname: 'service_role', rolbypassrls: true, rolconfig: null },
  ]);
});

test('columns have the types of hosted, also where an earlier version gave others', async () => {
  const types = () => admin`
    select format('%s.%s', relname, attname) as column, format_type(atttypid, atttypmod)
    from pg_attribute join pg_class on pg_class.oid = attrelid
    where relnamespace = 'auth'::regnamespace and (relname, attname) in (
      ('refresh_tokens', 'id'), ('refresh_tokens', 'user_id'), ('sessions', 'aal'),
      ('one_time_tokens', 'token_type')
    )
    order by 1`;
  const hosted = [
    { column: 'one_time_tokens.token_type', format_type: 'one_time_token_type' },
    { column: 'refresh_tokens.id', format_type: 'bigint' },
    { column: 'refresh_tokens.user_id', format_type: 'character varying(255)' },
    { column: 'sessions.aal', format_type: 'aal_level' },
  ];
  expect([...(await types())]).toEqual(hosted);

  const user = randomUUID();
  await admin.unsafe(`
    alter table auth.refresh_tokens drop column id;
    alter table auth.refresh_tokens
      add column id text primary key, alter column user_id type uuid using user_id::uuid,
      drop constraint refresh_tokens_token_unique;
    alter table auth.sessions
      alter column aal type text, add check (aal in ('aal1', 'aal2', 'aal3'));
    alter table auth.one_time_tokens
      alter column token_type type text, add check (token_type <> '');
    insert into auth.users (id) values ('${user}');
    insert into auth.sessions (id, user_id, aal) values ('${user}', '${user}', 'aal2');
    insert into auth.refresh_tokens (id, token, user_id, session_id)
      values ('an id', 'a token', '${user}', '${user}');
    insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to)
      values ('${user}', '${user}', 'recovery_token', 'hash', 'x');
  `);
  const { password } = new URL(database.databaseUrl);
  await bootstrap(database.adminUrl, { databasePassword: password });
  expect([...(await types())]).toEqual(hosted);
  expect(await admin`select token, user_id, id > 0 as has_id from auth.refresh_tokens`).toEqual([
    { token: 'a token', user_id: user, has_id: true },
  ]);
  expect(await admin`select aal from auth.sessions`).toEqual([{ aal: 'aal2' }]);
  await admin`delete from auth.users where id = ${user}`;
});

test('rows of storage are deleted by whom the storage service lets', async () => {
  const opened = "select set_config('storage.allow_delete_query', 'true', true)";
  expect(await attempt(opened, 'delete from storage.objects')).toEqual([]);
  await expect(admin`delete from storage.objects`).rejects.toMatchObject({ code: '42501' });
});

test('postgres passes on no rights to realtime.messages', async () => {
  const ask = "select has_table_privilege('realtime.messages', 'insert with grant option') as may";
  expect(await attempt(ask)).toEqual([{ may: false }]);
});

describe('the claims of the caller', () => {
  const claims = {
    sub: '7b0f2f1e-5b52-4b8e-9f0c-1f1d9a1b2c3d',
    role: 'authenticated',
    email: 'a@example.org',
  };
  const read = 'select auth.uid(), auth.role(), auth.email(), auth.jwt()';

  test('come from one JSON', async () => {
    const set = `select set_config('request.jwt.claims', '${JSON.stringify(claims)}', true)`;
    const { sub: uid, role, email } = claims;
    expect(await attempt(set, read)).toEqual([{ uid, role, email, jwt: claims }]);
  });

  test('come from one setting each', async () => {
    const set = Object.entries(claims)
      .map(([name, value]) => `set_config('request.jwt.claim.${name}', '${value}', true)`)
      .join(', ');
    const { sub: uid, role, email } = claims;
    expect(await attempt(`select ${set}`, read)).toEqual([{ uid, role, email, jwt: null }]);
  });

  test('are null without a request', async () => {
    expect(await attempt(read)).toEqual([{ uid: null, role: null, email: null, jwt: null }]);
  });
});

test('a second run changes nothing and restores what was replaced', async () => {
  const definitions = () => admin`
    select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as body,
      p.proowner::regrole::text as owner, p.proacl::text as grants
    from pg_proc p
    where p.pronamespace in ('auth'::regnamespace, 'storage'::regnamespace)
    order by 1`;
  const before = [...(await definitions())];
  await admin.unsafe(
    'create or replace function auth.uid() returns uuid language sql as $$ select null::uuid $$',
  );
  await admin`create table auth.added_by_a_service (id int)`;
  const { password } = new URL(database.databaseUrl);
  await bootstrap(database.adminUrl, { databasePassword: password });
  expect([...(await definitions())]).toEqual(before);
  const [added] = await admin`
    select c.relowner::regrole::text as owner, c.relrowsecurity as has_rls
    from pg_class c where c.oid = 'auth.added_by_a_service'::regclass`;
  expect(added).toEqual({ owner: 'supabase_auth_admin', has_rls: true });
  await admin`drop table auth.added_by_a_service`;
});

test('any superuser but supabase_admin is refused', async () => {
  await expect(bootstrap(database.databaseUrl, { databasePassword: 'x' })).rejects.toThrow(
    /superuser supabase_admin, not as postgres/,
  );
});

test.runIf(process.env.DATABASE_URL)('databases of one server are set up at once', async () => {
  const databases = await Promise.all([1, 2, 3].map(() => createScratchDatabase()));
  await Promise.all(databases.map((each) => each.drop()));
});
