/**
 * Builds `supabase/migrations` from `sql/`.
 * With `--check` it writes nothing and fails when the two differ.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildMigrations, isDrafted, readMigrations } from './migrations.ts';
import { migrationsDir, sqlDir } from './paths.ts';

const { values: flags } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const present = await readMigrations(migrationsDir);

if (present.some(isDrafted)) {
  console.log('The baseline is released and frozen; `npm run db:diff NAME` drafts what changed.');
} else {
  const built = await buildMigrations(sqlDir);
  const stale = present.filter((old) => !built.some(({ fileName }) => fileName === old.fileName));
  const changed = built.filter(
    (wanted) =>
      !present.some((old) => old.fileName === wanted.fileName && old.content === wanted.content),
  );
  if (!flags.check) {
    await Promise.all(stale.map(({ fileName }) => rm(join(migrationsDir, fileName))));
    await Promise.all(
      changed.map(({ fileName, content }) => writeFile(join(migrationsDir, fileName), content)),
    );
  }
  for (const { fileName } of stale) console.log(`stale   supabase/migrations/${fileName}`);
  for (const { fileName } of changed) console.log(`changed supabase/migrations/${fileName}`);
  if (flags.check && stale.length + changed.length > 0) {
    console.error('supabase/migrations does not match sql/: npm run db:build');
    process.exitCode = 1;
  }
}
