/** docs/embedded.md: every difference that it lists is there, and is tried. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectDir } from '../../scripts/paths.ts';
import { createScratchDatabase, type ScratchDatabase } from '../../scripts/scratch-database.ts';

const page = await readFile(join(projectDir, 'docs/embedded.md'), 'utf8');
const rows = [...page.matchAll(/^\| `?([^|`]+?)`? \|/gm)]
  .map(([, name = '']) => name)
  .filter((name) => name !== 'what' && name !== '---');

let database: ScratchDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createScratchDatabase();
  sql = postgres(database.adminUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await sql?.end();
  await database?.drop();
});

/** What is so here, as the column of the embedded stack has it: a query whose answer is true. */
const tries: Record<string, string> = {
  Postgres: `select current_setting('server_version_num')::integer / 10000
    = ${process.env.DATABASE_URL ? 17 : 18}`,
  safeupdate: `
    create temporary table everything as select 1 as x;
    create function pg_temp.forget() returns bigint language sql as $$
      with gone as (delete from everything returning 1) select count(*) from gone
    $$;
    select pg_temp.forget() = 1`,
  plpgsql_check: `select current_setting('shared_preload_libraries') !~ 'plpgsql_check'`,
  pg_cron: `select not exists (select from pg_extension where extname = 'pg_cron')`,
  'realtime.messages': `select array_agg(inhrelid::regclass::text) = '{realtime.messages_default}'
    from pg_inherits where inhparent = 'realtime.messages'::regclass`,
  'auth.mfa_factors': `select not exists (
    select from pg_index where indrelid = 'auth.mfa_factors'::regclass and indisunique
      and pg_get_indexdef(indexrelid) ~ 'last_challenged_at'
  )`,
  'auth.saml_providers': `select bool_and(to_regclass(name) is null) from unnest(array[
    'auth.saml_providers', 'auth.saml_relay_states', 'auth.sso_domains', 'auth.sso_providers'
  ]) as name`,
  'auth.oauth_clients': `select bool_and(to_regclass(name) is null) from unnest(array[
    'auth.oauth_clients', 'auth.oauth_authorizations', 'auth.oauth_consents', 'auth.instances',
    'auth.schema_migrations', 'storage.migrations', 'storage.s3_multipart_uploads',
    'storage.s3_multipart_uploads_parts', 'realtime.schema_migrations', 'realtime.subscription'
  ]) as name`,
  supabase_vault: `select not exists (
    select from pg_extension
    where extname in ('supabase_vault', 'pg_graphql', 'pg_stat_statements')
  )`,
  supautils: `select exists (
    select from pg_event_trigger where evtname = 'lend_platform_ownership'
  )`,
};

test('each line is tried', () => {
  expect(rows).toEqual(Object.keys(tries));
});

test.each(Object.entries(tries))('%s', async (_, query) => {
  const results = await sql.unsafe(query).simple();
  const last = [results].flat(2).slice(-1);
  expect(Object.values(last[0] ?? {})).toEqual([true]);
});
