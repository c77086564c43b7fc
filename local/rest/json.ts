/** Makes Postgres itself read and write the JSON of `/rest/v1`, as PostgREST does. */
import {
  ColumnNode,
  ColumnUpdateNode,
  type CompiledQuery,
  InsertQueryNode,
  type KyselyPlugin,
  type OperationNode,
  OperationNodeTransformer,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  PostgresQueryCompiler,
  PrimitiveValueListNode,
  type QueryId,
  type QueryResult,
  type RootOperationNode,
  SelectQueryNode,
  TableNode,
  type UnknownRow,
  type UpdateQueryNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
} from 'kysely';
import { z } from 'zod';
import { asText, type ColumnKind, type ColumnKinds } from './values.ts';

/** Binds values by their column: left alone, the driver mistypes booleans and loses objects. */
class BodyParameters extends OperationNodeTransformer {
  constructor(private readonly columnKinds: ColumnKinds) {
    super();
  }

  protected override transformInsertQuery(node: InsertQueryNode, id?: QueryId): InsertQueryNode {
    const insert = super.transformInsertQuery(node, id);
    if (!insert.values || !ValuesNode.is(insert.values)) return insert;
    const kinds = this.#kindsOf(insert.into);
    const kindAt = (index: number) => kinds.get(insert.columns?.[index]?.column.name ?? '');
    const values = insert.values.values.map((row) =>
      PrimitiveValueListNode.is(row)
        ? PrimitiveValueListNode.create(
            row.values.map((value, at) => this.#bind(value, kindAt(at))),
          )
        : ValueListNode.create(row.values.map((value, at) => this.#bindNode(value, kindAt(at)))),
    );
    return InsertQueryNode.cloneWith(insert, { values: ValuesNode.create(values) });
  }

  protected override transformUpdateQuery(node: UpdateQueryNode, id?: QueryId): UpdateQueryNode {
    const update = super.transformUpdateQuery(node, id);
    if (!update.updates) return update;
    const kinds = this.#kindsOf(update.table);
    const updates = update.updates.map(({ column, value }) => {
      const kind = ColumnNode.is(column) ? kinds.get(column.column.name) : undefined;
      return ColumnUpdateNode.create(column, this.#bindNode(value, kind));
    });
    return { ...update, updates };
  }

  #kindsOf(table: OperationNode | undefined): ReadonlyMap<string, ColumnKind> {
    if (!table || !TableNode.is(table)) return new Map();
    const { schema, identifier } = table.table;
    return this.columnKinds(schema?.name ?? 'public', identifier.name);
  }

  #bind(value: unknown, kind: ColumnKind | undefined): unknown {
    if (kind === undefined || value === null || value === undefined) return value;
    return kind === 'json' ? JSON.stringify(value) : asText(value, kind);
  }

  #bindNode(node: OperationNode, kind: ColumnKind | undefined): OperationNode {
    return ValueNode.is(node) ? ValueNode.create(this.#bind(node.value, kind)) : node;
  }
}

const bodySchema = z.tuple([z.object({ body: z.string() })]);
const rowsSchema = z.array(z.record(z.string(), z.unknown()));
const aggregate = "select coalesce(json_agg(_row), '[]')::text as body from";

function isMutationWithRows(node: RootOperationNode): boolean {
  return 'returning' in node && node.returning !== undefined;
}

/**
 * Lets Postgres write result rows as JSON, so that numbers, timestamps, ranges, bytea and
 * PostGIS values look as they do behind PostgREST. (The driver's own rows show Postgres texts.)
 */
export class JsonCompiler extends PostgresQueryCompiler {
  override compileQuery(node: RootOperationNode, queryId: QueryId): CompiledQuery {
    const query = super.compileQuery(node, queryId);
    if (SelectQueryNode.is(node)) return { ...query, sql: `${aggregate} (${query.sql}) _row` };
    if (!isMutationWithRows(node)) return query;
    return { ...query, sql: `with _row as (${query.sql}) ${aggregate} _row` };
  }
}

/** The counterpart of `JsonCompiler` on the way in and out of a query. */
export class JsonPlugin implements KyselyPlugin {
  readonly #parameters: BodyParameters;
  readonly #written = new WeakSet<QueryId>();

  constructor(columnKinds: ColumnKinds) {
    this.#parameters = new BodyParameters(columnKinds);
  }

  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    if (SelectQueryNode.is(node) || isMutationWithRows(node)) this.#written.add(queryId);
    return this.#parameters.transformNode(node, queryId);
  }

  async transformResult(args: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    if (!this.#written.has(args.queryId)) return args.result;
    const [{ body }] = bodySchema.parse(args.result.rows);
    return { ...args.result, rows: rowsSchema.parse(JSON.parse(body)) };
  }
}
