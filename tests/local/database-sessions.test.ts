/** Several clients at once: none may notice that they share one backend. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { serialize } from 'pg-protocol';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../local/database/index.ts';
import { type Answer, start, urlOf, WireClient } from './database-client.ts';

let dataDir: string;
let database: Database;
let admin: postgres.Sql;

const pool = (user: string, options: postgres.Options<Record<string, never>> = {}) =>
  postgres(urlOf(database.port, user), { onnotice: () => {}, ...options });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'karigar-sessions-'));
  database = await start(dataDir);
  admin = pool('supabase_admin');
  await admin.unsafe(`
    create role postgres login createrole createdb bypassrls replication;
    create role anon nologin;
    create role authenticated nologin;
    create role authenticator login noinherit;
    grant anon, authenticated to authenticator;
    create role tuned login;
    alter role tuned set statement_timeout = '8s';
    alter role tuned set search_path = extensions, public;
    alter database postgres set app.stage = 'local';
    create table counters (name text primary key, value int not null);
    grant all on counters to anon, authenticated, postgres;
  `);
});
afterAll(async () => {
  await admin.end();
  await database.stop();
  await rm(dataDir, { recursive: true });
});

test('a fresh directory has supabase_admin as its only superuser', async () => {
  const rows = await admin`select rolname from pg_roles where rolsuper`;
  expect(rows.map(({ rolname }) => rolname)).toEqual(['supabase_admin']);
  expect(
    await admin`select rolsuper, rolbypassrls from pg_roles where rolname = 'postgres'`,
  ).toEqual([{ rolsuper: false, rolbypassrls: true }]);
});

test('the extensions are there', async () => {
  const names = [
    'postgis',
    'vector',
    'pg_trgm',
    'uuid-ossp',
    'btree_gist',
    'pgcrypto',
    'unaccent',
    'pgtap',
  ];
  const rows = await admin`select name from pg_available_extensions where name in ${admin(names)}`;
  expect(rows.map(({ name }) => name).sort()).toEqual(names.sort());
});

test('pools of several users run side by side, with transactions between', async () => {
  await admin`insert into counters values ('total', 0) on conflict (name) do update set value = 0`;
  const pools = ['supabase_admin', 'postgres'].map((user) => ({
    user,
    sql: pool(user, { max: 5 }),
  }));
  const queries = Array.from({ length: 200 }, async (_, index) => {
    const { user, sql } = pools[index % 2] ?? { user: '', sql: admin };
    const [row] = await sql`select ${index}::int as index, session_user::text as user`;
    expect(row).toEqual({ index, user });
  });
  const transactions = Array.from({ length: 40 }, (_, index) =>
    (pools[index % 2]?.sql ?? admin).begin(async (tx) => {
      const [before] = await tx<
        { value: number }[]
      >`select value from counters where name = 'total'`;
      await new Promise((resolve) => setTimeout(resolve, index % 3));
      await tx`update counters set value = ${(before?.value ?? 0) + 1} where name = 'total'`;
    }),
  );
  await Promise.all([...queries, ...transactions]);
  expect(await admin`select value from counters where name = 'total'`).toEqual([{ value: 40 }]);
  await Promise.all(pools.map(({ sql }) => sql.end()));
});

test('role and claims of a transaction stay in it', async () => {
  const sql = pool('authenticator', { max: 8 });
  const requests = Array.from({ length: 200 }, (_, index) => {
    const role = index % 2 ? 'anon' : 'authenticated';
    return sql.begin(async (tx) => {
      await tx`select set_config('role', ${role}, true), set_config('request.jwt.claims', ${String(index)}, true)`;
      const [row] = await tx`
        select current_user::text as role, current_setting('request.jwt.claims') as claims`;
      expect(row).toEqual({ role, claims: String(index) });
    });
  });
  const outside = Array.from({ length: 50 }, async () => {
    const [row] = await sql`
      select current_user::text as role, coalesce(current_setting('request.jwt.claims', true), '') as claims`;
    expect(row).toEqual({ role: 'authenticator', claims: '' });
  });
  await Promise.all([...requests, ...outside]);
  await sql.end();
});

test('settings of roles and of the database reach their sessions', async () => {
  const { client } = await WireClient.login(database.port, 'tuned', { statement_timeout: '3s' });
  expect(await client.query('show statement_timeout')).toEqual([['3s']]);
  expect(await client.query('show search_path')).toEqual([['extensions, public']]);
  expect(await client.query('show app.stage')).toEqual([['local']]);
  await client.query("set statement_timeout = '1s'");
  await client.query('reset statement_timeout');
  await admin`select 1`;
  expect(await client.query('show statement_timeout')).toEqual([['3s']]);
  client.end();
});

test('nobody but a superuser becomes somebody else', async () => {
  const [{ client: postgresClient }, { client: adminClient }] = [
    await WireClient.login(database.port, 'postgres'),
    await WireClient.login(database.port),
  ];
  await postgresClient.query('set session authorization supabase_admin').catch(() => {});
  expect(await postgresClient.query('select session_user')).toEqual([['postgres']]);
  await postgresClient.query('discard all');
  expect(await postgresClient.query('select session_user')).toEqual([['postgres']]);

  await adminClient.query('set session authorization postgres');
  expect(await adminClient.query('select session_user')).toEqual([['postgres']]);
  await adminClient.query('reset session authorization');
  expect(await adminClient.query('select session_user')).toEqual([['supabase_admin']]);
  postgresClient.end();
  adminClient.end();
});

/** Things a session may do to its own state; some are refused to some users. */
const commands = [
  "set application_name = 'one'",
  "set application_name = E'it''s back\\\\slashed'",
  "set timezone = 'Asia/Kolkata'",
  'set search_path = pg_catalog, "$user", public',
  "set work_mem = '2MB'; set app.tenant = 'b; select 1'",
  "select set_config('app.tenant', '{\"json\": true}', false)",
  "set local app.tenant = 'local'",
  'set "request.jwt.claims" = \'{"sub": "b"}\'',
  'set role anon',
  'set role authenticated',
  'set local role anon',
  'set role nobody',
  'set session authorization postgres',
  'reset session authorization',
  "do $$ begin perform set_config('work_mem', '3MB', false); end $$",
  'reset role',
  'reset work_mem',
  'reset all',
  'discard all',
  'begin',
  'commit',
  'rollback',
  'select 1/0',
];
/** The same by a named statement with parameters. */
const prepared = [
  ['application_name', 'prepared'],
  ['app.tenant', 'prepared'],
  ['app.other', 'prepared'],
];
const observe = `select session_user, current_user, current_setting('is_superuser'), ${[
  'application_name',
  'timezone',
  'search_path',
  'work_mem',
  'app.tenant',
  'app.other',
  'request.jwt.claims',
]
  .map((name) => `coalesce(current_setting('${name}', true), '')`)
  .join(', ')}`;

type Step = { text: string } | { parameters: string[] };
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ text: fc.constantFrom(...commands) }) },
  { weight: 1, arbitrary: fc.record({ parameters: fc.constantFrom(...prepared) }) },
);

/** Runs a script in a session of its own; returns what the session saw after each step. */
async function play(user: string, steps: Step[]): Promise<string[]> {
  const { client } = await WireClient.login(database.port, user, { application_name: 'player' });
  const seen: string[] = [];
  const note = (answers: Answer[]) => {
    const relevant = answers.map(({ fields, code, status }) => fields ?? code ?? status);
    seen.push(JSON.stringify(relevant));
  };
  for (const step of steps) {
    if ('text' in step) note(await client.ask(serialize.query(step.text)));
    else {
      const parse = { name: 'setter', text: 'select set_config($1, $2, false)' };
      await client.ask(serialize.parse(parse), serialize.sync());
      const bind = serialize.bind({ statement: 'setter', values: step.parameters });
      note(await client.ask(bind, serialize.execute(), serialize.sync()));
    }
    note(await client.ask(serialize.query(observe)));
  }
  client.end();
  return seen;
}

test('a session sees the same beside others as alone', async () => {
  const users = ['supabase_admin', 'authenticator', 'postgres', 'tuned'];
  const script = fc.record({
    user: fc.constantFrom(...users),
    steps: fc.array(stepArbitrary, { minLength: 1, maxLength: 15 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(script, { minLength: 2, maxLength: 5 }), async (scripts) => {
      const together = await Promise.all(scripts.map(({ user, steps }) => play(user, steps)));
      for (const [index, { user, steps }] of scripts.entries()) {
        expect(together[index]).toEqual(await play(user, steps));
      }
    }),
    { numRuns: 60, endOnFailure: true },
  );
}, 120_000);

test('LISTEN reaches idle sessions, with the channel of each', async () => {
  const [one, two] = [pool('postgres', { max: 1 }), pool('supabase_admin', { max: 1 })];
  const heard: string[] = [];
  const both = await one.listen('news', (payload) => heard.push(`one ${payload}`));
  await two.listen('news', (payload) => heard.push(`two ${payload}`));
  await two.listen('Other "Channel"', (payload) => heard.push(`other ${payload}`));
  await admin.notify('news', 'first');
  await admin.notify('Other "Channel"', 'second');
  await expect.poll(() => heard.sort()).toEqual(['one first', 'other second', 'two first']);

  await both.unlisten();
  heard.length = 0;
  await admin.notify('news', 'third');
  await expect.poll(() => heard).toEqual(['two third']);
  await one.end();
  await two.end();
  await expect.poll(async () => (await admin`select pg_listening_channels()`).length).toBe(0);
});

test('LISTEN and NOTIFY take effect at commit', async () => {
  const [{ client: listener, greeting }, { client: notifier }] = [
    await WireClient.login(database.port),
    await WireClient.login(database.port),
  ];
  const own = greeting.find(({ name }) => name === 'backendKeyData')?.processID;
  await listener.query('begin');
  await listener.query('listen abandoned');
  await listener.query('rollback');
  await listener.query('begin');
  await listener.query('listen kept');
  await listener.query('commit');
  await notifier.query('notify abandoned');
  await notifier.query('begin');
  await notifier.query("notify kept, 'rolled back'");
  await notifier.query('rollback');
  await notifier.query("notify kept, 'committed'");
  const [notification] = await listener.until('notification');
  expect(notification).toMatchObject({ channel: 'kept', payload: 'committed' });
  expect(notification?.processId).not.toBe(own);

  const answers = await listener.ask(serialize.query("notify kept, 'own'"));
  expect(answers.map(({ name }) => name)).toEqual([
    'commandComplete',
    'notification',
    'readyForQuery',
  ]);
  expect(answers[1]).toMatchObject({ payload: 'own', processId: own });
  listener.end();
  notifier.end();
});

test('a session that ends leaves no lock, table or statement', async () => {
  const { client } = await WireClient.login(database.port);
  await client.query('create temp table scratch (id int); select pg_advisory_lock(42)');
  await client.ask(serialize.parse({ name: 'kept', text: 'select 1' }), serialize.sync());
  client.end();
  await client.closed();
  const left = await admin`
    select
      (select count(*)::int from pg_class where relname = 'scratch') as tables,
      (select count(*)::int from pg_locks where locktype = 'advisory') as locks,
      (select count(*)::int from pg_prepared_statements where name like 'kept%') as statements`;
  expect(left).toEqual([{ tables: 0, locks: 0, statements: 0 }]);
});
