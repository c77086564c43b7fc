import { randomInt } from 'node:crypto';
import WebSocket from 'ws';
import {
  type Booking,
  type BookingChange,
  createKarigar,
  isKarigarError,
  type Karigar,
  type KarigarError,
  type RequestBooking,
} from '../../types/index.ts';
import { newPhone, testStack } from '../helpers/stack.ts';

/** Somebody with an app of their own, whose connection can be cut. */
export interface Person {
  readonly karigar: Karigar;
  readonly userId: string;
  /** As pulling the plug: the socket is gone without a goodbye. */
  cutConnection(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Signs in (and up) by a code from the inbox, as an app does. */
export async function person(phone = newPhone(), metadata: object = {}): Promise<Person> {
  const stack = await testStack();
  const sockets: WebSocket[] = [];
  class Socket extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols);
      sockets.push(this);
    }
  }
  const karigar = createKarigar({
    url: stack.url,
    key: stack.publishableKey,
    realtime: { transport: Socket },
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const { auth } = karigar.supabase;
  const sent = await auth.signInWithOtp({ phone, options: { data: metadata } });
  if (sent.error) throw sent.error;
  const [message] = await stack.inbox({ to: phone, channel: 'sms' });
  const token = /\b\d{6}\b/.exec(message?.body ?? '')?.[0] ?? '';
  const { data, error } = await auth.verifyOtp({ phone, token, type: 'sms' });
  if (error) throw error;
  return {
    karigar,
    userId: data.user?.id ?? '',
    cutConnection() {
      for (const socket of sockets.splice(0)) socket.terminate();
    },
    async [Symbol.asyncDispose]() {
      await karigar.supabase.removeAllChannels();
    },
  };
}

/** The owner of Master Plumber Services in the demo data. */
export const ownerPhone = '+919876543210';

/** A minute within the next day: the earliest that a plumber may set out for. */
export function soon(): string {
  const minutes = 180 + randomInt(0, 1200);
  return new Date(Date.now() + minutes * 60_000).toISOString();
}

/** Books for some time soon that is free: other tests may have taken some. */
export async function bookSoon(
  { karigar }: { readonly karigar: { readonly rpc: Pick<Karigar['rpc'], 'requestBooking'> } },
  request: Omit<RequestBooking, 'starts_at'>,
): Promise<Booking> {
  for (;;) {
    try {
      return await karigar.rpc.requestBooking({ ...request, starts_at: soon() });
    } catch (error) {
      if (!isKarigarError(error, 'slot_taken')) throw error;
    }
  }
}

/** Follows a booking and keeps what it is told. */
export function follow({ karigar }: Person, bookingId: string, after?: string) {
  const changes: BookingChange[] = [];
  const states: string[] = [];
  const errors: KarigarError[] = [];
  const watch = karigar.watchBooking(bookingId, (change) => changes.push(change), {
    ...(after !== undefined && { after }),
    onState: (state) => states.push(state),
    onError: (error) => errors.push(error),
  });
  const statuses = () => changes.map(({ to_status }) => to_status);
  return { changes, states, errors, statuses, stop: watch.stop };
}
