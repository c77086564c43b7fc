/**
 * One exchange: the messages of a session up to the point where the backend answers. They are
 * rewritten on their way in (names of prepared statements), and the answer on its way out.
 */
import { Client, message, readString, Server } from './protocol.ts';
import type { Statement, Statements } from './statements.ts';
import { customSettingsIn, type Traits, traitsOf } from './traits.ts';

/** A Close whose answer is on its way. */
interface Closing {
  /** Of the statement; undefined for a portal. */
  readonly name?: string;
  /** Sent by us, so that the client must not see the answer. */
  readonly isHidden: boolean;
}

export interface Answer {
  /** What the client is to receive. */
  readonly parts: Buffer[];
  readonly notifications: Buffer[];
  /** Status of the last ReadyForQuery; undefined when there was none. */
  readonly status: number | undefined;
  readonly hasFailed: boolean;
  /** The last command was a ROLLBACK. */
  readonly isRolledBack: boolean;
}

export class Exchange {
  readonly #statements: Statements;
  readonly #frames: Buffer[] = [];
  /** Statements whose ParseComplete is on its way. */
  readonly #parses: Statement[] = [];
  readonly #closes: Closing[] = [];
  /** Traits of the statements that portals of the transaction run. */
  readonly #portals: Map<string, Traits>;
  readonly #traits = new Set<Traits>();
  readonly #customSettings: string[] = [];
  #hiddenCopyResponses = 0;
  /** The backend is to say ReadyForQuery at the end. */
  #endsReady = false;

  constructor(statements: Statements, portals: Map<string, Traits>) {
    this.#statements = statements;
    this.#portals = portals;
  }

  get frames(): readonly Buffer[] {
    return this.#frames;
  }

  /** Of everything that the exchange runs. */
  get traits(): ReadonlySet<Traits> {
    return this.#traits;
  }

  /** Custom settings whose names came as parameters. */
  get customSettings(): readonly string[] {
    return this.#customSettings;
  }

  /** COPY data follows: the client has been invited already. */
  addCopyData(frames: readonly Buffer[], responses: number): void {
    this.#frames.push(...frames);
    this.#hiddenCopyResponses += responses;
  }

  /** Adds a message; returns the formats of the COPY … FROM STDIN commands that it starts. */
  add(frame: Buffer): Traits['copies'] {
    switch (frame[0]) {
      case Client.query:
        this.#endsReady = true;
        return this.#addQuery(frame);
      case Client.parse:
        this.#addParse(frame);
        return [];
      case Client.bind:
        this.#addBind(frame);
        return [];
      case Client.describe:
      case Client.close:
        this.#addTarget(frame);
        return [];
      case Client.execute: {
        this.#frames.push(frame);
        const portal = readString(frame, 5);
        return this.#portals.get(portal.text)?.copies ?? [];
      }
      case Client.sync:
      case Client.functionCall:
        this.#endsReady = true;
        this.#frames.push(frame);
        return [];
      default:
        this.#frames.push(frame);
        return [];
    }
  }

  #addQuery(frame: Buffer): Traits['copies'] {
    const { text } = readString(frame, 5);
    const traits = traitsOf(text);
    if (traits) this.#traits.add(traits);
    const rewritten = /deallocate/i.test(text)
      ? this.#statements.rewriteDeallocate(text)
      : undefined;
    this.#frames.push(rewritten === undefined ? frame : message('Q', rewritten));
    return traits?.copies ?? [];
  }

  #addParse(frame: Buffer): void {
    const statement = this.#statements.parsed(frame);
    if (statement.name === '') this.#addClose('', true);
    this.#parses.push(statement);
    this.#frames.push(statement.parse);
  }

  #addBind(frame: Buffer): void {
    const portal = readString(frame, 5);
    const name = readString(frame, portal.end);
    const parsing = this.#parses.findLast((statement) => statement.name === name.text);
    const traits = (parsing ?? this.#statements.get(name.text))?.traits;
    this.#portals.delete(portal.text);
    if (traits) {
      this.#traits.add(traits);
      this.#portals.set(portal.text, traits);
      if (traits.settings) {
        this.#customSettings.push(...customSettingsIn(frame.toString('latin1', name.end)));
      }
    }
    const backendName = this.#statements.backendName(name.text);
    this.#frames.push(message('B', portal.text, backendName, frame.subarray(name.end)));
  }

  /** Describe and Close name a statement ('S') or a portal ('P'). */
  #addTarget(frame: Buffer): void {
    const isStatement = frame[5] === 0x53;
    const name = readString(frame, 6);
    if (frame[0] === Client.close) {
      if (isStatement) this.#addClose(name.text, false);
      else {
        this.#closes.push({ isHidden: false });
        this.#frames.push(frame);
      }
      return;
    }
    const kind = frame.subarray(5, 6);
    this.#frames.push(
      isStatement ? message('D', kind, this.#statements.backendName(name.text)) : frame,
    );
  }

  #addClose(name: string, isHidden: boolean): void {
    this.#closes.push({ name, isHidden });
    this.#frames.push(this.#statements.closeMessage(name));
  }

  /** Sorts the backend's answer: what is for the client, what for others, what for nobody. */
  read(output: Buffer): Answer {
    const parts: Buffer[] = [];
    const notifications: Buffer[] = [];
    let status: number | undefined;
    let hasFailed = false;
    let tagAt = 0;
    let kept = 0;
    let end = 0;
    for (let at = 0; at < output.length; at = end) {
      end = at + 1 + output.readUInt32BE(at + 1);
      let replacement: Buffer | undefined;
      let isHidden = false;
      switch (output[at]) {
        case Server.readyForQuery:
          // PGlite also says it after an error in the extended protocol, before the Sync
          isHidden = end < output.length || !this.#endsReady;
          if (!isHidden) status = output[at + 5];
          break;
        case Server.parseComplete:
          this.#parseCompleted();
          break;
        case Server.closeComplete:
          isHidden = this.#closeCompleted();
          break;
        case Server.commandComplete:
          tagAt = at + 5;
          break;
        case Server.notification:
          notifications.push(output.subarray(at, end));
          isHidden = true;
          break;
        case Server.copyInResponse:
          isHidden = this.#hiddenCopyResponses > 0;
          this.#hiddenCopyResponses -= 1;
          break;
        case Server.errorResponse:
          hasFailed = true;
          replacement = this.#statements.withClientNames(output.subarray(at, end));
          // the backend skips what is left of the exchange
          this.#parses.length = 0;
          this.#closes.length = 0;
          break;
      }
      if (!isHidden && !replacement) continue;
      if (at > kept) parts.push(output.subarray(kept, at));
      if (replacement) parts.push(replacement);
      kept = end;
    }
    if (output.length > kept) parts.push(output.subarray(kept));
    const isRolledBack = tagAt > 0 && output.toString('latin1', tagAt, tagAt + 8) === 'ROLLBACK';
    return { parts, notifications, status, hasFailed, isRolledBack };
  }

  #parseCompleted(): void {
    const statement = this.#parses.shift();
    if (statement) this.#statements.add(statement);
  }

  #closeCompleted(): boolean {
    const done = this.#closes.shift();
    if (done?.name !== undefined) this.#statements.delete(done.name);
    return done?.isHidden ?? false;
  }
}
