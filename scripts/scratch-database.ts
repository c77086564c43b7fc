/** An empty database with the platform in it, for one script or test: thrown away afterwards. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { bootstrap } from '../local/bootstrap.ts';
import { migrate } from '../local/migrations.ts';
import { projectDir } from './paths.ts';

export interface ScratchDatabase {
  /** Signs in as `supabase_admin`. */
  readonly adminUrl: string;
  /** Signs in as `postgres`. */
  readonly databaseUrl: string;
  drop(): Promise<void>;
}

/** On the server that DATABASE_URL names, else in an embedded engine of its own. */
export function createScratchDatabase(): Promise<ScratchDatabase> {
  const serverUrl = process.env.DATABASE_URL;
  return serverUrl ? createOnServer(serverUrl) : createEmbedded();
}

/** `seedPaths` as in config.toml. */
export function applyMigrations(
  database: ScratchDatabase,
  seedPaths: readonly string[] = [],
): Promise<void> {
  return migrate({
    projectDir,
    databaseUrl: database.databaseUrl,
    seedPaths,
    onProgress: () => {},
  });
}

async function createOnServer(serverUrl: string): Promise<ScratchDatabase> {
  const { url, drop } = await createDatabase(serverUrl);
  // The roles of a server are shared, so all of them keep the password that its owner chose.
  const adminUrl = new URL(url);
  const password = decodeURIComponent(adminUrl.password) || 'postgres';
  try {
    await bootstrap(url, { databasePassword: password });
  } catch (error) {
    await drop();
    throw error;
  }
  return { adminUrl: url, databaseUrl: asPostgres(adminUrl, password), drop };
}

/** Empty, without the platform. */
export async function createDatabase(
  serverUrl: string,
): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `karigar_scratch_${randomBytes(6).toString('hex')}`;
  const onServer = async (statement: string) => {
    const sql = postgres(serverUrl, { max: 1, onnotice: () => {} });
    await sql.unsafe(statement).finally(() => sql.end());
  };
  await onServer(`create database ${name} template template0`);
  const url = new URL(serverUrl);
  url.pathname = name;
  return { url: url.href, drop: () => onServer(`drop database if exists ${name} with (force)`) };
}

const log = { info: () => {}, warn: () => {}, error: () => {} };

async function createEmbedded(): Promise<ScratchDatabase> {
  // Loaded only where it is used: it brings a whole Postgres with it.
  const { startDatabase } = await import('../local/database/index.ts');
  const { copyDatabaseTemplate } = await import('./database-template.ts');
  const folder = await mkdtemp(join(tmpdir(), 'karigar-scratch-'));
  const dataDir = join(folder, 'database');
  await copyDatabaseTemplate(dataDir);
  const password = randomBytes(12).toString('hex');
  const server = await startDatabase({ dataDir, port: 0, password, log });
  const adminUrl = new URL(
    `postgres://supabase_admin:${password}@127.0.0.1:${server.port}/postgres`,
  );
  return {
    adminUrl: adminUrl.href,
    databaseUrl: asPostgres(adminUrl, password),
    drop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function asPostgres(adminUrl: URL, password: string): string {
  const url = new URL(adminUrl);
  url.username = 'postgres';
  url.password = encodeURIComponent(password);
  return url.href;
}
