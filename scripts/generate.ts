/**
 * Makes every generated file: `supabase/migrations` from `sql/`, the rules of phone numbers, and
 * what is read out of a database that the migrations build. With `--check` it writes nothing, and
 * fails when a file is out of date; with `--sources` it leaves out what needs a database.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readBuiltMigrations, readFromDatabase, readPhoneRules } from './generated-files.ts';
import { isDrafted, readMigrations } from './migrations.ts';
import { migrationsDir, projectDir } from './paths.ts';
import { applyMigrations, createScratchDatabase } from './scratch-database.ts';

const { values: flags } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    sources: { type: 'boolean', default: false },
  },
});
let isStale = false;

async function bring(files: ReadonlyMap<string, string | null>): Promise<void> {
  for (const [path, wanted] of files) {
    const present = await readFile(join(projectDir, path), 'utf8').catch(() => null);
    if (present === wanted) continue;
    isStale = true;
    console.log(`${flags.check ? 'out of date' : wanted === null ? 'removed' : 'changed'} ${path}`);
    if (flags.check) continue;
    if (wanted === null) await rm(join(projectDir, path));
    else await writeFile(join(projectDir, path), wanted);
  }
}

if ((await readMigrations(migrationsDir)).some(isDrafted)) {
  console.log('The baseline is released and frozen; `npm run db:diff NAME` drafts what changed.');
}
// The rules of phone numbers first: they are sources of the migrations.
await bring(readPhoneRules());
await bring(await readBuiltMigrations());
if (!flags.sources) {
  const database = await createScratchDatabase();
  try {
    await applyMigrations(database);
    await bring(await readFromDatabase(database));
  } finally {
    await database.drop();
  }
}
if (flags.check && isStale) {
  console.error('Run: npm run generate');
  process.exitCode = 1;
}
