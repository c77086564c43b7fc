/**
 * Prepared statements of one session. All sessions share the backend's one namespace, so each
 * gets its own by a suffix; the unnamed statement becomes a named one, since another session's
 * exchange would overwrite it. When one session discards them all, those of the others are
 * prepared anew.
 */
import { createHash } from 'node:crypto';
import { message, readString } from './protocol.ts';
import { type Traits, traitsOf } from './traits.ts';

/** The backend keeps 63 bytes of a name. */
const MAX_NAME_BYTES = 48;

export interface Statement {
  readonly name: string;
  readonly parse: Buffer;
  readonly traits: Traits | undefined;
}

export class Statements {
  readonly #suffix: string;
  readonly #known = new Map<string, Statement>();

  constructor(sessionId: number) {
    this.#suffix = `@${sessionId}`;
  }

  get(name: string): Statement | undefined {
    return this.#known.get(name);
  }

  add(statement: Statement): void {
    this.#known.set(statement.name, statement);
  }

  delete(name: string): void {
    this.#known.delete(name);
  }

  clear(): void {
    this.#known.clear();
  }

  /** Messages that prepare them anew in a backend that has forgotten them. */
  get parses(): Buffer[] {
    return [...this.#known.values()].map((statement) => statement.parse);
  }

  backendName(name: string): string {
    const short =
      Buffer.byteLength(name) <= MAX_NAME_BYTES
        ? name
        : createHash('sha256').update(name).digest('hex').slice(0, MAX_NAME_BYTES);
    return `${short}${this.#suffix}`;
  }

  /** A message of the backend as the client has to see it: with its own statements' names. */
  withClientNames(frame: Buffer): Buffer {
    const suffixed = `${this.#suffix}"`;
    if (!frame.includes(suffixed)) return frame;
    const body = frame.toString('latin1', 5).replaceAll(suffixed, '"');
    return message(frame[0] ?? 0, Buffer.from(body, 'latin1'));
  }

  /** The statement that a Parse message describes, under its name in the backend. */
  parsed(frame: Buffer): Statement {
    const name = readString(frame, 5);
    const text = readString(frame, name.end);
    return {
      name: name.text,
      parse: message('P', this.backendName(name.text), frame.subarray(name.end)),
      traits: traitsOf(text.text),
    };
  }

  /** `DEALLOCATE name` of a statement that was prepared by protocol. */
  rewriteDeallocate(text: string): string | undefined {
    const match = /^\s*deallocate\s+(?:prepare\s+)?("(?:[^"]|"")+"|[a-z_][\w$]*)\s*;?\s*$/i.exec(
      text,
    );
    const quoted = match?.[1];
    if (quoted === undefined) return undefined;
    const name = quoted.startsWith('"')
      ? quoted.slice(1, -1).replaceAll('""', '"')
      : quoted.toLowerCase();
    if (!this.#known.delete(name)) return undefined;
    return `deallocate "${this.backendName(name).replaceAll('"', '""')}"`;
  }

  /** Messages that make the backend forget this session's statements. */
  closing(): Buffer[] {
    return [...this.#known.keys()].map((name) => this.closeMessage(name));
  }

  closeMessage(name: string): Buffer {
    return message('C', Buffer.from('S'), this.backendName(name));
  }
}
