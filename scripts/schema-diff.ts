import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { supabase } from '../local/supabase.ts';
import { buildMigrations } from './migrations.ts';
import { projectDir, sqlDir } from './paths.ts';
import {
  applyMigrations,
  createScratchDatabase,
  type ScratchDatabase,
} from './scratch-database.ts';

/** What turns a database built by `supabase/migrations` into one built by `sql/`; empty: nothing. */
export async function diffMigrationsToSql(): Promise<string> {
  const migrated = await createScratchDatabase();
  try {
    const wanted = await createScratchDatabase();
    try {
      await applyMigrations(migrated);
      await applySql(wanted);
      return await diffSchemas(migrated.databaseUrl, wanted.databaseUrl);
    } finally {
      await wanted.drop();
    }
  } finally {
    await migrated.drop();
  }
}

/** Runs the files of `sql/` as they are, without the migrations and the CLI. */
async function applySql({ databaseUrl }: ScratchDatabase): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    for (const { content } of await buildMigrations(sqlDir)) await sql.unsafe(content).simple();
  } finally {
    await sql.end();
  }
}

/** pg-delta's statements; it compares everything but rows. */
export async function diffSchemas(fromUrl: string, toUrl: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'karigar-diff-'));
  const file = join(folder, 'diff.sql');
  try {
    const args = ['db', 'diff', '--from', fromUrl, '--to', toUrl, '--output', file];
    await supabase(args, { projectDir });
    return (await readFile(file, 'utf8').catch(() => '')).trim();
  } finally {
    await rm(folder, { recursive: true });
  }
}
