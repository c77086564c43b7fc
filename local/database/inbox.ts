/** Messages of one client that wait for the backend, cut into exchanges. */
import { Client } from './protocol.ts';

/** Messages after which the backend answers, so that the client may be waiting. */
const ends: ReadonlySet<number | undefined> = new Set([
  Client.query,
  Client.sync,
  Client.flush,
  Client.functionCall,
  Client.terminate,
]);

/** The same while COPY data is coming in, when Sync and Flush are ignored. */
const copyEnds: ReadonlySet<number | undefined> = new Set([
  Client.copyDone,
  Client.copyFail,
  Client.terminate,
]);

export class Inbox {
  #frames: Buffer[] = [];
  #ends = 0;
  #copyEnds = 0;
  #skipsToSync = false;

  push(frame: Buffer): void {
    if (this.#skipsToSync) {
      if (frame[0] !== Client.sync) return;
      this.#skipsToSync = false;
    }
    this.#frames.push(frame);
    this.#count(frame, 1);
  }

  /** Puts back what was taken too early. */
  unshift(frames: readonly Buffer[]): void {
    this.#frames.unshift(...frames);
    for (const frame of frames) this.#count(frame, 1);
  }

  hasExchange(isCopying: boolean): boolean {
    return isCopying ? this.#copyEnds > 0 : this.#ends > 0;
  }

  /** The messages up to and with the one that ends the exchange. */
  take(isCopying: boolean): Buffer[] {
    const enders = isCopying ? copyEnds : ends;
    const end = this.#frames.findIndex((frame) => enders.has(frame[0]));
    const taken = this.#frames.splice(0, end + 1);
    for (const frame of taken) this.#count(frame, -1);
    return taken;
  }

  /** Drops messages up to the next Sync, as Postgres does after an error. */
  skipToSync(): void {
    const frames = this.#frames;
    this.#frames = [];
    this.#ends = 0;
    this.#copyEnds = 0;
    this.#skipsToSync = true;
    for (const frame of frames) this.push(frame);
  }

  #count(frame: Buffer, by: 1 | -1): void {
    if (ends.has(frame[0])) this.#ends += by;
    if (copyEnds.has(frame[0])) this.#copyEnds += by;
  }
}
