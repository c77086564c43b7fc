import type { Sql } from 'postgres';
import { z } from 'zod';
import { messageOf } from '../errors.ts';
import type { Logger } from '../service.ts';
import { type Change, type Column, changeData, isTooLarge } from './change-data.ts';
import { type ChangeRequest, subscribeRefusal } from './filters.ts';
import { type Identity, Refusal } from './identity.ts';
import type { Payload } from './protocol.ts';

const channelName = 'realtime_changes';
const batchSize = 500;

export interface Subscription extends ChangeRequest {
  /** The number that the client knows its binding by. */
  readonly id: number;
  identity: Identity;
  deliver(ids: number[], data: Payload): void;
}

interface Verdict {
  readonly columns: Column[] | null;
  readonly error: string | null;
  readonly is_visible: boolean;
  readonly passes: boolean[];
}

const noticeSchema = z.string().regex(/^\d+$/);

/** Carries changes of published tables to those who subscribed and may see them. */
export class ChangeFeed {
  readonly #sql: Sql;
  readonly #log: Logger;
  readonly #unwatchAfterMs: number;
  readonly #subscriptions = new Map<number, Set<Subscription>>();
  #work: Promise<void> = Promise.resolve();
  #watches: Promise<void> = Promise.resolve();
  #unwatchTimer: NodeJS.Timeout | undefined;
  #unlisten: (() => Promise<void>) | undefined;
  #isStopped = false;

  constructor(sql: Sql, log: Logger, unwatchAfterMs: number) {
    this.#sql = sql;
    this.#log = log;
    this.#unwatchAfterMs = unwatchAfterMs;
  }

  async start(): Promise<void> {
    // Left behind by a server that was killed.
    await this.#sql`select realtime.watch_only('{}')`;
    await this.#sql`truncate realtime.changes`;
    let isReturn = false;
    const { unlisten } = await this.#sql.listen(
      channelName,
      (notice) => this.#enqueue(() => this.#take(noticeSchema.parse(notice))),
      () => {
        if (isReturn) this.#enqueue(() => this.#take(null));
        isReturn = true;
      },
    );
    this.#unlisten = unlisten;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#unwatchTimer);
    this.#subscriptions.clear();
    await this.#unlisten?.().catch(() => {});
    await this.#work;
    await this.#watching(() => this.#unwatch());
  }

  /** Throws Refusal for what can't be subscribed to, other errors when the database can't now. */
  subscribe(subscription: Subscription): Promise<void> {
    return this.#watching(() => this.#subscribe(subscription));
  }

  async #subscribe(subscription: Subscription): Promise<void> {
    const { schema, table, filters, select, identity } = subscription;
    let entities: { entity: number }[];
    try {
      entities = await this.#sql<{ entity: number }[]>`
        select entity from realtime.subscribe(
          ${schema}, ${table}, ${JSON.stringify(filters)}::text::jsonb,
          ${select}::text[], ${identity.role}
        ) as entity
      `;
    } catch (error) {
      if (!isRefused(error)) throw error;
      throw new Refusal(
        subscribeRefusal,
        'Unable to subscribe to changes with given parameters. An exception happened so please ' +
          `check your connect parameters: [${describe(subscription)}]. Exception: ${error.message}`,
      );
    }
    if (entities.length === 0) {
      throw new Refusal(
        subscribeRefusal,
        'Unable to subscribe to changes with given parameters. Please check Realtime is enabled ' +
          `for the given connect parameters: [${describe(subscription)}]`,
      );
    }
    for (const { entity } of entities) {
      const subscriptions = this.#subscriptions.get(entity) ?? new Set();
      this.#subscriptions.set(entity, subscriptions.add(subscription));
    }
  }

  unsubscribe(subscription: Subscription): void {
    for (const [entity, subscriptions] of this.#subscriptions) {
      subscriptions.delete(subscription);
      if (subscriptions.size > 0) continue;
      this.#subscriptions.delete(entity);
      this.#unwatchTimer ??= setTimeout(() => {
        this.#unwatchTimer = undefined;
        void this.#watching(() => this.#unwatch());
      }, this.#unwatchAfterMs);
    }
  }

  /** One after another: a table must not be unwatched while somebody comes to rely on it. */
  #watching(task: () => Promise<void>): Promise<void> {
    const done = this.#watches.then(task);
    this.#watches = done.catch(() => {});
    return done;
  }

  async #unwatch(): Promise<void> {
    try {
      await this.#sql`select realtime.watch_only(${[...this.#subscriptions.keys()]}::oid[])`;
    } catch (error) {
      // A long transaction holds the table. The next start removes what remains.
      this.#log.warn(`could not stop watching tables: ${messageOf(error)}`);
    }
  }

  #enqueue(task: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#isStopped) return;
      try {
        await task();
      } catch (error) {
        this.#log.warn(`postgres_changes: ${messageOf(error)}`);
      }
    });
  }

  /** The changes of one transaction; null for all that wait. */
  async #take(transaction: string | null): Promise<void> {
    let changes: Change[];
    do {
      changes = await this.#sql<Change[]>`
        select entity, schema_name, table_name, type, record, old_record,
          identity_columns, is_rls_enabled, changed_at
        from realtime.take_changes(${transaction}::text::xid8, ${batchSize})
      `;
      for (const change of changes) await this.#tell(change);
    } while (changes.length === batchSize);
  }

  async #tell(change: Change): Promise<void> {
    const isDelete = change.type === 'DELETE';
    // Of a deleted row only its identity is known: other columns pass no filter.
    const isFilterable = (request: ChangeRequest) =>
      !isDelete || request.filters.every(({ column }) => change.identity_columns.includes(column));
    const subscriptions = [...(this.#subscriptions.get(change.entity) ?? [])].filter(
      (subscription) =>
        (subscription.event === '*' || subscription.event === change.type) &&
        isFilterable(subscription),
    );
    if (subscriptions.length === 0) return;

    const groups = [...groupBy(subscriptions, ({ identity }) => identity.token ?? identity.role)];
    const identities = groups.map(([, members]) => ({
      role: members[0]?.identity.role,
      claims: members[0]?.identity.claims,
      filters: members.map(({ filters }) => filters),
    }));
    const verdicts = await this.#sql<Verdict[]>`
      select columns, error, is_visible, passes from realtime.audience(
        ${change.entity}::oid, ${JSON.stringify(isDelete ? change.old_record : change.record)}::text::jsonb,
        ${isDelete}, ${change.is_rls_enabled}, ${JSON.stringify(identities)}::text::jsonb
      )
    `;
    const isCut = isTooLarge(change);
    for (const [index, [, members]] of groups.entries()) {
      const verdict = verdicts[index];
      if (verdict) tellMembers(change, isCut, verdict, members);
    }
  }
}

/** Bindings of one channel that want the same columns hear of a change once. */
function tellMembers(
  change: Change,
  isCut: boolean,
  verdict: Verdict,
  members: Subscription[],
): void {
  const audience = verdict.error
    ? members
    : members.filter((_, index) => verdict.is_visible && verdict.passes[index]);
  const alike = groupBy(audience, ({ select }) => JSON.stringify(select));
  for (const [, selecting] of alike) {
    const select = selecting[0]?.select ?? null;
    const data = changeData(change, verdict.columns ?? [], select, verdict.error, isCut);
    for (const [deliver, bindings] of groupBy(selecting, (member) => member.deliver)) {
      deliver(
        bindings.map(({ id }) => id),
        data,
      );
    }
  }
}

function groupBy<T, K>(items: T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** The request is at fault: wrong data (22), a wrong name or a missing right (42). */
function isRefused(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^(22|42)/.test(String(error.code));
}

function describe({ event, schema, table, filters, select }: ChangeRequest): string {
  const parts = { event, schema, table, filters: JSON.stringify(filters), select: String(select) };
  return Object.entries(parts)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
}
