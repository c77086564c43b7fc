/** The people and rows that the access tests look at, made inside the caller's transaction. */
import { addHours } from 'date-fns';
import type { TransactionSql } from 'postgres';
import { letPass } from '../helpers/clock.ts';
import { makeShowcase } from './people-showcase.ts';

export const ids = {
  customer: '00000000-0000-7000-8000-0000000000c1',
  otherCustomer: '00000000-0000-7000-8000-0000000000c2',
  owner: '00000000-0000-7000-8000-0000000000a1',
  member: '00000000-0000-7000-8000-0000000000a2',
  otherMember: '00000000-0000-7000-8000-0000000000a3',
  admin: '00000000-0000-7000-8000-0000000000d1',
} as const;

export interface Actor {
  readonly role: 'anon' | 'authenticated' | 'service_role';
  readonly userId?: string;
  /** Statement that the superuser runs before the actor acts. */
  readonly before?: string;
}

/** Everybody who could come to a row. The rows belong to `customer` and to the firm of `owner`. */
export const actors = {
  anon: { role: 'anon' },
  customer: { role: 'authenticated', userId: ids.customer },
  blockedCustomer: {
    role: 'authenticated',
    userId: ids.customer,
    before: `update public.profiles set status = 'blocked' where id = '${ids.customer}'`,
  },
  otherCustomer: { role: 'authenticated', userId: ids.otherCustomer },
  owner: { role: 'authenticated', userId: ids.owner },
  member: { role: 'authenticated', userId: ids.member },
  otherMember: { role: 'authenticated', userId: ids.otherMember },
  admin: { role: 'authenticated', userId: ids.admin },
  service: { role: 'service_role' },
} as const satisfies Record<string, Actor>;

export type ActorName = keyof typeof actors;

/** Ids of the rows whose access is tested. */
export interface Subjects {
  /** Active, of `owner`, with `member` as crew. */
  readonly provider: string;
  /** A draft of `owner`. */
  readonly draftProvider: string;
  /** `customer`'s, of `provider`. */
  readonly booking: string;
  /** `customer`'s, with `provider`; holds a message. `customer` has blocked `owner`. */
  readonly conversation: string;
}

/** Acts as the actor until the transaction or savepoint ends. */
export async function actAs(tx: TransactionSql, actor: Actor): Promise<void> {
  if (actor.before) await tx.unsafe(actor.before);
  const claims = JSON.stringify({ role: actor.role, ...(actor.userId && { sub: actor.userId }) });
  await tx`
    select set_config('request.jwt.claims', ${claims}, true), set_config('role', ${actor.role}, true)
  `;
}

export async function actAsSuperuser(tx: TransactionSql): Promise<void> {
  await tx`select set_config('request.jwt.claims', '', true), set_config('role', 'none', true)`;
}

export async function makePeople(tx: TransactionSql): Promise<Subjects> {
  await tx`
    insert into auth.users (id, instance_id, aud, role, email)
    select id, '00000000-0000-0000-0000-000000000000', 'authenticated', 'authenticated', id || '@example.test'
    from unnest(${Object.values(ids)}::uuid[]) as id
  `;
  await tx`insert into public.user_roles (user_id, role) values (${ids.admin}, 'admin')`;
  await tx`
    insert into public.categories (market_id, slug, names)
    values ('localpro', 'access-test', '{"en": "Test", "hi": "परीक्षण", "ur": "آزمائش"}')
  `;
  const draftProvider = await makeDraft(tx, ids.owner);
  const provider = await makeFirm(tx, ids.owner);
  await makeFirm(tx, ids.otherMember);
  await tx`
    insert into public.provider_members (provider_id, user_id, role)
    values (${provider}, ${ids.member}, 'crew_member')
  `;
  await actAs(tx, { role: 'authenticated', userId: ids.member });
  await tx`select public.touch_presence()`;
  await actAs(tx, { role: 'authenticated', userId: ids.admin });
  await tx`
    select public.set_configuration('access_test', '1', 'test'),
      public.set_configuration('access_test_public', '1', 'test', is_public => 'true')
  `;
  await actAsSuperuser(tx);
  const booking = await makeBooking(tx, provider, 72);
  await makeReviews(tx, provider);
  await makeShowcase(tx);
  return { provider, draftProvider, booking, conversation: await makeConversation(tx, provider) };
}

const place = { address: 'Vipin Khand, Gomti Nagar', lat: 26.8508, lng: 80.9993 };

async function makeDraft(tx: TransactionSql, owner: string): Promise<string> {
  await actAs(tx, { role: 'authenticated', userId: owner });
  const [firm] = await tx<{ id: string }[]>`
    select public.create_provider(
      'localpro', ${tx.json({ en: `Firm of ${owner}` })}, ${tx.json(place)}, '["access-test"]'
    ) ->> 'id' as id
  `;
  if (!firm) throw new Error('create_provider gave no row');
  await tx`
    insert into public.services (provider_id, category_id, names, price_amount, duration_minutes)
    select provider_id, category_id, '{"en": "Visit"}', 50000, 60
    from public.provider_categories where provider_id = ${firm.id}
  `;
  await actAsSuperuser(tx);
  return firm.id;
}

async function makeFirm(tx: TransactionSql, owner: string): Promise<string> {
  const id = await makeDraft(tx, owner);
  await tx`
    update public.providers set status = 'active', verification_status = 'verified' where id = ${id}
  `;
  return id;
}

async function makeBooking(
  tx: TransactionSql,
  provider: string,
  hoursAhead: number,
): Promise<string> {
  await actAs(tx, { role: 'authenticated', userId: ids.customer });
  const startsAt = addHours(new Date(), hoursAhead).toISOString();
  const [booking] = await tx<{ id: string }[]>`
    select public.request_booking(
      ${provider},
      (select jsonb_agg(id) from public.services where provider_id = ${provider}),
      ${startsAt}, ${tx.json(place)}, idempotency_key => ${`access-test ${hoursAhead}`}
    ) ->> 'id' as id
  `;
  await actAsSuperuser(tx);
  if (!booking) throw new Error('request_booking gave no row');
  return booking.id;
}

/** Of both sides, after a job that was done. */
async function makeReviews(tx: TransactionSql, provider: string): Promise<void> {
  const booking = await makeBooking(tx, provider, 2);
  await actAs(tx, { role: 'authenticated', userId: ids.owner });
  await tx`select public.transition_booking(${booking}, 'confirmed')`;
  await actAsSuperuser(tx);
  await letPass(tx, booking);
  await actAs(tx, { role: 'authenticated', userId: ids.owner });
  for (const status of ['in_progress', 'completed']) {
    await tx`select public.transition_booking(${booking}, ${status})`;
  }
  await tx`select public.submit_review(${booking}, '4')`;
  await actAs(tx, { role: 'authenticated', userId: ids.customer });
  await tx`select public.submit_review(${booking}, '5', quality => '4')`;
  await actAsSuperuser(tx);
}

async function makeConversation(tx: TransactionSql, provider: string): Promise<string> {
  await actAs(tx, { role: 'authenticated', userId: ids.customer });
  const [conversation] = await tx<{ id: string }[]>`
    select public.start_conversation('direct', ${provider}) ->> 'id' as id
  `;
  if (!conversation) throw new Error('start_conversation gave no row');
  await tx`
    select
      public.send_message(${conversation.id}, gen_random_uuid()::text, body => 'Namaste'),
      public.set_user_block(${ids.owner})
  `;
  await actAsSuperuser(tx);
  return conversation.id;
}
