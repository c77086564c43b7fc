/**
 * Writes `types/database.ts`: the public schema as the official generator types it, from a
 * database built by the migrations. With `--check` it writes nothing and fails when it is stale.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { generateTypes } from './generate-types.ts';
import { typesFile } from './paths.ts';
import { applyMigrations, createScratchDatabase } from './scratch-database.ts';

const { values: flags } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const database = await createScratchDatabase();
try {
  await applyMigrations(database);
  const wanted = await generateTypes(database.databaseUrl);
  if (!flags.check) {
    await writeFile(typesFile, wanted);
  } else if ((await readFile(typesFile, 'utf8').catch(() => '')) !== wanted) {
    console.error('types/database.ts does not match the migrations: npm run types');
    process.exitCode = 1;
  }
} finally {
  await database.drop();
}
