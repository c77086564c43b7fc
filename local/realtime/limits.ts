/** Limits of the Realtime server: hosted's, without a spend cap. */
export interface RealtimeLimits {
  readonly connections: number;
  readonly channelsPerConnection: number;
  readonly joinsPerSecond: number;
  /** Broadcasts that clients send, over websockets and HTTP together. */
  readonly messagesPerSecond: number;
  readonly presencePerSecond: number;
  /** Presence calls of one channel of one client within `presenceWindowMs`. */
  readonly presencePerWindow: number;
  readonly presenceWindowMs: number;
  readonly payloadBytes: number;
  /** What one websocket message may hold, payload and all; more closes the connection. */
  readonly frameBytes: number;
  /** Bytes that may wait for a client that reads too slowly; more closes the connection. */
  readonly bufferBytes: number;
  /** Messages of one channel that may wait for the database; more closes the connection. */
  readonly pendingMessages: number;
  /** Silence after which a connection counts as dead. Clients send a heartbeat every 25 s. */
  readonly heartbeatTimeoutMs: number;
  /** How long unwatched tables keep their trigger, so that a page reload costs no lock. */
  readonly unwatchAfterMs: number;
}

export const defaultLimits: RealtimeLimits = {
  connections: 10_000,
  channelsPerConnection: 100,
  joinsPerSecond: 2_500,
  messagesPerSecond: 2_500,
  presencePerSecond: 1_000,
  presencePerWindow: 5,
  presenceWindowMs: 30_000,
  payloadBytes: 3_000_000,
  frameBytes: 5_000_000,
  bufferBytes: 16_000_000,
  pendingMessages: 1_000,
  heartbeatTimeoutMs: 60_000,
  unwatchAfterMs: 10_000,
};

/** Counts events in windows of fixed length. */
export class RateLimiter {
  readonly #max: number;
  readonly #windowMs: number;
  #windowEnd = 0;
  #count = 0;

  constructor(max: number, windowMs = 1_000) {
    this.#max = max;
    this.#windowMs = windowMs;
  }

  /** False, and nothing is counted, when `events` more would exceed the limit. */
  take(events = 1): boolean {
    const now = Date.now();
    if (now >= this.#windowEnd) {
      this.#windowEnd = now + this.#windowMs;
      this.#count = 0;
    }
    if (this.#count + events > this.#max) return false;
    this.#count += events;
    return true;
  }

  /** Whether the current window has no room left at all. */
  get exhausted(): boolean {
    return Date.now() < this.#windowEnd && this.#count >= this.#max;
  }
}
