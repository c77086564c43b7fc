/** People of the running stack: one by one with an app of their own, or all who meet at a firm. */
import { randomInt } from 'node:crypto';
import type { SupabaseClient } from '@supabase/supabase-js';
import { addHours } from 'date-fns';
import postgres, { type Sql } from 'postgres';
import WebSocket from 'ws';
import { z } from 'zod';
import {
  type Booking,
  type BookingChange,
  createKarigar,
  isKarigarError,
  type Karigar,
  type KarigarError,
  type RequestBooking,
} from '../../types/index.ts';
import { stackClock } from './clock.ts';
import { makeUser, newPhone, type TestStack, type TestUser, testStack } from './stack.ts';

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

export const place = { address: 'Vipin Khand, Gomti Nagar', lat: 26.8508, lng: 80.9993 };

const rowSchema = z.object({ id: z.uuid() });

/** Calls an RPC that answers a row, and gives the row's id. */
export async function idFrom(client: SupabaseClient, rpc: string, args: object): Promise<string> {
  const { data } = await client.rpc(rpc, args).throwOnError();
  return rowSchema.parse(data).id;
}

/** A draft with a service, of whoever signed in with the client. */
export async function draftFirm(client: SupabaseClient, sql: Sql): Promise<string> {
  const id = await idFrom(client, 'create_provider', {
    market: 'localpro',
    names: { en: 'Gomti Repairs' },
    location: place,
    categories: ['plumbing'],
  });
  await sql`
    insert into public.services (provider_id, category_id, names, price_amount)
    select provider_id, category_id, '{"en": "Visit"}', 40000
    from public.provider_categories where provider_id = ${id}
  `;
  return id;
}

/** A submitted business of `owner`. */
export async function submitFirm(owner: Person, sql: Sql): Promise<string> {
  const { supabase } = owner.karigar;
  const provider_id = await draftFirm(supabase, sql);
  await supabase.rpc('submit_provider', { provider_id }).throwOnError();
  return provider_id;
}

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

const names = [
  'customer',
  'owner',
  'member',
  'formerMember',
  'otherCustomer',
  'otherOwner',
  'admin',
  'support',
] as const;
/** `blockedCustomer` is the customer whose account has been blocked while the token lives on. */
export const actors = ['anon', ...names, 'blockedCustomer'] as const;
export type Name = (typeof actors)[number];

export interface StackPeople {
  readonly users: Readonly<Record<(typeof names)[number], TestUser>>;
  /** The firm of `owner`. */
  readonly provider: string;
  /** Of `customer` with the firm of `owner`. */
  readonly booking: string;
  /** As `booking`, done and not yet reviewed. */
  readonly completedBooking: string;
  /** Of its reviews' photos, without the side. */
  readonly reviewFolder: string;
  readonly conversation: string;
  /** A client of theirs, with their account as it has to be. */
  client(name: Name): Promise<SupabaseClient>;
  stop(): Promise<void>;
}

/** Everybody who could come to what a firm and a customer share. */
export async function stackPeople(stack: TestStack): Promise<StackPeople> {
  const sql = postgres(stack.adminDatabaseUrl, { max: 1, onnotice: () => {} });
  const users = {
    customer: await makeUser(),
    owner: await makeUser(),
    member: await makeUser(),
    formerMember: await makeUser(),
    otherCustomer: await makeUser(),
    otherOwner: await makeUser(),
    admin: await makeUser(),
    support: await makeUser(),
  } satisfies StackPeople['users'];
  await sql`
    insert into public.user_roles (user_id, role)
    values (${users.admin.id}, 'admin'), (${users.support.id}, 'support')
  `;

  async function firmOf(owner: TestUser): Promise<string> {
    const id = await draftFirm(owner.client, sql);
    await sql`update public.providers set status = 'active' where id = ${id}`;
    return id;
  }
  const provider = await firmOf(users.owner);
  await firmOf(users.otherOwner);
  await sql`
    insert into public.provider_members (provider_id, user_id, role)
    values
      (${provider}, ${users.member.id}, 'crew_member'),
      (${provider}, ${users.formerMember.id}, 'manager')
  `;
  const services = await sql<{ id: string }[]>`
    select id from public.services where provider_id = ${provider}
  `;
  const book = (hoursAhead: number) =>
    idFrom(users.customer.client, 'request_booking', {
      provider_id: provider,
      service_ids: services.map(({ id }) => id),
      starts_at: addHours(new Date(), hoursAhead).toISOString(),
      location: place,
    });
  const booking = await book(72);
  const completedBooking = await book(2);
  await using clock = await stackClock();
  for (const to_status of ['confirmed', 'in_progress', 'completed']) {
    if (to_status === 'in_progress') await clock.letPass(completedBooking);
    const move = { booking_id: completedBooking, to_status };
    await idFrom(users.owner.client, 'transition_booking', move);
  }
  const [completed] = await sql<{ review_key: string }[]>`
    select review_key from public.bookings where id = ${completedBooking}
  `;
  const reviewFolder = completed?.review_key ?? '';
  const conversation = await idFrom(users.customer.client, 'start_conversation', {
    kind: 'direct',
    provider_id: provider,
  });
  await idFrom(users.formerMember.client, 'send_message', {
    conversation_id: conversation,
    client_id: crypto.randomUUID(),
    body: 'I work here.',
  });
  await sql`
    delete from public.provider_members
    where provider_id = ${provider} and user_id = ${users.formerMember.id}
  `;

  const setStatus = (status: string) => sql`
    update public.profiles set status = ${status} where id = ${users.customer.id}
  `;
  return {
    users,
    provider,
    booking,
    completedBooking,
    reviewFolder,
    conversation,
    async client(name) {
      await setStatus(name === 'blockedCustomer' ? 'blocked' : 'active');
      if (name === 'anon') return stack.client();
      return name === 'blockedCustomer' ? users.customer.client : users[name].client;
    },
    stop: () => sql.end(),
  };
}
