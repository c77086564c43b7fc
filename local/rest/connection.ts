import { type AnyAST, fuzzyMatch } from '@supabase/lite';
import { PostgresConnection } from '@supabase/lite/postgres';
import { type Kysely, PostgresQueryCompiler, sql } from 'kysely';
import { z } from 'zod';
import { AnsweredError, answerError, answerSingular, isFailure, refuse } from './answers.ts';
import { JsonCompiler, JsonPlugin } from './json.ts';
import { currentRequest } from './request.ts';
import { beginStatement, type RoleSettings, settingsStatement } from './settings.ts';
import { inTransaction } from './transaction.ts';
import {
  type ColumnKind,
  kindOf,
  takesWholeBody,
  wireTypes,
  withJsonArguments,
  withJsonTexts,
} from './values.ts';

type WithContext = PostgresConnection['withContext'];
type Vars = Parameters<WithContext>[0];
type Options = Parameters<WithContext>[2];
type Introspection = Awaited<ReturnType<PostgresConnection['introspect']>>;

const databaseErrorSchema = z.object({ code: z.string(), message: z.string() });
const varsSchema = z.object({
  auth: z.object({ role: z.string().nullish(), jwt: z.unknown() }).optional(),
  storage: z.object({ operation: z.string().nullish() }).optional(),
});

function columnKindsOf(columns: Introspection['columns']): Map<string, Map<string, ColumnKind>> {
  const byTable = new Map<string, Map<string, ColumnKind>>();
  for (const { schema, table, name, type, pg_type } of columns) {
    const key = `${schema}.${table}`;
    // Of an array `type` names the elements' type, `pg_type` the array's own: `_text`.
    const kind = pg_type?.startsWith('_') ? 'array' : kindOf(type);
    byTable.set(key, (byTable.get(key) ?? new Map<string, ColumnKind>()).set(name, kind));
  }
  return byTable;
}

/**
 * Lite's connection with hosted Supabase's rules: requests run on a pool of their own that logs
 * in as `authenticator` and switches to the caller's role, so the database's grants hold as they
 * stand. (Lite's own `withContext` first grants everything to everybody.) Lite's auth, storage
 * and introspection keep the platform's pool.
 */
export class GatewayConnection extends PostgresConnection {
  /** The pool of requests; lite's class knows how the driver must read and write values. */
  readonly #requests: PostgresConnection['driver'];
  readonly #schemas: ReadonlySet<string>;
  #roleSettings: RoleSettings = new Map();
  #schemaCache: Promise<Introspection> | undefined;
  #columnKinds: ReadonlyMap<string, ReadonlyMap<string, ColumnKind>> = new Map();
  readonly #jsonPlugin: JsonPlugin;

  constructor(options: {
    adminUrl: string;
    authenticatorUrl: string;
    /** Schemas lite may see at all; every other one stays unknown to the API. */
    schemas: readonly string[];
    maxConnections: number;
  }) {
    const onnotice = () => {};
    const { json, jsonb } = wireTypes;
    super({
      url: options.adminUrl,
      postgresOptions: {
        max: options.maxConnections,
        onnotice,
        types: { json, jsonb },
        connection: { 'storage.allow_delete_query': 'true' },
      },
    });
    const requests = new PostgresConnection({
      url: options.authenticatorUrl,
      postgresOptions: { max: options.maxConnections, onnotice, types: wireTypes },
    });
    this.#requests = requests.driver;
    this.#schemas = new Set(options.schemas);
    // Lite's own auth.* helpers know only legacy settings; the bootstrap's must stay.
    this.config.baseSchema = '';
    this.#jsonPlugin = new JsonPlugin((schema, table) => this.#kindsOf(schema, table));
  }

  /** Looks at the schema and the roles again; requests go on with the old view meanwhile. */
  async reload(): Promise<void> {
    const next = this.#introspect();
    if (this.#schemaCache) await next;
    this.#schemaCache = next;
    await next;
  }

  override async introspect(options?: { useCache?: boolean }): Promise<Introspection> {
    if (options?.useCache) {
      this.#schemaCache ??= this.#introspect();
      return this.#schemaCache;
    }
    return super.introspect(options);
  }

  async #introspect(): Promise<Introspection> {
    this.#roleSettings = await this.#readRoleSettings();
    const all = await super.introspect();
    const visible = <T extends { schema?: string | undefined }>(items: T[] | undefined): T[] =>
      (items ?? []).filter((item) => this.#schemas.has(item.schema ?? ''));
    const columns = visible(all.columns);
    this.#columnKinds = columnKindsOf(columns);
    return {
      ...all,
      tables: visible(all.tables),
      columns,
      indexes: visible(all.indexes),
      views: visible(all.views),
      primary_keys: visible(all.primary_keys),
      foreign_keys: visible(all.foreign_keys).filter((key) =>
        this.#schemas.has(key.ref_schema ?? key.schema ?? ''),
      ),
      unique_constraints: visible(all.unique_constraints),
      check_constraints: visible(all.check_constraints),
      functions: visible(all.functions),
      partitions: visible(all.partitions),
    };
  }

  /** Lite's own check, answered without a line in the log for every mistyped name. */
  override async onPostgrestAST(ast: AnyAST): Promise<AnyAST> {
    const { tables, views, functions } = await this.introspect({ useCache: true });
    const { from, schema = 'public' } = ast;
    const sameSchema = [...tables, ...views].filter((relation) => relation.schema === schema);
    if (from && !sameSchema.some(({ name }) => name === from)) {
      const names = sameSchema.map(({ name }) => name);
      const similar = fuzzyMatch(from, names, 0.75);
      return refuse(
        404,
        'PGRST205',
        `Could not find the table '${schema}.${from}' in the schema cache`,
        similar && `Perhaps you meant the table '${schema}.${similar}'`,
      );
    }
    // As the library safeupdate refuses it to the API roles of hosted.
    if ((ast.type === 'update' || ast.type === 'delete') && !Object.keys(ast.where ?? {}).length) {
      return refuse(400, '21000', `${ast.type.toUpperCase()} requires a WHERE clause`);
    }
    if (ast.type !== 'rpc') return withJsonTexts(ast, this.#kindsOf(schema, from ?? ''));
    if (Array.isArray(ast.args) && !takesWholeBody(ast, functions ?? [])) {
      return refuse(400, 'PGRST102', 'All object keys must match');
    }
    return withJsonArguments(ast, functions ?? []);
  }

  #kindsOf(schema: string, table: string): ReadonlyMap<string, ColumnKind> {
    return this.#columnKinds.get(`${schema}.${table}`) ?? new Map();
  }

  async #readRoleSettings(): Promise<RoleSettings> {
    const rows = await this.driver<{ role: string; name: string; value: string }[]>`
      select r.rolname as role, split_part(s, '=', 1) as name, substr(s, strpos(s, '=') + 1) as value
      from pg_roles r, unnest(r.rolconfig) s
      where pg_has_role('authenticator', r.oid, 'member')`;
    const settings = new Map<string, Map<string, string>>();
    for (const { role, name, value } of rows) {
      const ofRole = settings.get(role) ?? new Map<string, string>();
      settings.set(role, ofRole.set(name, value));
    }
    return settings;
  }

  override async withContext<T>(
    vars: Vars,
    run: (db: Kysely<unknown>) => Promise<T>,
    options?: Options,
  ): Promise<T> {
    if (!vars) return super.withContext(vars, run, options);
    const { auth, storage } = varsSchema.parse(vars);
    const role = auth?.role ?? 'anon';
    const request = currentRequest.getStore();
    const extra: Record<string, string> = storage
      ? { 'storage.operation': storage.operation ?? '', 'storage.allow_delete_query': 'true' }
      : {};
    const settings = {
      role,
      claims: auth?.jwt,
      request,
      roleSettings: this.#roleSettings,
      extra,
    };
    if (options?.transaction) {
      await sql.raw(settingsStatement(settings)).execute(options.transaction);
      return run(options.transaction);
    }
    // PostgREST writes CSV from Postgres's own texts, too.
    const asTexts = storage || request?.headers.get('accept')?.includes('text/csv');
    try {
      return await inTransaction(this.#requests, {
        begin: beginStatement(settings, options?.rpc?.readOnly ?? false),
        compiler: asTexts ? new PostgresQueryCompiler() : new JsonCompiler(),
        plugins: asTexts ? [] : [this.#jsonPlugin],
        run,
        async isUndone(result) {
          if (request && result instanceof Response) await answerSingular(request, result);
          const failed = await isFailure(request?.answer ?? result);
          return Boolean(options?.forceRollback || request?.rollback || failed);
        },
      });
    } catch (error) {
      if (storage || !request || !answerError(error, request, role)) throw error;
      throw new AnsweredError();
    }
  }

  /** Where lite's storage asks what an error was. */
  override normalizeDbError(error: unknown): unknown {
    const known = super.normalizeDbError(error);
    const { data } = databaseErrorSchema.safeParse(known);
    const request = currentRequest.getStore();
    if (request && data) request.databaseError = data;
    return known;
  }

  override async close(): Promise<void> {
    // A connection that was ever reserved does not report its end; so wait no longer than a second.
    const timeout = 1;
    await Promise.all([this.driver.end({ timeout }), this.#requests.end({ timeout })]);
  }
}
