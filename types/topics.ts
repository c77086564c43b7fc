import type {
  REALTIME_SUBSCRIBE_STATES,
  RealtimeChannel,
  SupabaseClient,
} from '@supabase/supabase-js';

/** What a listener of a private topic is told. */
export interface TopicListener {
  /** The topic has been joined, or joined again: whatever was sent in between is missed. */
  onJoin(): void;
  /** The connection is lost; it comes back by itself. */
  onLost(): void;
  /** The server refused to let this user join; it is asked again, and may refuse again. */
  onRefused(message: string): void;
  onMessage(payload: unknown, event: string): void;
  /** The name to be here by; the user's id if none of the listeners has another. */
  presenceKey?(): Promise<string>;
  /** Who else is here: the keys are users. Told to all listeners of a topic if the first wants it. */
  onPresence?(users: readonly string[]): void;
}

/** Hands out private broadcast topics; all listeners of a topic share one channel. */
export interface Topics {
  /** Begins to listen, to one event or to all (`*`); the function that comes back ends it. */
  listen(topic: string, event: string, listener: TopicListener): () => void;
  /** The channel of a topic that is listened to, while it is joined: to send on it. */
  joined(topic: string): RealtimeChannel | null;
}

interface SharedTopic {
  readonly listeners: Set<TopicListener>;
  channel: RealtimeChannel | null;
  isJoined: boolean;
}

type Status = `${REALTIME_SUBSCRIBE_STATES}`;

const rejoinMs = 1000;
const isRefusal = (message: string) => /^(Unauthorized|InvalidJWT)/i.test(message);

/** @internal */
export function createTopics(supabase: SupabaseClient): Topics {
  const topics = new Map<string, SharedTopic>();
  /** Leaving takes a moment, and who joins meanwhile would be given the channel that leaves. */
  const leaving = new Map<string, Promise<unknown>>();

  async function join(name: string, event: string, topic: SharedTopic): Promise<void> {
    await leaving.get(name);
    // Without the user's token the first join of a private topic would be refused.
    await supabase.realtime.setAuth().catch(() => {});
    const { data } = await supabase.auth.getSession();
    const named = [...topic.listeners].find(({ presenceKey }) => presenceKey);
    const key = (await named?.presenceKey?.()) ?? data.session?.user.id ?? '';
    if (topics.get(name) !== topic || topic.channel) return;
    const channel = supabase.channel(name, { config: { private: true, presence: { key } } });
    topic.channel = channel;
    if ([...topic.listeners].some(({ onPresence }) => onPresence)) {
      channel.on('presence', { event: 'sync' }, () => {
        const users = Object.keys(channel.presenceState());
        for (const listener of topic.listeners) listener.onPresence?.(users);
      });
    }
    channel.on('broadcast', { event }, (message) => {
      for (const listener of topic.listeners) listener.onMessage(message.payload, message.event);
    });
    channel.subscribe((status, error) => {
      if (topic.channel !== channel) return;
      tell(topic, status, error?.message ?? '');
      // The client itself rejoins after errors, but not after the server has closed the channel.
      if (status === 'CLOSED') {
        topic.channel = null;
        setTimeout(() => void join(name, event, topic), rejoinMs);
      }
    });
  }

  function leave(name: string, topic: SharedTopic): void {
    const { channel } = topic;
    topic.channel = null;
    topics.delete(name);
    if (!channel) return;
    const left = supabase.removeChannel(channel).finally(() => leaving.delete(name));
    leaving.set(name, left);
  }

  return {
    listen(name, event, listener) {
      const found = topics.get(name);
      const topic = found ?? { listeners: new Set(), channel: null, isJoined: false };
      topic.listeners.add(listener);
      if (!found) {
        topics.set(name, topic);
        void join(name, event, topic);
      } else if (topic.isJoined) {
        listener.onJoin();
      }
      return () => {
        topic.listeners.delete(listener);
        if (topic.listeners.size === 0 && topics.get(name) === topic) leave(name, topic);
      };
    },
    joined(name) {
      const topic = topics.get(name);
      return topic?.isJoined ? topic.channel : null;
    },
  };
}

function tell(topic: SharedTopic, status: Status, message: string): void {
  topic.isJoined = status === 'SUBSCRIBED';
  for (const listener of [...topic.listeners]) {
    if (topic.isJoined) listener.onJoin();
    else if (isRefusal(message)) listener.onRefused(message);
    else listener.onLost();
  }
}
