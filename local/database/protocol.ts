/**
 * The frames of the Postgres wire protocol, version 3: cutting the client's byte stream into
 * messages, and building the few messages that this server says itself.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */

/** Type bytes of the messages a client sends. */
export const Client = {
  bind: 0x42,
  close: 0x43,
  copyData: 0x64,
  copyDone: 0x63,
  copyFail: 0x66,
  describe: 0x44,
  execute: 0x45,
  flush: 0x48,
  functionCall: 0x46,
  parse: 0x50,
  password: 0x70,
  query: 0x51,
  sync: 0x53,
  terminate: 0x58,
} as const;

/** Type bytes of the server's messages that are looked at on their way to the client. */
export const Server = {
  closeComplete: 0x33,
  commandComplete: 0x43,
  copyInResponse: 0x47,
  errorResponse: 0x45,
  notification: 0x41,
  parseComplete: 0x31,
  readyForQuery: 0x5a,
} as const;

/** Transaction status of ReadyForQuery. */
export const Status = { idle: 0x49, transaction: 0x54, failed: 0x45 } as const;

/** Postgres refuses larger messages too (PQ_LARGE_MESSAGE_LIMIT). */
const MAX_MESSAGE = 0x3fffffff;
const MAX_STARTUP_MESSAGE = 10_000;

export class ProtocolViolation extends Error {}

/** Cuts a byte stream into messages; a message inside one packet is a view of it, not a copy. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;
  #needed = 4;
  /** The first message of a connection has no type byte. */
  #typed = false;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  /** The next whole message, its header included. */
  next(): Buffer | undefined {
    while (this.#size >= this.#needed) {
      const buffer = this.#joined();
      const header = this.#typed ? 1 : 0;
      const total = header + buffer.readUInt32BE(header);
      const limit = this.#typed ? MAX_MESSAGE : MAX_STARTUP_MESSAGE;
      if (total < header + 4 || total > limit)
        throw new ProtocolViolation('invalid message length');
      if (this.#size < total) {
        this.#needed = total;
        return undefined;
      }
      this.#size -= total;
      this.#chunks = this.#size > 0 ? [buffer.subarray(total)] : [];
      this.#needed = header + 4;
      return buffer.subarray(0, total);
    }
    return undefined;
  }

  /** From now on messages carry a type byte. */
  startTyped(): void {
    this.#typed = true;
    this.#needed = 5;
  }

  #joined(): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && this.#chunks.length === 1) return first;
    const joined = Buffer.concat(this.#chunks, this.#size);
    this.#chunks = [joined];
    return joined;
  }
}

/** The zero-terminated string at `start`, and where the next field begins. */
export function readString(frame: Buffer, start: number): { text: string; end: number } {
  const zero = frame.indexOf(0, start);
  if (zero < 0) throw new ProtocolViolation('invalid string in message');
  return { text: frame.toString('utf8', start, zero), end: zero + 1 };
}

/** A message of `type` whose body is the concatenation of `parts`; strings end in a zero byte. */
export function message(type: string | number, ...parts: (string | Buffer)[]): Buffer {
  const bodies = parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part));
  const header = Buffer.alloc(5);
  header[0] = typeof type === 'string' ? type.charCodeAt(0) : type;
  header.writeUInt32BE(4 + bodies.reduce((sum, body) => sum + body.length, 0), 1);
  return Buffer.concat([header, ...bodies]);
}

export function int32(...values: number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => {
    buffer.writeInt32BE(value, 4 * index);
  });
  return buffer;
}

export interface ErrorFields {
  readonly severity: 'ERROR' | 'FATAL';
  readonly code: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
}

export function errorResponse(fields: ErrorFields): Buffer {
  const parts = [`S${fields.severity}`, `V${fields.severity}`, `C${fields.code}`];
  parts.push(`M${fields.message}`);
  if (fields.detail) parts.push(`D${fields.detail}`);
  if (fields.hint) parts.push(`H${fields.hint}`);
  return message('E', ...parts, '');
}

export const authenticationOk = message('R', int32(0));
export const authenticationPassword = message('R', int32(3));
export const readyForQuery = (status: number): Buffer => message('Z', Buffer.from([status]));
export const parameterStatus = (name: string, value: string): Buffer => message('S', name, value);
export const backendKeyData = (pid: number, secret: number): Buffer =>
  message('K', int32(pid, secret));

/** Invites the client to send COPY data. Columns are not announced: no client needs them. */
export const copyInResponse = (binary: boolean): Buffer =>
  message('G', Buffer.from([binary ? 1 : 0, 0, 0]));

export const syncMessage = message('S');
