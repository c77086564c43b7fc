import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { z } from 'zod';
import { type BookingChange, createKarigar, type Karigar, type Message } from '../types/index.ts';
import { type Backend, DemoError } from './backend.ts';

const inboxSchema = z.array(z.object({ body: z.string(), receivedAt: z.string() }));

/** Somebody with an app of their own: a client, and what it has been told. */
export interface Person {
  readonly karigar: Karigar;
  /** Asks for a code by SMS, reads it in the inbox, and signs in with it. */
  signIn(
    phone: string,
    onSms: (text: string) => void,
    onWait: (seconds: number) => void,
  ): Promise<void>;
  /** Follows a booking; `told` resolves when the change to a status has arrived. */
  follow(bookingId: string, onChange: (change: BookingChange) => void): void;
  /** Follows a conversation; `told` resolves when the message of an id has arrived. */
  listen(conversationId: string, onMessage: (message: Message) => void): void;
  told(news: string): Promise<void>;
  leave(): Promise<void>;
}

const liveWithinMs = 10_000;

export function createPerson(backend: Backend): Person {
  const karigar = createKarigar({
    ...backend,
    realtime: { transport: WebSocket },
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const arrivals = new EventEmitter<{ news: [] }>();
  const failures: Error[] = [];
  const known = new Set<string>();
  const watches: { stop(): void }[] = [];
  const onError = (error: Error) => {
    failures.push(error);
    arrivals.emit('news');
  };
  const learn = (news: string) => {
    known.add(news);
    arrivals.emit('news');
  };

  async function requestCode(phone: string, onWait: (seconds: number) => void): Promise<void> {
    for (;;) {
      const { error } = await karigar.supabase.auth.signInWithOtp({ phone });
      if (!error) return;
      const seconds = Number(/after (\d+) seconds?/.exec(error.message)?.[1]);
      if (error.code !== 'over_sms_send_rate_limit' || Number.isNaN(seconds)) throw error;
      onWait(seconds);
      await sleep((seconds + 1) * 1000);
    }
  }

  return {
    karigar,

    async signIn(phone, onSms, onWait) {
      await requestCode(phone, onWait);
      const inbox = new URL('/_inbox/api/messages', backend.url);
      inbox.searchParams.set('to', phone);
      const messages = inboxSchema.safeParse(await (await fetch(inbox)).json());
      const text = messages.data?.[0]?.body;
      const token = /\b\d{6}\b/.exec(text ?? '')?.[0];
      if (!text || !token) {
        throw new DemoError(`No code for ${phone} in the inbox of ${backend.url}.`);
      }
      onSms(text);
      const { error } = await karigar.supabase.auth.verifyOtp({ phone, token, type: 'sms' });
      if (error) throw error;
    },

    follow(bookingId, onChange) {
      const show = (change: BookingChange) => {
        onChange(change);
        learn(change.to_status);
      };
      watches.push(karigar.watchBooking(bookingId, show, { onError }));
    },

    listen(conversationId, onMessage) {
      const show = (message: Message) => {
        onMessage(message);
        learn(message.id);
      };
      watches.push(karigar.watchConversation(conversationId, show, { onError }));
    },

    async told(news) {
      const signal = AbortSignal.timeout(liveWithinMs);
      while (!known.has(news)) {
        if (failures[0]) throw failures[0];
        await once(arrivals, 'news', { signal }).catch(() => {
          throw new DemoError(`The news did not arrive: ${news}.`);
        });
      }
    },

    async leave() {
      for (const watch of watches) watch.stop();
      await karigar.supabase.removeAllChannels();
    },
  };
}
