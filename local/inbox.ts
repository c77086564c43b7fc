import { randomUUID } from 'node:crypto';

/** Every SMS and e-mail that the stack would have sent, newest first, kept in memory. */
export interface InboxMessage {
  readonly id: string;
  readonly channel: 'sms' | 'email';
  /** E.164 with "+" for SMS, the address for e-mail. */
  readonly to: string;
  readonly subject?: string;
  readonly body: string;
  readonly receivedAt: string;
}

export interface Inbox {
  add(message: Omit<InboxMessage, 'id' | 'receivedAt'>): InboxMessage;
  list(filter?: { to?: string; channel?: InboxMessage['channel'] }): InboxMessage[];
  clear(): void;
}

/** Remembers the last `capacity` messages. */
export function createInbox(capacity = 500): Inbox {
  const messages: InboxMessage[] = [];
  return {
    add(message) {
      const added = { ...message, id: randomUUID(), receivedAt: new Date().toISOString() };
      messages.unshift(added);
      messages.length = Math.min(messages.length, capacity);
      return added;
    },
    list({ to, channel } = {}) {
      return messages.filter(
        (message) =>
          (to === undefined || message.to === to) &&
          (channel === undefined || message.channel === channel),
      );
    },
    clear() {
      messages.length = 0;
    },
  };
}
