/** Generated files as they should be, by their path in the project; null where one is to go. */
import { relative } from 'node:path';
import postgres from 'postgres';
import { renderErrorRows, renderErrorsPage } from './error-catalogue.ts';
import { generateTypes } from './generate-types.ts';
import { buildMigrations, isDrafted, readMigrations } from './migrations.ts';
import { migrationsDir, projectDir, sqlDir } from './paths.ts';
import { renderPhoneRules } from './phone-rules.ts';
import { renderStatusesPage } from './statuses-page.ts';

export function readPhoneRules(): Map<string, string> {
  return new Map([...renderPhoneRules()].map(([name, content]) => [`sql/${name}`, content]));
}

export async function readBuiltMigrations(): Promise<Map<string, string | null>> {
  const files = new Map<string, string | null>();
  const present = await readMigrations(migrationsDir);
  // From the first drafted migration on the baseline is frozen, whatever sql/ says since.
  if (present.some(isDrafted)) return files;
  const folder = relative(projectDir, migrationsDir);
  for (const { fileName } of present) files.set(`${folder}/${fileName}`, null);
  for (const { fileName, content } of await buildMigrations(sqlDir)) {
    files.set(`${folder}/${fileName}`, content);
  }
  return files;
}

/** From a database that the migrations have built. */
export async function readFromDatabase(database: {
  readonly adminUrl: string;
  readonly databaseUrl: string;
}): Promise<Map<string, string>> {
  const sql = postgres(database.adminUrl, { max: 1, onnotice: () => {} });
  const query = <Row extends object>(text: string, values?: string[]) =>
    sql.unsafe<Row[]>(text, values);
  try {
    return new Map([
      ['types/database.ts', await generateTypes(database.databaseUrl)],
      ['types/error-rows.ts', await renderErrorRows(query)],
      ['docs/errors.md', await renderErrorsPage(query, projectDir)],
      ['docs/booking-statuses.md', await renderStatusesPage(query)],
    ]);
  } finally {
    await sql.end();
  }
}
