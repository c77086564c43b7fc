/** The people of `people.sql` as a cast, inside the caller's transaction: for the access matrix. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TransactionSql } from 'postgres';
import { projectDir } from '../../scripts/paths.ts';

export interface Actor {
  readonly role: 'anon' | 'authenticated' | 'service_role';
  readonly name?: string;
  /** Statement that the superuser runs before the actor acts. */
  readonly before?: string;
}

/** Everybody who could come to a row. The rows belong to `customer` and to the firm of `owner`. */
export const actors = {
  anon: { role: 'anon' },
  customer: { role: 'authenticated', name: 'customer' },
  blockedCustomer: {
    role: 'authenticated',
    name: 'customer',
    before: "update public.profiles set status = 'blocked' where id = tests.id('customer')",
  },
  otherCustomer: { role: 'authenticated', name: 'otherCustomer' },
  owner: { role: 'authenticated', name: 'owner' },
  member: { role: 'authenticated', name: 'member' },
  otherMember: { role: 'authenticated', name: 'otherMember' },
  admin: { role: 'authenticated', name: 'admin' },
  service: { role: 'service_role' },
} as const satisfies Record<string, Actor>;

export type ActorName = keyof typeof actors;

/** Ids of people, and of the rows whose access is tested. */
export interface Subjects {
  readonly customer: string;
  readonly otherCustomer: string;
  readonly member: string;
  readonly admin: string;
  /** Active, of `owner`, with `member` as crew. */
  readonly provider: string;
  /** Of `provider`. */
  readonly service: string;
  /** A draft of `owner`. */
  readonly draftProvider: string;
  /** `customer`'s, of `provider`. */
  readonly booking: string;
  /** `customer`'s, with `provider`; holds a message. `customer` has blocked `owner`. */
  readonly conversation: string;
}

/** Acts as the actor until the transaction or savepoint ends. */
export async function actAs(tx: TransactionSql, { role, name, before }: Actor): Promise<void> {
  if (before) await tx.unsafe(before);
  if (name) await tx`select tests.act_as(${name})`;
  else if (role === 'anon') await tx`select tests.act_as_anon()`;
  else await tx`select tests.act_as_service()`;
}

export async function actAsSuperuser(tx: TransactionSql): Promise<void> {
  await tx`select tests.act_as_postgres()`;
}

export async function makePeople(tx: TransactionSql): Promise<Subjects> {
  for (const file of ['people', 'provider_rows', 'reviews', 'time'])
    await tx.unsafe(await readFile(join(projectDir, `tests/helpers/${file}.sql`), 'utf8'));
  const names = new Set(Object.values<Actor>(actors).flatMap(({ name }) => name ?? []));
  for (const name of names) await tx`select tests.user(${name})`;
  await tx`insert into public.user_roles (user_id, role) values (tests.id('admin'), 'admin')`;
  for (const [firm, owner] of Object.entries({
    firm: 'owner',
    draft: 'owner',
    'other firm': 'otherMember',
  })) {
    await tx`select tests.provider(${firm}, ${owner})`;
  }
  await tx`
    update public.providers set status = 'draft', verification_status = 'pending'
    where id = tests.id('draft')
  `;
  await tx`
    insert into public.provider_members (provider_id, user_id, role)
    values (tests.id('firm'), tests.id('member'), 'crew_member')
  `;
  await makeShowcase(tx);
  await makeOwnRows(tx);
  await runAs(tx, 'member', 'select public.touch_presence()');
  await runAs(tx, 'admin', "select public.set_configuration('access_test', '1', 'test')");
  await runAs(
    tx,
    'admin',
    "select public.set_configuration('access_test_public', '1', 'test', is_public => 'true')",
  );
  await makeReviews(tx);
  const [subjects] = await tx<Subjects[]>`
    select
      tests.id('customer') as customer,
      tests.id('otherCustomer') as "otherCustomer",
      tests.id('member') as member,
      tests.id('admin') as admin,
      tests.id('firm') as provider,
      tests.id('firm visit') as service,
      tests.id('draft') as "draftProvider",
      tests.book('firm', 'customer', interval '72 hours') as booking,
      ${await makeConversation(tx)} as conversation
  `;
  if (!subjects) throw new Error('no subjects');
  // The job adds up the counts.
  await tx`select private.add_up_counts()`;
  return subjects;
}

async function runAs(tx: TransactionSql, name: string, statement: string): Promise<void> {
  await tx`select tests.run_as(${name}, ${statement})`;
}

/** What businesses show: a skill, a picture and a service area of each; and whom they invite. */
async function makeShowcase(tx: TransactionSql): Promise<void> {
  const firms = tx`unnest(array[tests.id('firm'), tests.id('draft'), tests.id('other firm')]) as id`;
  await tx`insert into public.provider_skills (provider_id, name) select id, 'Welding' from ${firms}`;
  await tx`
    insert into public.provider_photos (provider_id, path) select id, id || '/work.jpg' from ${firms}
  `;
  await tx`
    insert into public.service_areas (provider_id, kind, postcodes)
    select id, 'postcodes', '{226010}' from ${firms}
  `;
  await tx`
    insert into public.provider_invitations (provider_id, role, email)
    select id, 'crew_member', 'othercustomer@example.test' from ${firms}
  `;
  await tx`
    update auth.users set email_confirmed_at = now() where id = tests.id('otherCustomer')
  `;
}

/** What `customer` keeps to itself. */
async function makeOwnRows(tx: TransactionSql): Promise<void> {
  const user = tx`tests.id('customer')`;
  await tx`
    insert into public.addresses (user_id, label, address, lat, lng)
    values (${user}, 'Home', 'Vipin Khand', 26.85, 81)
  `;
  await tx`
    insert into public.devices (user_id, platform, push_token) values (${user}, 'web', 'token')
  `;
  await tx`insert into public.preferences (user_id) values (${user})`;
  await tx`insert into auth.sessions (id, user_id) values (gen_random_uuid(), ${user})`;
}

/** Of both sides, after a job that was done. */
async function makeReviews(tx: TransactionSql): Promise<void> {
  await tx`
    with done as materialized (select tests.complete('firm', 'owner', 'customer') as booking)
    select
      tests.run_as('owner', tests.review(booking, 4)),
      tests.run_as('customer', tests.review(booking, 5, $$, quality => '4'$$))
    from done
  `;
}

async function makeConversation(tx: TransactionSql): Promise<string> {
  const start = "select public.start_conversation('direct', tests.id('firm')::text)";
  await runAs(tx, 'customer', start);
  const [conversation] = await tx<{ id: string }[]>`
    select id from public.conversations where customer_id = tests.id('customer')
  `;
  if (!conversation) throw new Error('start_conversation made no row');
  await runAs(
    tx,
    'customer',
    `select public.send_message('${conversation.id}', gen_random_uuid()::text, body => 'Namaste')`,
  );
  await runAs(tx, 'customer', "select public.set_user_block(tests.id('owner')::text)");
  return conversation.id;
}
