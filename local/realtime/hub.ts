import { PresenceState } from './presence.ts';
import type { Vsn } from './protocol.ts';

export type Frame = string | Buffer;

/** Something to tell the members of a topic, encoded once per protocol version. */
export interface Publication {
  /** Row of realtime.messages: keeps what was replayed from being told twice. */
  readonly id?: string;
  /** Null when this version can't express it. */
  encode(vsn: Vsn): Frame | null;
}

export interface Member {
  readonly vsn: Vsn;
  /** Whether it may hear broadcasts, whether presence. */
  readonly hears: { readonly broadcast: boolean; readonly presence: boolean };
  deliver(frame: Frame, id?: string): void;
}

/** A name as private and as public topic are two topics. */
export class Topic {
  readonly name: string;
  readonly members = new Set<Member>();
  readonly presence = new PresenceState();

  constructor(name: string) {
    this.name = name;
  }

  /** The topic as it stands in messages. */
  get wireName(): string {
    return `realtime:${this.name}`;
  }

  publish(publication: Publication, kind: keyof Member['hears'], except?: Member): void {
    const frames = new Map<Vsn, Frame | null>();
    for (const member of this.members) {
      if (member === except || !member.hears[kind]) continue;
      let frame = frames.get(member.vsn);
      if (frame === undefined) {
        frame = publication.encode(member.vsn);
        frames.set(member.vsn, frame);
      }
      if (frame !== null) member.deliver(frame, publication.id);
    }
  }
}

/** The topics that somebody has joined. */
export class Hub {
  readonly #topics = new Map<string, Topic>();

  join(name: string, isPrivate: boolean, member: Member): Topic {
    const key = keyOf(name, isPrivate);
    const topic = this.#topics.get(key) ?? new Topic(name);
    this.#topics.set(key, topic);
    topic.members.add(member);
    return topic;
  }

  leave(name: string, isPrivate: boolean, member: Member): void {
    const key = keyOf(name, isPrivate);
    const topic = this.#topics.get(key);
    topic?.members.delete(member);
    if (topic?.members.size === 0) this.#topics.delete(key);
  }

  find(name: string, isPrivate: boolean): Topic | undefined {
    return this.#topics.get(keyOf(name, isPrivate));
  }
}

function keyOf(name: string, isPrivate: boolean): string {
  return `${isPrivate ? 'private' : 'public'}:${name}`;
}
