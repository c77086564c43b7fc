/**
 * The one backend and the sessions that take turns on it. A session has it from the first message
 * of an exchange until ReadyForQuery says that no transaction is open; the others wait, first come
 * first served. Everything between two turns is done here: changing the session's dress, routing
 * notifications, clearing up after a session that is gone.
 */
import { protocol } from '@electric-sql/pglite';
import { type Engine, EngineCrash } from './engine.ts';
import { maintain } from './maintenance.ts';
import { readString, syncMessage } from './protocol.ts';
import type { Session } from './session.ts';
import { quoteIdentifier } from './settings.ts';

/** How long turns are taken in a row before the sockets are looked at again. */
const SLICE_MS = 5;
/** Between two pieces of maintenance, each of which makes the sessions wait. */
const MAINTENANCE_MS = 2_000;

export interface BackendOptions {
  readonly idleInTransactionMs: number;
  onCrash(error: EngineCrash): void;
  onError(error: unknown): void;
}

export class Backend {
  readonly engine: Engine;
  readonly #options: BackendOptions;
  readonly #sessions = new Set<Session>();
  readonly #queue = new Set<Session>();
  /** Is in a transaction or an unfinished exchange. */
  #holder: Session | undefined;
  /** The settings that the backend has; undefined when they may be anything. */
  #dress: string | undefined;
  /** Gone, but not yet tidied up after. */
  readonly #departed = new Set<Session>();
  #isBusy = false;
  #hasCrashed = false;
  #maintenanceTimer: NodeJS.Timeout | undefined;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(engine: Engine, options: BackendOptions) {
    this.engine = engine;
    this.#options = options;
    engine.onNotification = (frame) => this.notify(frame);
  }

  get sessions(): ReadonlySet<Session> {
    return this.#sessions;
  }

  add(session: Session): void {
    this.#sessions.add(session);
  }

  /** Something has come from the session's client. */
  request(session: Session): void {
    if (this.#holder === session) this.#watchIdle(session);
    else if (session.hasWork) this.#queue.add(session);
    this.#takeTurns();
  }

  cancel(pid: number, secret: number): void {
    for (const session of this.#sessions) {
      if (session.pid === pid && session.secret === secret && session !== this.#holder) {
        session.cancel();
        if (!session.hasWork) this.#queue.delete(session);
      }
    }
  }

  /** Gives the backend the session's settings. False when it can't be: then the session is gone. */
  dress(session: Session): boolean {
    const { dress } = session.settings;
    if (this.#dress === dress) return true;
    this.#dress = undefined;
    try {
      this.engine.query(dress);
    } catch (error) {
      if (!(error instanceof protocol.messages.DatabaseError)) throw error;
      session.fail({ code: error.code ?? 'XX000', message: error.message });
      return false;
    }
    this.#dress = dress;
    return true;
  }

  /** The backend wears what `session` has made of its settings, or nobody's when it is undefined. */
  wears(session?: Session): void {
    this.#dress = session?.settings.dress;
  }

  /**
   * Hands a notification to those who listen; the session in whose exchange it came gets it in
   * its place, before ReadyForQuery.
   */
  notify(frame: Buffer, current?: Session, parts?: Buffer[]): void {
    const channel = readString(frame, 9).text;
    for (const session of this.#sessions) {
      if (!session.channels.names.has(channel)) continue;
      if (session === current && parts) parts.splice(-1, 0, frame);
      else session.send(frame);
    }
  }

  /** Makes the backend listen on what the sessions listen on together. */
  listen(): void {
    const wanted = new Set([...this.#sessions].flatMap((session) => [...session.channels.names]));
    const actual = new Set(
      this.engine.query('select pg_catalog.pg_listening_channels()').map(([name]) => name ?? ''),
    );
    const commands = [
      ...[...wanted]
        .filter((name) => !actual.has(name))
        .map((name) => `listen ${quoteIdentifier(name)}`),
      ...[...actual]
        .filter((name) => !wanted.has(name))
        .map((name) => `unlisten ${quoteIdentifier(name)}`),
    ];
    if (commands.length > 0) this.engine.query(commands.join('; '));
  }

  /** The backend has dropped all prepared statements, as `session` wanted for its own. */
  statementsLost(session: Session): void {
    session.statements.clear();
    for (const other of this.#sessions) {
      const { parses } = other.statements;
      // a Sync each, since a statement may no longer be possible
      const frames = parses.flatMap((parse) => [parse, syncMessage]);
      if (frames.length > 0 && this.dress(other)) this.engine.exec(frames);
    }
  }

  /** The session is gone: nothing of it stays. */
  remove(session: Session): void {
    this.#sessions.delete(session);
    this.#queue.delete(session);
    this.#departed.add(session);
    this.#takeTurns();
  }

  #takeTurns(): void {
    if (this.#isBusy || this.#hasCrashed) return;
    this.#isBusy = true;
    const end = performance.now() + SLICE_MS;
    try {
      for (let session = this.#next(); session; session = this.#next()) {
        this.#turn(session);
        if (performance.now() > end) {
          setImmediate(() => this.#takeTurns());
          break;
        }
      }
    } catch (error) {
      this.#onFailure(error);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Who is next, once everything is tidy. */
  #next(): Session | undefined {
    this.#clearUp();
    if (!this.#holder && this.engine.isInTransaction) {
      this.#options.onError(new Error('a transaction was left open'));
      this.engine.query('rollback');
    }
    const next = this.#holder ?? this.#queue.values().next().value;
    return next?.hasWork ? next : undefined;
  }

  #turn(session: Session): void {
    this.#queue.delete(session);
    this.#holder = session;
    let keeps = false;
    try {
      keeps = session.run();
    } catch (error) {
      if (error instanceof EngineCrash) throw error;
      this.#options.onError(error);
      session.fail({ code: 'XX000', message: 'internal error of the embedded database server' });
    }
    this.#planMaintenance();
    if (!this.#sessions.has(session)) return;
    if (keeps) this.#watchIdle(session);
    else {
      this.#release();
      if (session.hasWork) this.#queue.add(session);
    }
  }

  /** Some time after work was done, while nobody waits. */
  #planMaintenance(): void {
    this.#maintenanceTimer ??= setTimeout(() => {
      this.#maintenanceTimer = undefined;
      const isFree = !this.#holder && this.#queue.size === 0;
      if (isFree) this.wears();
      try {
        if (!isFree || maintain(this.engine)) this.#planMaintenance();
      } catch (error) {
        this.#onFailure(error);
      }
    }, MAINTENANCE_MS);
  }

  #onFailure(error: unknown): void {
    if (!(error instanceof EngineCrash)) this.#options.onError(error);
    else if (!this.#hasCrashed) {
      this.#hasCrashed = true;
      this.#options.onCrash(error);
    }
  }

  #release(): void {
    clearTimeout(this.#idleTimer);
    this.#holder = undefined;
  }

  #watchIdle(session: Session): void {
    clearTimeout(this.#idleTimer);
    const limit = session.idleTimeout(this.#options.idleInTransactionMs);
    this.#idleTimer = setTimeout(() => {
      if (this.#holder !== session) return;
      session.fail({
        code: '25P03',
        message: 'terminating connection due to idle-in-transaction timeout',
        hint: `The embedded database has one backend, so a transaction may be idle for ${limit} ms at most.`,
      });
    }, limit);
  }

  /** Tidies up after sessions that are gone, as soon as nobody's transaction is open. */
  #clearUp(): void {
    for (const session of this.#departed) {
      if (this.#holder === session) {
        session.rollBack();
        this.#release();
      }
      if (this.#holder) return;
      this.#departed.delete(session);
      this.#forget(session);
    }
  }

  #forget(session: Session): void {
    const { engine } = this;
    const others = [...this.#sessions, ...this.#departed];
    const closing = session.statements.closing();
    if (closing.length > 0) engine.exec([...closing, syncMessage]);
    if (session.channels.names.size > 0) this.listen();
    if (session.hasAdvisoryLocks && !others.some((other) => other.hasAdvisoryLocks)) {
      engine.query('select pg_catalog.pg_advisory_unlock_all()');
    }
    if (session.hasTemporaryTables && !others.some((other) => other.hasTemporaryTables)) {
      engine.query('reset session authorization; discard temp');
      this.wears();
    }
  }
}
