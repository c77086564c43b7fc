import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type KyselyPlugin,
  PostgresAdapter,
  PostgresIntrospector,
  type QueryCompiler,
  type QueryResult,
} from 'kysely';
import type { ReservedSql, Sql } from 'postgres';
import { wireValue } from './values.ts';

/** Of a pool whose values have types of their own. */
type Types = Record<string, unknown>;

/** A connection in the transaction of one request; the transaction opens with the first query. */
class RequestConnection implements DatabaseConnection {
  readonly #sql: ReservedSql<Types>;
  #begin: string | undefined;

  constructor(sql: ReservedSql<Types>, begin: string) {
    this.#sql = sql;
    this.#begin = begin;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const query = () => this.#sql.unsafe<Row[]>(sql, parameters.map(wireValue), { prepare: true });
    const result = await this.#afterBegin(query);
    const { command, count } = result;
    const changes = /^(INSERT|UPDATE|DELETE|MERGE)$/.test(command);
    return { rows: [...result], ...(changes && { numAffectedRows: BigInt(count) }) };
  }

  /** Sends both at once: should `begin` fail, what follows it fails as well. */
  async #afterBegin<T>(query: () => PromiseLike<T>): Promise<T> {
    if (this.#begin === undefined) return query();
    const begin = this.#sql.unsafe(this.#begin);
    this.#begin = undefined;
    const [begun, result] = await Promise.allSettled([begin, query()]);
    if (begun.status === 'rejected') throw begun.reason;
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }

  async end(command: 'commit' | 'rollback'): Promise<void> {
    if (this.#begin === undefined) await this.#sql.unsafe(command);
  }

  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('requests do not stream rows');
  }
}

class RequestDialect implements Dialect {
  constructor(
    private readonly connection: RequestConnection,
    private readonly compiler: QueryCompiler,
  ) {}

  createDriver(): Driver {
    const none = async () => {};
    return {
      init: none,
      acquireConnection: async () => this.connection,
      beginTransaction: none,
      commitTransaction: none,
      rollbackTransaction: none,
      releaseConnection: none,
      destroy: none,
    };
  }

  createQueryCompiler(): QueryCompiler {
    return this.compiler;
  }

  createAdapter(): PostgresAdapter {
    return new PostgresAdapter();
  }

  createIntrospector(db: Kysely<unknown>): PostgresIntrospector {
    return new PostgresIntrospector(db);
  }
}

export interface RequestTransaction<T> {
  /** Statement that opens the transaction with the request's settings. */
  readonly begin: string;
  readonly compiler: QueryCompiler;
  readonly plugins: KyselyPlugin[];
  run(db: Kysely<unknown>): Promise<T>;
  /** True when what `run` did is to be undone. */
  isUndone(result: T): Promise<boolean>;
}

/** Runs a request in a transaction of its own: two round trips for most of them. */
export async function inTransaction<T>(
  pool: Sql<Types>,
  request: RequestTransaction<T>,
): Promise<T> {
  const reserved = await pool.reserve();
  const connection = new RequestConnection(reserved, request.begin);
  const { compiler, plugins } = request;
  const db = new Kysely<unknown>({ dialect: new RequestDialect(connection, compiler), plugins });
  try {
    const result = await request.run(db);
    await connection.end((await request.isUndone(result)) ? 'rollback' : 'commit');
    return result;
  } catch (error) {
    // Of a lost connection there is nothing left to roll back.
    await connection.end('rollback').catch(() => {});
    throw error;
  } finally {
    reserved.release();
  }
}
