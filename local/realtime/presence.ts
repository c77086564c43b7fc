import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Payload } from './protocol.ts';

interface Meta {
  readonly ref: string;
  readonly payload: Payload;
}

/** As the client reads it: `{ [key]: { metas: [{ phx_ref, …payload }] } }`. */
export type PresenceList = Record<string, { metas: Payload[] }>;

export interface PresenceDiff extends Payload {
  readonly joins: PresenceList;
  readonly leaves: PresenceList;
}

/** Who is present in one topic: every tracking channel has one meta under its key. */
export class PresenceState {
  readonly #metas = new Map<string, Map<object, Meta>>();

  /** Null when nothing changes. */
  track(owner: object, key: string, payload: Payload): PresenceDiff | null {
    const owners = this.#metas.get(key) ?? new Map<object, Meta>();
    const previous = owners.get(owner);
    if (previous && isDeepStrictEqual(previous.payload, payload)) return null;
    const meta = { ref: randomBytes(12).toString('base64url'), payload };
    owners.set(owner, meta);
    this.#metas.set(key, owners);
    const joined = { ...wireMeta(meta), ...(previous && { phx_ref_prev: previous.ref }) };
    return {
      joins: { [key]: { metas: [joined] } },
      leaves: previous ? { [key]: { metas: [wireMeta(previous)] } } : {},
    };
  }

  untrack(owner: object, key: string): PresenceDiff | null {
    const owners = this.#metas.get(key);
    const meta = owners?.get(owner);
    if (!owners || !meta) return null;
    owners.delete(owner);
    if (owners.size === 0) this.#metas.delete(key);
    return { joins: {}, leaves: { [key]: { metas: [wireMeta(meta)] } } };
  }

  list(): PresenceList {
    return Object.fromEntries(
      [...this.#metas].map(([key, owners]) => [key, { metas: [...owners.values()].map(wireMeta) }]),
    );
  }
}

function wireMeta({ ref, payload }: Meta): Payload {
  return { ...payload, phx_ref: ref };
}
