import { callSafely } from './follow.ts';
import type { JobRpc } from './job-rpc.ts';
import { KarigarError } from './karigar-error.ts';
import type { Topics } from './topics.ts';

/**
 * How to follow who of a business is there.
 *
 * @example
 * ```ts
 * const options: WatchPresenceOptions = { appear: true };
 * ```
 */
export interface WatchPresenceOptions {
  /** For members: be seen as present, until it is stopped. */
  readonly appear?: boolean;
  /** Told when the server does not let the caller watch; it is asked again. */
  readonly onError?: (error: KarigarError) => void;
}

/**
 * A business whose presence is followed.
 *
 * @example
 * ```ts
 * const watch: PresenceWatch = karigar.watchPresence(provider_id, show);
 * watch.stop();
 * ```
 */
export interface PresenceWatch {
  stop(): void;
}

interface Dependencies {
  readonly topics: Topics;
  readonly rpc: Pick<JobRpc, 'touchPresence'>;
}

/** The database keeps `last_seen_at` to half a minute; this is enough to say "a minute ago". */
const touchMs = 60_000;

/** @internal */
export function watchPresence(
  { topics, rpc }: Dependencies,
  providerId: string,
  onChange: (memberIds: readonly string[]) => void,
  { appear = false, onError = console.error }: WatchPresenceOptions,
): PresenceWatch {
  const topic = `provider:${providerId}`;
  // That the business is seen a minute later is no reason to bother anybody.
  const touch = () => void rpc.touchPresence().catch(() => {});
  const timer = appear ? setInterval(touch, touchMs) : undefined;
  if (appear) touch();

  const stopListening = topics.listen(topic, 'none', {
    async onJoin() {
      // The server forgets who is there when the connection is lost.
      if (appear) {
        await topics
          .joined(topic)
          ?.track({})
          .catch(() => {});
      }
    },
    onLost() {},
    onRefused: (message) =>
      onError(new KarigarError('realtime_refused', { cause: new Error(message) })),
    onMessage() {},
    onPresence: (members) => callSafely(() => onChange(members)),
  });
  return {
    stop() {
      clearInterval(timer);
      stopListening();
    },
  };
}
