/** `supabase/migrations` as `sql/` builds it: one migration per domain, its files in name order. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Migration {
  /** `<timestamp>_<domain>.sql` */
  readonly fileName: string;
  readonly content: string;
}

const domainFolder = /^(\d{2})_([a-z][a-z0-9_]*)$/;
const sqlFile = /^\d{2,3}_[a-z][a-z0-9_]*\.sql$/;
const firstWords = '-- Built from sql/';

/** Fails on a file or folder that would silently be left out for its name. */
export async function buildMigrations(sqlDir: string): Promise<Migration[]> {
  const migrations: Migration[] = [];
  const entries = await readdir(sqlDir, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const folder of folders.sort()) {
    if (folder === 'seed' || folder === 'studio') continue;
    const [, number, domain] = domainFolder.exec(folder) ?? [];
    if (number === undefined || domain === undefined) {
      throw new Error(`sql/${folder}: a domain's folder is named NN_<domain>`);
    }
    const files = await domainFiles(sqlDir, folder);
    if (files.length === 0) continue;
    const header = `${firstWords}${folder} by \`npm run generate\`: edit it there.`;
    migrations.push({
      // The domain's number is a moment of a fixed day, so the timestamp never changes.
      fileName: `20260101000${number}0_${domain}.sql`,
      content: `${[header, ...files].join('\n\n')}\n`,
    });
  }
  return migrations;
}

async function domainFiles(sqlDir: string, folder: string): Promise<string[]> {
  const names = (await readdir(join(sqlDir, folder))).sort();
  const wrong = names.find((name) => !sqlFile.test(name));
  if (wrong !== undefined) {
    throw new Error(`sql/${folder}/${wrong}: a file is named NN_<object>.sql`);
  }
  const contents = names.map((name) => readFile(join(sqlDir, folder, name), 'utf8'));
  return (await Promise.all(contents)).map((content) => content.trim());
}

export async function readMigrations(migrationsDir: string): Promise<Migration[]> {
  const names = (await readdir(migrationsDir)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (fileName) => ({
      fileName,
      content: await readFile(join(migrationsDir, fileName), 'utf8'),
    })),
  );
}

/** A migration that db:diff drafted and a person read: from the first one on nothing is rebuilt. */
export function isDrafted(migration: Migration): boolean {
  return !migration.content.startsWith(firstWords);
}
