/**
 * One client: its socket, what it has sent and not had answered, and all that Postgres keeps per
 * session: settings, prepared statements, listened channels. The backend calls `run` when it is
 * this session's turn.
 */
import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { serialize } from 'pg-protocol';
import type { Backend } from './backend.ts';
import { Channels } from './channels.ts';
import { Exchange } from './exchange.ts';
import { Handshake, Refusal } from './handshake.ts';
import { Inbox } from './inbox.ts';
import {
  authenticationOk,
  backendKeyData,
  Client,
  copyInResponse,
  type ErrorFields,
  errorResponse,
  FrameReader,
  message,
  ProtocolViolation,
  parameterStatus,
  readyForQuery,
  Status,
  syncMessage,
} from './protocol.ts';
import { Settings } from './settings.ts';
import { Statements } from './statements.ts';
import type { Traits } from './traits.ts';

/** A COPY … FROM STDIN whose data is still coming; it runs when the data is complete. */
interface Copying {
  readonly exchange: Exchange;
  readonly formats: Traits['copies'];
  readonly data: Buffer[];
  done: number;
}

let lastId = 0;

export class Session {
  readonly id = ++lastId;
  /** Told to the client as the process that serves it. */
  readonly pid = 10_000 + this.id;
  readonly secret = randomInt(2 ** 31);
  readonly channels = new Channels();
  readonly statements = new Statements(this.id);
  hasTemporaryTables = false;
  hasAdvisoryLocks = false;

  readonly #socket: Socket;
  readonly #backend: Backend;
  readonly #handshake: Handshake;
  readonly #reader = new FrameReader();
  readonly #inbox = new Inbox();
  #phase: 'handshake' | 'login' | 'ready' | 'closed' = 'handshake';
  #settings = new Settings('', false, new Map());
  #portals = new Map<string, Traits>();
  #copying: Copying | undefined;
  /** What the open transaction has run so far that may leave something behind. */
  #traits = new Set<Traits>();
  #customSettings = new Set<string>();
  /** Status of the last ReadyForQuery; undefined in the middle of an exchange. */
  #status: number | undefined = Status.idle;

  constructor(socket: Socket, backend: Backend, password: string) {
    this.#socket = socket;
    this.#backend = backend;
    this.#handshake = new Handshake(password);
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('end', () => this.#finish());
    socket.on('error', () => this.close());
    socket.on('close', () => this.close());
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Waits for the backend, or for the client to complete what it has begun? */
  get hasWork(): boolean {
    if (this.#phase === 'login') return true;
    return this.#phase === 'ready' && this.#inbox.hasExchange(this.#copying !== undefined);
  }

  send(...parts: Buffer[]): void {
    if (this.#phase === 'closed' || !this.#socket.writable) return;
    if (parts.length > 1) this.#socket.cork();
    for (const part of parts) this.#socket.write(part);
    if (parts.length > 1) this.#socket.uncork();
  }

  /** Tells the client why, and hangs up. */
  fail({ code, message: text, hint }: Omit<ErrorFields, 'severity'>): void {
    this.send(errorResponse({ severity: 'FATAL', code, message: text, hint }));
    this.close();
  }

  close(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#socket.end();
    this.#socket.destroySoon();
    this.#backend.remove(this);
  }

  /** The session's turn: one exchange. True when the session has to keep the backend. */
  run(): boolean {
    if (this.#phase === 'login') {
      this.#logIn();
      return false;
    }
    const frames = this.#inbox.take(this.#copying !== undefined);
    if (this.#copying) this.#continueCopy(this.#copying, frames);
    else this.#begin(frames);
    return this.#status !== Status.idle;
  }

  /** Takes back what still waits for its turn; the client is told. */
  cancel(): void {
    if (this.#phase !== 'ready' || this.#copying || !this.#inbox.hasExchange(false)) return;
    const frames = this.#inbox.take(false);
    const last = frames.at(-1)?.[0];
    if (last === Client.terminate) {
      this.close();
      return;
    }
    const error = { code: '57014', message: 'canceling statement due to user request' } as const;
    this.send(errorResponse({ ...error, severity: 'ERROR' }));
    if (last === Client.flush) this.#inbox.skipToSync();
    else this.send(readyForQuery(Status.idle));
  }

  /** Rolls back what is open; called when the session is gone. */
  rollBack(): void {
    const { engine } = this.#backend;
    // Inside an exchange a Sync would commit; after an error the backend hears nothing but a Sync.
    if (this.#status === undefined) engine.exec([serialize.query('rollback'), syncMessage]);
    if (this.#status !== Status.idle) engine.query('rollback');
  }

  /** The time after which an open transaction counts as abandoned. */
  idleTimeout(limit: number): number {
    const own = Number(this.#settings.get('idle_in_transaction_session_timeout') ?? 0);
    return own > 0 ? Math.min(own, limit) : limit;
  }

  #receive(chunk: Buffer): void {
    try {
      this.#reader.push(chunk);
      for (let frame = this.#reader.next(); frame; frame = this.#reader.next()) {
        if (this.#phase === 'closed') return;
        if (this.#phase === 'handshake') this.#shakeHands(frame);
        else this.#inbox.push(frame);
      }
      this.#backend.request(this);
    } catch (error) {
      if (error instanceof Refusal) this.fail(error);
      else if (error instanceof ProtocolViolation) {
        this.fail({ code: '08P01', message: error.message });
      } else throw error;
    }
  }

  /** The client has half-closed: it still gets the answers to what it has sent. */
  #finish(): void {
    if (this.#phase !== 'ready') {
      this.close();
      return;
    }
    this.#inbox.push(message(Client.terminate));
    this.#backend.request(this);
  }

  #shakeHands(frame: Buffer): void {
    const step = this.#handshake.take(frame);
    if (step.kind === 'authenticated') this.#phase = 'login';
    else if (step.kind === 'reply') {
      if (step.isStarted) this.#reader.startTyped();
      this.send(...step.parts);
    } else {
      this.#backend.cancel(step.pid, step.secret);
      this.close();
    }
  }

  #logIn(): void {
    const { engine } = this.#backend;
    this.#backend.wears();
    try {
      this.#settings = this.#handshake.logIn(engine);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.fail(error);
      return;
    }
    if (!this.#backend.dress(this)) return;
    this.#phase = 'ready';
    this.send(
      authenticationOk,
      ...Settings.reported(engine).map(([name, value]) => parameterStatus(name, value)),
      backendKeyData(this.pid, this.secret),
      readyForQuery(Status.idle),
    );
  }

  #begin(frames: Buffer[]): void {
    const exchange = new Exchange(this.statements, this.#portals);
    for (const [index, frame] of frames.entries()) {
      if (frame[0] === Client.terminate) {
        this.close();
        return;
      }
      const formats = exchange.add(frame);
      if (formats.length > 0) {
        // what comes after the COPY command is read again once its data is there
        const rest = frames.slice(index + 1).filter((next) => next[0] !== Client.sync);
        this.#inbox.unshift(rest);
        this.#copying = { exchange, formats, data: [], done: 0 };
        this.send(copyInResponse(formats[0] === 'binary'));
        return;
      }
    }
    this.#exchange(exchange);
  }

  #continueCopy(copying: Copying, frames: Buffer[]): void {
    for (const frame of frames) {
      if (frame[0] === Client.terminate) {
        this.close();
        return;
      }
      if (frame[0] !== Client.sync && frame[0] !== Client.flush) copying.data.push(frame);
    }
    copying.done += 1;
    const next = copying.formats[copying.done];
    if (next !== undefined && frames.at(-1)?.[0] !== Client.copyFail) {
      this.send(copyInResponse(next === 'binary'));
      return;
    }
    this.#copying = undefined;
    copying.exchange.addCopyData(copying.data, copying.done);
    this.#exchange(copying.exchange);
  }

  #exchange(exchange: Exchange): void {
    if (!this.#backend.dress(this)) return;
    for (const traits of exchange.traits) this.#traits.add(traits);
    for (const name of exchange.customSettings) this.#customSettings.add(name);

    this.#status = undefined;
    const answer = exchange.read(this.#backend.engine.exec(exchange.frames));
    for (const notification of answer.notifications) {
      notification.writeInt32BE(this.pid, 5);
      this.#backend.notify(notification, this, answer.parts);
    }
    this.#status = answer.status;
    if (answer.status === Status.idle) {
      this.#portals.clear();
      if (this.#traits.size > 0) this.#settle(answer.hasFailed || answer.isRolledBack);
    }
    this.send(...answer.parts);
  }

  /** The transaction is over: what it ran has taken effect, or not. */
  #settle(isRolledBack: boolean): void {
    const all = [...this.#traits];
    this.#traits.clear();
    const custom = [...this.#customSettings, ...all.flatMap((traits) => traits.customSettings)];
    this.#customSettings.clear();
    this.hasTemporaryTables ||= all.some((traits) => traits.temporaryTables);
    this.hasAdvisoryLocks ||= all.some((traits) => traits.advisoryLocks);
    if (all.some((traits) => traits.settings)) {
      const resetsUser = !isRolledBack && all.some((traits) => traits.resetsUser);
      const isChanged = this.#settings.learn(this.#backend.engine, custom, resetsUser);
      this.#backend.wears(isChanged ? undefined : this);
    }
    const listens = all.flatMap((traits) => traits.listens);
    if (listens.length > 0) {
      if (!isRolledBack) this.channels.apply(listens);
      this.#backend.listen();
    }
    if (!isRolledBack && all.some((traits) => traits.deallocatesAll))
      this.#backend.statementsLost(this);
  }
}
