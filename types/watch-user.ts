import { type Badges, badgesSchema } from './chat.ts';
import type { ChatRpc } from './chat-rpc.ts';
import { callSafely } from './follow.ts';
import { isKarigarError, KarigarError } from './karigar-error.ts';
import type { Topics } from './topics.ts';

/**
 * How to follow the signed-in user's badge.
 *
 * @example
 * ```ts
 * const options: WatchUserOptions = { onError: (error) => show(error.message) };
 * ```
 */
export interface WatchUserOptions {
  /** Told when it has to end: `not_signed_in`, `user_blocked` … */
  readonly onError?: (error: KarigarError) => void;
}

/**
 * A badge that is being followed.
 *
 * @example
 * ```ts
 * const watch: UserWatch = karigar.watchUser(show);
 * watch.stop();
 * ```
 */
export interface UserWatch {
  /** Ends the watch; nothing is delivered afterwards. */
  stop(): void;
}

export interface WatchUserDependencies {
  readonly topics: Pick<Topics, 'listen'>;
  readonly rpc: Pick<ChatRpc, 'getBadges'>;
  userId(): Promise<string | undefined>;
  readonly pollMs?: number;
}

/** What a broadcast says misses what was written at the same moment; reading afterwards does not. */
const quietMs = 1000;
const defaultPollMs = 60_000;

/** @internal */
export function watchUser(
  { topics, rpc, userId, pollMs = defaultPollMs }: WatchUserDependencies,
  onBadges: (badges: Badges) => void,
  { onError = console.error }: WatchUserOptions,
): UserWatch {
  let isStopped = false;
  let told = '';
  let heard = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopListening = () => {};

  function tell(badges: Badges): void {
    const next = JSON.stringify(badges);
    if (isStopped || next === told) return;
    told = next;
    callSafely(() => onBadges(badges));
  }

  function readIn(ms: number): void {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(readNow, ms);
  }

  async function readNow(): Promise<void> {
    const before = heard;
    try {
      const badges = await rpc.getBadges();
      // What has been heard meanwhile is newer.
      if (heard === before) tell(badges);
      readIn(heard === before ? pollMs : quietMs);
    } catch (error) {
      if (!isKarigarError(error)) throw error;
      if (error.status === 401 || error.status === 403) end(error);
      else readIn(quietMs);
    }
  }

  function end(error: KarigarError): void {
    if (isStopped) return;
    stop();
    onError(error);
  }

  function stop(): void {
    isStopped = true;
    clearTimeout(timer);
    stopListening();
  }

  async function start(): Promise<void> {
    const id = await userId();
    if (isStopped) return;
    if (!id) return end(new KarigarError('not_signed_in'));
    stopListening = topics.listen(`user:${id}`, 'badge_changed', {
      onJoin: () => readIn(0),
      onLost() {},
      // Whoever is refused learns from reading why.
      onRefused: () => readIn(0),
      onMessage(payload) {
        const badges = badgesSchema.safeParse(payload).data;
        if (!badges) return;
        heard += 1;
        tell(badges);
        readIn(quietMs);
      },
    });
  }

  void start();
  return { stop };
}
