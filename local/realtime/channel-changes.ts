import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import type { Subscription } from './changes.ts';
import type { Channel } from './channel.ts';
import { parseChangeRequest, subscribeRefusal } from './filters.ts';
import { Refusal } from './identity.ts';
import type { Binding } from './join.ts';
import type { Payload } from './protocol.ts';

const retryMs = 5_000;
const impatientRetryMs = 500;
let lastId = 0;

/** The postgres_changes bindings of one channel. */
export class ChannelChanges {
  readonly #channel: Channel;
  readonly #bindings: (Binding & { id: number })[];
  #subscriptions: Subscription[] = [];
  #isSubscribed = false;
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
    this.#bindings = channel.join.bindings.map((binding) => ({ ...binding, id: ++lastId }));
  }

  /**
   * What the join is answered with: the bindings as the client sent them, in order, with their ids.
   * Subscribes first when the client asked for that. Throws Refusal.
   */
  async answerJoin(): Promise<(Binding & { id: number })[]> {
    const { changesTimeoutMs } = this.#channel.join;
    if (this.#bindings.length === 0 || changesTimeoutMs === 0) return this.#bindings;
    const deadline = Date.now() + changesTimeoutMs;
    while (!this.#isSubscribed && !this.#channel.isClosed) {
      try {
        await this.#subscribe();
      } catch (error) {
        if (error instanceof Refusal) throw error;
        if (Date.now() >= deadline) {
          throw new Refusal(
            'PostgresChangesSubscribeTimeout',
            `Timed out after ${changesTimeoutMs}ms waiting for the postgres_changes subscription`,
          );
        }
        await sleep(impatientRetryMs);
      }
    }
    return this.#bindings;
  }

  /** After the join is answered: subscribes unless that is done, and says so. */
  start(): void {
    if (this.#bindings.length > 0) void this.#begin();
  }

  async #begin(): Promise<void> {
    try {
      if (!this.#isSubscribed) await this.#subscribe();
      if (this.#channel.isClosed) return;
      this.#channel.pushSystem('postgres_changes', 'ok', 'Subscribed to PostgreSQL');
    } catch (error) {
      if (this.#channel.isClosed) return;
      const message = messageOf(error);
      this.#channel.server.log.warn(`${subscribeRefusal}: ${message}`);
      this.#channel.pushSystem('postgres_changes', 'error', message);
      // What is wrong with the request stays wrong; a table that is locked does not.
      if (!(error instanceof Refusal)) this.#retryTimer = setTimeout(() => this.start(), retryMs);
    }
  }

  async #subscribe(): Promise<void> {
    const { server, identity } = this.#channel;
    const deliver = (ids: number[], data: Payload) =>
      this.#channel.push('postgres_changes', { ids, data });
    const subscriptions = this.#bindings.map((binding) => ({
      ...parseChangeRequest(binding),
      id: binding.id,
      identity,
      deliver,
    }));
    this.#subscriptions = subscriptions;
    try {
      for (const subscription of subscriptions) await server.changes.subscribe(subscription);
      this.#isSubscribed = true;
    } catch (error) {
      this.#release();
      throw error;
    }
    // It may have been closed, and let go of what it then got, in between.
    if (this.#channel.isClosed) this.#release();
  }

  /** Policies are asked with the claims of the new token from now on. */
  renew(): void {
    for (const subscription of this.#subscriptions) {
      subscription.identity = this.#channel.identity;
    }
  }

  #release(): void {
    for (const subscription of this.#subscriptions) {
      this.#channel.server.changes.unsubscribe(subscription);
    }
  }

  stop(): void {
    clearTimeout(this.#retryTimer);
    this.#release();
  }
}
