/**
 * Makes a plain Postgres look like hosted Supabase to the product's migrations: roles, schemas,
 * default privileges, extensions, `auth`, `storage`, `realtime`. Idempotent; never a migration.
 */
import { readdir, readFile } from 'node:fs/promises';
import postgres from 'postgres';
import { StackError } from './errors.ts';

const bootstrapDir = new URL('./bootstrap/', import.meta.url);
const adminRole = 'supabase_admin';
const loginRoles = ['postgres', 'authenticator', 'supabase_auth_admin', 'supabase_storage_admin'];

export interface BootstrapOptions {
  /** Password of the roles that services and developers sign in with. */
  readonly databasePassword: string;
}

/** Applies `bootstrap/*.sql` in name order, in one transaction, as the superuser supabase_admin. */
export async function bootstrap(adminUrl: string, options: BootstrapOptions): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
  try {
    const files = (await readdir(bootstrapDir)).filter((name) => name.endsWith('.sql')).sort();
    await requireAdmin(sql);
    await sql.begin(async (tx) => {
      // Roles belong to the whole server: databases that are set up at once take turns.
      await tx`lock table pg_catalog.pg_auth_members in share row exclusive mode`;
      await tx`select set_config('search_path', '', true)`;
      for (const file of files) {
        await tx.unsafe(await readFile(new URL(file, bootstrapDir), 'utf8')).simple();
      }
      for (const role of loginRoles) {
        await tx.unsafe(`alter role ${role} password ${literal(options.databasePassword)}`);
      }
    });
  } finally {
    await sql.end();
  }
}

async function requireAdmin(sql: postgres.Sql): Promise<void> {
  const [caller] = await sql<{ name: string; is_super: boolean }[]>`
    select rolname as name, rolsuper as is_super from pg_roles where rolname = current_user
  `;
  if (caller?.name === adminRole && caller.is_super) return;
  throw new StackError(
    `The database URL must sign in as the superuser ${adminRole}, not as ${caller?.name}. ` +
      `Create the cluster with \`initdb --username=${adminRole}\` (\`npm run postgres\` does).`,
  );
}

function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
