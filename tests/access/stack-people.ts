/** The people of the access tests with tokens of their own, on the running stack. */

import type { SupabaseClient } from '@supabase/supabase-js';
import { addHours } from 'date-fns';
import postgres from 'postgres';
import { z } from 'zod';
import { letPass } from '../helpers/clock.ts';
import { makeUser, type TestStack, type TestUser } from '../helpers/stack.ts';

export const names = [
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

const rowSchema = z.object({ id: z.uuid() });
const place = { address: 'Vipin Khand, Gomti Nagar', lat: 26.8508, lng: 80.9993 };

async function rpc(client: SupabaseClient, name: string, args: object): Promise<string> {
  const { data, error } = await client.rpc(name, args);
  if (error) throw error;
  return rowSchema.parse(data).id;
}

export async function stackPeople(stack: TestStack): Promise<StackPeople> {
  const sql = postgres(stack.adminDatabaseUrl, { max: 1, onnotice: () => {} });
  const made = await Promise.all(names.map(async (name) => [name, await makeUser()] as const));
  const userOf = (wanted: (typeof names)[number]): TestUser => {
    const found = made.find(([name]) => name === wanted)?.[1];
    if (!found) throw new Error(`${wanted} was not made`);
    return found;
  };
  const users = {
    customer: userOf('customer'),
    owner: userOf('owner'),
    member: userOf('member'),
    formerMember: userOf('formerMember'),
    otherCustomer: userOf('otherCustomer'),
    otherOwner: userOf('otherOwner'),
    admin: userOf('admin'),
    support: userOf('support'),
  };
  await sql`
    insert into public.user_roles (user_id, role)
    values (${users.admin.id}, 'admin'), (${users.support.id}, 'support')
  `;

  async function firmOf(owner: TestUser): Promise<string> {
    const [category] = await sql<{ slug: string }[]>`
      select category.slug
      from public.categories as category
      join public.services as service on service.category_id = category.id
      where category.market_id = 'localpro' and category.is_active
      limit 1
    `;
    const id = await rpc(owner.client, 'create_provider', {
      market: 'localpro',
      names: { en: 'A firm' },
      location: place,
      categories: [category?.slug],
    });
    await sql`
      insert into public.services (provider_id, category_id, names, price_amount)
      select provider_id, category_id, '{"en": "Visit"}', 50000
      from public.provider_categories where provider_id = ${id}
    `;
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
    rpc(users.customer.client, 'request_booking', {
      provider_id: provider,
      service_ids: services.map(({ id }) => id),
      starts_at: addHours(new Date(), hoursAhead).toISOString(),
      location: place,
    });
  const booking = await book(72);
  const completedBooking = await book(2);
  for (const to_status of ['confirmed', 'in_progress', 'completed']) {
    if (to_status === 'in_progress') await letPass(sql, completedBooking);
    const move = { booking_id: completedBooking, to_status };
    await rpc(users.owner.client, 'transition_booking', move);
  }
  const [completed] = await sql<{ review_key: string }[]>`
    select review_key from public.bookings where id = ${completedBooking}
  `;
  const reviewFolder = completed?.review_key ?? '';
  const conversation = await rpc(users.customer.client, 'start_conversation', {
    kind: 'direct',
    provider_id: provider,
  });
  await rpc(users.formerMember.client, 'send_message', {
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
