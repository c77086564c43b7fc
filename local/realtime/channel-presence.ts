import { z } from 'zod';
import type { Channel } from './channel.ts';
import { RateLimiter } from './limits.ts';
import type { PresenceDiff } from './presence.ts';
import { type ClientMessage, encode } from './protocol.ts';

const trackedSchema = z.record(z.string(), z.unknown()).default({});

/** Presence of one channel: what it tracks, and the state that it is told when it begins to look. */
export class PresenceHandler {
  readonly #channel: Channel;
  readonly #calls: RateLimiter;
  #isEnabled: boolean;

  constructor(channel: Channel) {
    const { presencePerWindow, presenceWindowMs } = channel.server.limits;
    this.#channel = channel;
    this.#calls = new RateLimiter(presencePerWindow, presenceWindowMs);
    this.#isEnabled = channel.join.presenceEnabled;
  }

  get isEnabled(): boolean {
    return this.#isEnabled;
  }

  /** The whole state; diffs follow. */
  sync(): void {
    const { topic, hears } = this.#channel;
    if (!this.#isEnabled || !hears.presence || !topic) return;
    if (!this.#isWithinRate()) return;
    this.#channel.push('presence_state', topic.presence.list());
  }

  async handle({ ref, payload }: ClientMessage): Promise<void> {
    if (!this.#calls.take()) {
      return this.#channel.shutDown('Client presence rate limit exceeded');
    }
    const event = typeof payload.event === 'string' ? payload.event.toLowerCase() : '';
    if (event === 'untrack') {
      this.#untrack();
      return this.#channel.reply(ref, 'ok', {});
    }
    if (event !== 'track') return this.#channel.reply(ref, 'error', {});

    const tracked = trackedSchema.safeParse(payload.payload);
    if (!tracked.success) {
      const reason = 'Presence track payload must be a map';
      return this.#channel.reply(ref, 'error', { reason });
    }
    const { presence: isAllowed } = await this.#channel.writes();
    if (this.#channel.isClosed) return;
    if (!isAllowed) return this.#channel.reply(ref, 'error', {});
    this.#track(ref, tracked.data);
  }

  #track(ref: string | null, tracked: Record<string, unknown>): void {
    const { server, join, topic } = this.#channel;
    if (Buffer.byteLength(JSON.stringify(tracked)) > server.limits.payloadBytes) {
      this.#channel.shutDown('Track message size exceeded');
      return;
    }
    if (!this.#isWithinRate()) return;
    this.#channel.reply(ref, 'ok', {});
    const wasEnabled = this.#isEnabled;
    const diff = topic?.presence.track(this.#channel, join.presenceKey, tracked);
    this.#isEnabled = true;
    // One that begins to look by tracking has not been told the state: the state has it all.
    if (!wasEnabled) this.sync();
    if (diff) this.#publish(diff);
  }

  #isWithinRate(): boolean {
    if (this.#channel.server.rates.presence.take()) return true;
    this.#channel.shutDown('Too many presence messages per second');
    return false;
  }

  #untrack(): void {
    const { join, topic } = this.#channel;
    const diff = topic?.presence.untrack(this.#channel, join.presenceKey);
    if (diff) this.#publish(diff);
  }

  #publish(diff: PresenceDiff): void {
    const { topic } = this.#channel;
    if (!topic) return;
    const message = { topic: topic.wireName, event: 'presence_diff', payload: diff };
    topic.publish({ encode: (vsn) => encode(vsn, message) }, 'presence');
  }

  stop(): void {
    this.#untrack();
  }
}
