import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { glob } from 'tinyglobby';
import { StackError } from './errors.ts';
import { trySupabase } from './supabase.ts';

export interface MigrateOptions {
  readonly projectDir: string;
  /** Signs in as `postgres`: the migrations get no more rights than on hosted. */
  readonly databaseUrl: string;
  /** Patterns below `supabase/`, as `[db.seed]` states them; none to leave the demo data out. */
  readonly seedPaths: readonly string[];
  onProgress(line: string): void;
}

interface LocalFile {
  readonly name: string;
  readonly content: string;
}

const resetHint =
  'Until the first release migrations change in place: `npm run reset` deletes the local ' +
  'database, the next start builds it anew.';

/**
 * Brings the database up to `supabase/migrations` with the official CLI, so that its history is
 * the CLI's own. The CLI takes a second to start: it is asked only when something is missing.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  const { projectDir, databaseUrl, onProgress } = options;
  const migrations = await readMigrations(join(projectDir, 'supabase', 'migrations'));
  const seeds = await readSeeds(options);
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  const { applied, seeded } = await readHistory(sql).finally(() => sql.end());

  refuseChanges(migrations, applied);
  const pending = migrations.filter(({ name }) => !applied.has(versionOf(name)));
  refuseLateComers(pending, applied);
  const pendingSeeds = seeds.filter(({ name }) => !seeded.has(name));
  for (const { name, content } of seeds) {
    const changed = seeded.has(name) && seeded.get(name) !== sha256(content);
    if (changed) onProgress(`${name} has changed since it ran; \`npm run reset\` runs it again.`);
  }
  if (pending.length === 0 && pendingSeeds.length === 0) return;

  const work = [
    ...(pending.length > 0 ? [count(pending.length, 'migration')] : []),
    ...(pendingSeeds.length > 0 ? [count(pendingSeeds.length, 'seed file')] : []),
  ];
  onProgress(`Applying ${work.join(' and ')} …`);
  // The CLI would record a changed seed file as seen, without running it.
  const seedFlag = pendingSeeds.length > 0 ? ['--include-seed'] : [];
  const args = ['db', 'push', '--yes', ...seedFlag, `--remote=${databaseUrl}`];
  const { exitCode, stdout, stderr } = await trySupabase(args, { projectDir });
  if (exitCode !== 0) {
    throw new StackError(
      `The database could not be brought up to date.\n${explain(stderr, stdout)}`,
    );
  }
}

/** Rows of the CLI's history: version and content, and the seed files that ran. */
async function readHistory(sql: Sql) {
  const [tables] = await sql<{ migrations: boolean; seeds: boolean }[]>`
    select
      to_regclass('supabase_migrations.schema_migrations') is not null as migrations,
      to_regclass('supabase_migrations.seed_files') is not null as seeds`;
  const migrations = tables?.migrations
    ? await sql<{ version: string; statements: string[] | null }[]>`
        select version, statements from supabase_migrations.schema_migrations`
    : [];
  const seeds = tables?.seeds
    ? await sql<{ path: string; hash: string }[]>`
        select path, hash from supabase_migrations.seed_files`
    : [];
  return {
    applied: new Map(migrations.map(({ version, statements }) => [version, statements])),
    seeded: new Map(seeds.map(({ path, hash }) => [path, hash])),
  };
}

function refuseChanges(local: readonly LocalFile[], applied: Map<string, string[] | null>): void {
  const versions = new Set(local.map(({ name }) => versionOf(name)));
  const unknown = [...applied.keys()].filter((version) => !versions.has(version));
  if (unknown.length > 0) {
    throw new StackError(
      `The database has migrations that supabase/migrations lacks: ${unknown.join(', ')}. ` +
        resetHint,
    );
  }
  const changed = local.filter(({ name, content }) => {
    const statements = applied.get(versionOf(name));
    return statements && essence(statements.join('')) !== essence(content);
  });
  if (changed.length > 0) {
    const names = changed.map(({ name }) => name).join(', ');
    throw new StackError(`Migrations changed after they were applied: ${names}. ${resetHint}`);
  }
}

/** Later migrations may rest on what is there already: order is part of the history. */
function refuseLateComers(
  pending: readonly LocalFile[],
  applied: Map<string, string[] | null>,
): void {
  const late = pending.filter(({ name }) =>
    [...applied.keys()].some((version) => version > versionOf(name)),
  );
  if (late.length === 0) return;
  const names = late.map(({ name }) => name).join(', ');
  throw new StackError(`New migrations come before applied ones: ${names}. ${resetHint}`);
}

/** The history keeps statements without the separators and blank lines between them. */
function essence(text: string): string {
  return text.replaceAll(/[\s;]+/g, '');
}

async function readMigrations(dir: string): Promise<LocalFile[]> {
  const names = (await readdir(dir)).filter((name) => /^\d+_.+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({ name, content: await readFile(join(dir, name), 'utf8') })),
  );
}

/** Named from the project's folder, as the CLI records them. */
async function readSeeds({ projectDir, seedPaths }: MigrateOptions): Promise<LocalFile[]> {
  if (seedPaths.length === 0) return [];
  const patterns = seedPaths.map((path) => join('supabase', path));
  const names = await glob(patterns, { cwd: projectDir });
  return Promise.all(
    names.sort().map(async (name) => ({
      name,
      content: await readFile(join(projectDir, name), 'utf8'),
    })),
  );
}

/** File, statement and message are in what the CLI says; the rest of it is of no use here. */
function explain(stderr: string, stdout: string): string {
  const noise = /^(Target:|Confirmed by --yes|Try rerunning|WARN: no files matched)/;
  const lines = `${stderr.trim()}\n${stdout.trim()}`.split('\n');
  return lines
    .filter((line) => !noise.test(line))
    .join('\n')
    .trim();
}

const versionOf = (name: string): string => name.slice(0, name.indexOf('_'));
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
