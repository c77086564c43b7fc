/** Checks that need a native server: plpgsql_check is not part of the embedded engine. */
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { supabase, trySupabase } from '../../local/supabase.ts';
import { projectDir } from '../../scripts/paths.ts';
import { diffMigrationsToSql, diffSchemas } from '../../scripts/schema-diff.ts';
import {
  applyMigrations,
  createScratchDatabase,
  type ScratchDatabase,
} from '../../scripts/scratch-database.ts';

const advisorsSchema = z.object({
  results: z.array(z.object({ name: z.string(), level: z.string(), detail: z.string() })),
});

const historySchema = z.object({
  migrations: z.array(z.object({ local: z.string(), remote: z.string() })),
});

describe.runIf(process.env.DATABASE_URL)('on a native server', () => {
  let database: ScratchDatabase;

  beforeAll(async () => {
    database = await createScratchDatabase();
    await applyMigrations(database);
  });

  afterAll(() => database?.drop());

  test('supabase/migrations and sql/ build the same database', async () => {
    expect(await diffMigrationsToSql()).toBe('');
  }, 60_000);

  test.each([
    ["comment on table public.markets is 'Something else.'", 'comment on table'],
    ['alter table public.markets disable row level security', 'row level security'],
    ['grant delete on public.markets to anon', 'grant delete'],
    ['drop trigger _100_timestamps on public.markets', 'drop trigger'],
  ])(
    'pg-delta would see: %s',
    async (change, expected) => {
      const changed = await createScratchDatabase();
      try {
        await applyMigrations(changed);
        const sql = postgres(changed.databaseUrl, { max: 1 });
        await sql.unsafe(change).finally(() => sql.end());
        const diff = await diffSchemas(database.databaseUrl, changed.databaseUrl);
        expect(diff.toLowerCase()).toContain(expected);
      } finally {
        await changed.drop();
      }
    },
    60_000,
  );

  test('the CLI knows every migration as applied', async () => {
    const args = ['migration', 'list', '--output-format=json', `--remote=${database.databaseUrl}`];
    const { migrations } = historySchema.parse(JSON.parse(await supabase(args, { projectDir })));
    expect(migrations.map(({ remote }) => remote)).toEqual(migrations.map(({ local }) => local));
    expect(migrations).not.toEqual([]);
  });

  test('supabase db lint has nothing to say', async () => {
    const args = ['db', 'lint', '--level=warning', `--remote=${database.databaseUrl}`];
    const { exitCode, stdout, stderr } = await trySupabase(args, { projectDir });
    expect(stderr).toContain('Linting schema: public');
    expect({ exitCode, stdout: stdout.trim() }).toEqual({ exitCode: 0, stdout: '' });
  }, 60_000);

  test('supabase db advisors finds nothing but indexes that nobody used yet, and the clock', async () => {
    const args = ['db', 'advisors', '--type=all', '--level=info', '--output-format=json'];
    const answer = await supabase([...args, `--remote=${database.databaseUrl}`], { projectDir });
    const { results } = advisorsSchema.parse(JSON.parse(answer));
    // The clock alone does without a search_path: docs/adr/0012.
    const isKnown = ({ name, level, detail }: (typeof results)[number]) =>
      (name === 'unused_index' && level === 'INFO') ||
      (name === 'function_search_path_mutable' && detail.includes('`private.now`'));
    expect(results.filter((result) => !isKnown(result))).toEqual([]);
  }, 60_000);
});
