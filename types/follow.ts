import { isKarigarError, KarigarError } from './karigar-error.ts';
import type { Topics } from './topics.ts';

/**
 * Whether changes arrive as they happen, or when the connection is back.
 *
 * @example
 * ```ts
 * const onState = (state: WatchState) => banner.toggle(state === 'reconnecting');
 * ```
 */
export type WatchState = 'live' | 'reconnecting';

/** Rows of one thing, counted by `position` from 1 without gaps, each announced on its topic. */
export interface Log<Row, Cursor> {
  readonly topic: string;
  readonly event: string;
  /** The row that a message of the topic carries. */
  parse(payload: unknown): Row | undefined;
  /** The rows after one, the oldest first; an empty list when there are no more. */
  read(after: Cursor): Promise<readonly Row[]>;
  cursorOf(row: Row): Cursor;
}

export interface Follower<Row> {
  onRow(row: Row): void;
  /** Told once, when it has to end. */
  onError(error: KarigarError): void;
  onState(state: WatchState): void;
  /** The topic has been joined: what was said there in between is missed. */
  onJoin?(): void;
  /** Something else that was said on the topic. */
  onOther?(payload: unknown, event: string): void;
}

export interface FollowOptions<Cursor> {
  /** After which row to begin; its position is null where only the cursor is known. */
  readonly start: { readonly cursor: Cursor; readonly position: number | null };
  readonly pollMs?: number | undefined;
}

/** A message can be lost without a trace, so the rows are read now and then in any case. */
const defaultPollMs = 60_000;
/** Asking again would not help; anything else passes. */
const finalStatuses = new Set([400, 401, 403, 404]);
const retryMs = [1000, 2000, 5000, 10_000];
/** A stale token may be refused once or twice until a fresh one has reached the server. */
const refusalsAllowed = 3;

/** Hands on each row once and in order, whatever becomes of the connection. */
export function follow<Row extends { readonly position: number }, Cursor>(
  topics: Pick<Topics, 'listen'>,
  log: Log<Row, Cursor>,
  follower: Follower<Row>,
  { start, pollMs = defaultPollMs }: FollowOptions<Cursor>,
): { stop(): void } {
  let last: { readonly cursor: Cursor; readonly position: number | null } = start;
  let isStopped = false;
  let refusals = 0;
  let failures = 0;
  let state: WatchState = 'reconnecting';
  let reading: Promise<void> | null = null;
  let isReadAgain = false;
  let retry: ReturnType<typeof setTimeout> | undefined;

  function deliver(row: Row): void {
    if (isStopped || (last.position !== null && row.position <= last.position)) return;
    last = { cursor: log.cursorOf(row), position: row.position };
    callSafely(() => follower.onRow(row));
  }

  /** One reading at a time; who asks during one gets another after it. */
  function catchUp(): void {
    clearTimeout(retry);
    if (reading) {
      isReadAgain = true;
      return;
    }
    reading = read().finally(() => {
      reading = null;
      if (isReadAgain && !isStopped) {
        isReadAgain = false;
        catchUp();
      }
    });
  }

  async function read(): Promise<void> {
    try {
      for (;;) {
        const rows = await log.read(last.cursor);
        if (isStopped) return;
        failures = 0;
        for (const row of rows) deliver(row);
        if (rows.length === 0) return;
      }
    } catch (error) {
      if (isStopped) return;
      if (!isKarigarError(error)) throw error;
      if (finalStatuses.has(error.status)) end(error);
      else retry = setTimeout(catchUp, retryMs[Math.min(failures++, retryMs.length - 1)]);
    }
  }

  function setState(next: WatchState): void {
    if (state === next || isStopped) return;
    state = next;
    follower.onState(next);
  }

  function stop(): void {
    if (isStopped) return;
    isStopped = true;
    clearTimeout(retry);
    clearInterval(poll);
    stopListening();
  }

  function end(error: KarigarError): void {
    stop();
    follower.onError(error);
  }

  const poll = setInterval(catchUp, pollMs);
  const stopListening = topics.listen(log.topic, follower.onOther ? '*' : log.event, {
    onJoin() {
      refusals = 0;
      setState('live');
      catchUp();
      follower.onJoin?.();
    },
    onLost: () => setState('reconnecting'),
    onRefused(message) {
      setState('reconnecting');
      refusals += 1;
      if (refusals >= refusalsAllowed) {
        end(new KarigarError('realtime_refused', { cause: new Error(message) }));
      } else {
        // Who may not see the rows learns it from reading them, in clear words.
        catchUp();
      }
    },
    onMessage(payload, event) {
      if (follower.onOther && event !== log.event) {
        follower.onOther(payload, event);
        return;
      }
      const row = log.parse(payload);
      const isNext = row && last.position !== null && row.position === last.position + 1;
      if (isNext && !reading) deliver(row);
      else catchUp();
    },
  });
  return { stop };
}

/** The caller's own error, as in any event handler: it is reported, and the next calls still come. */
export function callSafely(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
