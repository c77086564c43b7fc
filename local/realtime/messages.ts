import type { Sql } from 'postgres';
import { z } from 'zod';
import { messageOf } from '../errors.ts';
import type { Logger } from '../service.ts';
import type { Hub, Publication } from './hub.ts';
import { encode, encodeBroadcast, type Payload } from './protocol.ts';

const channelName = 'realtime_messages';
const retentionHours = 72;
const purgeEveryMs = 3_600_000;
/** A transaction may commit this long after its rows' timestamp and still be caught up with. */
const overlapMs = 60_000;
const catchUpLimit = 10_000;
const replayLimit = 25;

const noticeSchema = z.object({
  id: z.uuid(),
  inserted_at: z.string(),
  /** Absent in a notice that only points to the row. */
  topic: z.string().optional(),
  event: z.string().optional(),
  private: z.boolean().nullish(),
  payload: z.unknown().optional(),
});

export interface Message {
  readonly id: string;
  readonly topic: string;
  readonly event: string;
  readonly private: boolean | null;
  readonly payload: unknown;
  readonly binary_payload: Buffer | null;
}

/** A row of realtime.messages as its subscribers are told of it. */
export function publicationOf(message: Message, meta: Payload): Publication {
  const { id, event, payload, binary_payload: bytes } = message;
  const topic = `realtime:${message.topic}`;
  return {
    id,
    encode: (vsn) =>
      bytes
        ? encodeBroadcast(vsn, topic, { event, encoding: 'binary', payload: bytes, meta })
        : encode(vsn, {
            topic,
            event: 'broadcast',
            payload: { type: 'broadcast', event, payload, meta },
          }),
  };
}

/** Carries what transactions write to realtime.messages to the subscribers, in commit order. */
export class MessageFeed {
  readonly #sql: Sql;
  readonly #hub: Hub;
  readonly #log: Logger;
  /** Told already: id to the time of its row. Covers what a catch-up may meet again. */
  readonly #told = new Map<string, number>();
  #newest = Date.now();
  #work: Promise<void> = Promise.resolve();
  #purgeTimer: NodeJS.Timeout | undefined;
  #unlisten: (() => Promise<void>) | undefined;
  #isListening = false;
  #isStopped = false;

  constructor(sql: Sql, hub: Hub, log: Logger) {
    this.#sql = sql;
    this.#hub = hub;
    this.#log = log;
  }

  /** Whether messages of the database have been arriving. */
  get isReady(): boolean {
    return this.#isListening;
  }

  async start(): Promise<void> {
    // postgres.js listens on a connection of its own, which it restores with back-off.
    const { unlisten } = await this.#sql.listen(
      channelName,
      (notice) => this.#enqueue(() => this.#receive(notice)),
      () => this.#onListen(),
    );
    this.#unlisten = unlisten;
    await this.#purge();
    this.#purgeTimer = setInterval(() => this.#enqueue(() => this.#purge()), purgeEveryMs);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#purgeTimer);
    await this.#unlisten?.().catch(() => {});
    await this.#work;
  }

  /** The latest messages of a private topic since then, oldest first. */
  async replay(topic: string, since: number, limit: number): Promise<Message[]> {
    const messages = await this.#sql<Message[]>`
      select id, topic, event, private, payload, binary_payload
      from realtime.messages
      where extension = 'broadcast' and private is true and topic = ${topic} and event is not null
        and inserted_at >= to_timestamp(${since}::float8 / 1000) at time zone 'utc'
      order by inserted_at desc, tableoid desc, ctid desc
      limit ${Math.max(1, Math.min(limit, replayLimit))}
    `;
    return messages.reverse();
  }

  #onListen(): void {
    const isReturn = this.#isListening;
    this.#isListening = true;
    if (!isReturn) return;
    this.#log.info('listens to the database again');
    this.#enqueue(() => this.#catchUp());
  }

  /** One after another, so that a message that has to be read overtakes none and is not overtaken. */
  #enqueue(task: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#isStopped) return;
      try {
        await task();
      } catch (error) {
        this.#log.warn(`messages: ${messageOf(error)}`);
      }
    });
  }

  async #receive(text: string): Promise<void> {
    const notice = noticeSchema.parse(JSON.parse(text));
    const { id, topic, event, payload } = notice;
    if (topic !== undefined && event !== undefined) {
      const message = { id, topic, event, private: notice.private ?? false, payload };
      this.#tell({ ...message, binary_payload: null }, notice.inserted_at);
      return;
    }
    const [message] = await this.#sql<Message[]>`
      select id, topic, event, private, payload, binary_payload from realtime.messages
      where id = ${id} and inserted_at = ${notice.inserted_at}::text::timestamp
    `;
    if (message) this.#tell(message, notice.inserted_at);
  }

  /** What was written while nobody listened. Rows of one transaction come in the order written. */
  async #catchUp(): Promise<void> {
    const messages = await this.#sql<(Message & { written_at: string })[]>`
      select id, topic, event, private, payload, binary_payload,
        to_char(inserted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS') as written_at
      from realtime.messages
      where extension = 'broadcast' and event is not null and not skip_broadcast
        and inserted_at >= to_timestamp(${(this.#newest - overlapMs) / 1000}) at time zone 'utc'
      order by inserted_at, tableoid, ctid
      limit ${catchUpLimit}
    `;
    for (const { written_at: writtenAt, ...message } of messages) this.#tell(message, writtenAt);
  }

  #tell(message: Message, insertedAt: string): void {
    if (this.#told.has(message.id)) return;
    const at = Date.parse(`${insertedAt}Z`);
    this.#told.set(message.id, at);
    this.#newest = Math.max(this.#newest, at);
    if (this.#told.size % 1_000 === 0) this.#forget();
    this.#hub
      .find(message.topic, message.private ?? false)
      ?.publish(publicationOf(message, { id: message.id }), 'broadcast');
  }

  #forget(): void {
    for (const [id, at] of this.#told) {
      if (at < this.#newest - 2 * overlapMs) this.#told.delete(id);
    }
  }

  async #purge(): Promise<void> {
    await this.#sql`
      delete from realtime.messages
      where inserted_at < (now() at time zone 'utc') - make_interval(hours => ${retentionHours})
    `;
  }
}
