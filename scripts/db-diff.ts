/**
 * Drafts the next migration: what `sql/` has and `supabase/migrations` has not.
 * A person reads and corrects the draft before committing it: pg-delta can't know a renaming from
 * a removal, and writes nothing for rows.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { migrationsDir } from './paths.ts';
import { diffMigrationsToSql } from './schema-diff.ts';

const [name] = parseArgs({ allowPositionals: true }).positionals;

if (!name || !/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error('npm run db:diff NAME, where NAME is like add_provider_slug');
  process.exitCode = 2;
} else {
  const statements = await diffMigrationsToSql();
  if (statements === '') {
    console.log('supabase/migrations and sql/ build the same database: nothing to draft.');
  } else {
    const timestamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
    const fileName = `${timestamp}_${name}.sql`;
    await writeFile(join(migrationsDir, fileName), `${statements}\n`);
    console.log(`Drafted supabase/migrations/${fileName}. Read it before you commit it.`);
  }
}
