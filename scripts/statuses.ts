/** Writes docs/booking-statuses.md from a database built by the migrations. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { projectDir } from './paths.ts';
import { applyMigrations, createScratchDatabase } from './scratch-database.ts';
import { renderStatusesPage } from './statuses-page.ts';

const database = await createScratchDatabase();
const sql = postgres(database.adminUrl, { max: 1 });
try {
  await applyMigrations(database);
  await writeFile(
    join(projectDir, 'docs/booking-statuses.md'),
    await renderStatusesPage((text, values) => sql.unsafe(text, values)),
  );
} finally {
  await sql.end();
  await database.drop();
}
