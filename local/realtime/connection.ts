import type { RawData, WebSocket } from 'ws';
import { messageOf } from '../errors.ts';
import { Channel } from './channel.ts';
import type { Frame } from './hub.ts';
import type { Identity } from './identity.ts';
import {
  type ClientMessage,
  decode,
  encode,
  MalformedFrame,
  type ServerMessage,
  type Vsn,
} from './protocol.ts';
import type { RealtimeServer } from './server.ts';

const closeGraceMs = 2_000;

export interface ConnectionOptions {
  readonly vsn: Vsn;
  /** Who its API key stands for: the identity of channels that bring no access token. */
  readonly identity: Identity;
  /** The `x-` headers of its upgrade request: policies may read them. */
  readonly headers: Record<string, string>;
}

/** One websocket and the channels it has joined. */
export class Connection implements ConnectionOptions {
  readonly vsn: Vsn;
  readonly identity: Identity;
  readonly headers: Record<string, string>;

  readonly #server: RealtimeServer;
  readonly #socket: WebSocket;
  readonly #channels = new Map<string, Channel>();
  #heardAt = Date.now();

  constructor(server: RealtimeServer, socket: WebSocket, options: ConnectionOptions) {
    this.#server = server;
    this.#socket = socket;
    this.vsn = options.vsn;
    this.identity = options.identity;
    this.headers = options.headers;
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('close', () => this.#end());
    // A broken frame or a reset: `ws` closes the socket by itself.
    socket.on('error', (error) => server.log.warn(`connection: ${error.message}`));
  }

  get channelCount(): number {
    return this.#channels.size;
  }

  get isSilent(): boolean {
    return Date.now() - this.#heardAt > this.#server.limits.heartbeatTimeoutMs;
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#heardAt = Date.now();
    try {
      this.#dispatch(decode(this.vsn, toBuffer(data), isBinary));
    } catch (error) {
      const isClients = error instanceof MalformedFrame;
      if (!isClients) this.#server.log.error(`connection: ${messageOf(error)}`);
      this.close(isClients ? 1003 : 1011, isClients ? error.message : 'Internal error');
    }
  }

  #dispatch(message: ClientMessage): void {
    const { topic, event, joinRef, ref } = message;
    const answer = (status: 'ok' | 'error', response = {}) =>
      this.sendMessage({ joinRef, ref, topic, event: 'phx_reply', payload: { status, response } });

    const channel = this.#channels.get(topic);
    if (topic === 'phoenix') answer('ok');
    else if (event === 'phx_join' && topic.startsWith('realtime:')) this.#join(message, channel);
    else if (channel && (joinRef === null || joinRef === channel.joinRef)) channel.receive(message);
    else if (event === 'phx_leave') answer('ok');
    // What was sent to an earlier join of this topic means nothing to this one.
    else if (!channel) answer('error', { reason: 'unmatched topic' });
  }

  #join(message: ClientMessage, previous: Channel | undefined): void {
    previous?.push('phx_close', {}, previous.joinRef);
    previous?.close();
    const channel = new Channel(this.#server, this, message);
    this.#channels.set(message.topic, channel);
    channel.start();
  }

  sendMessage(message: ServerMessage): void {
    this.send(encode(this.vsn, message));
  }

  send(frame: Frame): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > this.#server.limits.bufferBytes) {
      this.#server.log.warn('connection closed: its client reads too slowly');
      this.#socket.terminate();
      return;
    }
    this.#socket.send(frame);
  }

  /** A client that does not answer the close within a moment is cut off. */
  close(code: number, reason: string): void {
    this.#end();
    this.#socket.close(code, reason.slice(0, 120));
    setTimeout(() => this.#socket.terminate(), closeGraceMs).unref();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  forget(channel: Channel): void {
    if (this.#channels.get(channel.wireName) === channel) this.#channels.delete(channel.wireName);
  }

  #end(): void {
    for (const channel of [...this.#channels.values()]) channel.close();
  }
}

function toBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
