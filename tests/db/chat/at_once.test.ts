/** Several at once in one conversation: counters stay exact, positions gap-free, nobody deadlocks. */
import { randomUUID } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  applyMigrations,
  createScratchDatabase,
  type ScratchDatabase,
} from '../../../scripts/scratch-database.ts';

const people = ['customer', 'owner', 'second', 'third'].map((name) => ({ name, id: randomUUID() }));
const [customer, owner, second, third] = people.map(({ id }) => id);
const provider = randomUUID();
const quiet = { max: 1, onnotice: () => {} };

let database: ScratchDatabase;
let admin: Sql;
let conversation: string;

beforeAll(async () => {
  database = await createScratchDatabase();
  await applyMigrations(database);
  admin = postgres(database.adminUrl, quiet);
  await admin`
    insert into auth.users (id, aud, role, email)
    select id, 'authenticated', 'authenticated', id || '@example.test'
    from unnest(${people.map(({ id }) => id)}::uuid[]) as id
  `;
  await admin`
    insert into public.providers (id, market_id, slug, kind, names, status, location, address, time_zone)
    values (
      ${provider}, 'localpro', 'firm', 'company', '{"en": "Firm"}', 'active',
      private.point(26.85, 81.0), 'Gomti Nagar', 'Asia/Kolkata'
    )
  `;
  await admin`
    insert into public.provider_members (provider_id, user_id, role)
    values (${provider}, ${owner ?? ''}, 'owner'), (${provider}, ${second ?? ''}, 'manager')
  `;
  await admin`update private.rate_limits set capacity = 1000000`;
});

afterAll(async () => {
  await admin?.end();
  await database?.drop();
});

interface Session {
  readonly sql: Sql;
  /** What the Data API sets for each request of the person. */
  readonly claims: string;
}

function sessionOf(id = ''): Session {
  const claims = JSON.stringify({ sub: id, role: 'authenticated' });
  return { sql: postgres(database.databaseUrl, quiet), claims };
}

test('one conversation, however many start it at once', async () => {
  const sessions = Array.from({ length: 4 }, () => sessionOf(customer));
  const started = await Promise.all(
    sessions.map(
      ({ sql, claims }) =>
        sql<{ id: string }[]>`
          select public.start_conversation('direct', ${provider}) ->> 'id' as id
          from set_config('request.jwt.claims', ${claims}, true)
        `,
    ),
  );
  const ids = new Set(started.map(([row]) => row?.id));
  expect(ids.size).toBe(1);
  conversation = [...ids][0] ?? '';
  await Promise.all(sessions.map(({ sql }) => sql.end()));
});

test('counters and positions hold while all write, read, join and leave at once', async () => {
  const senders = [customer, customer, owner, second];
  const sessions = senders.map((id) => sessionOf(id));
  const readers = [customer, owner].map((id) => sessionOf(id));
  const sending = { isOver: false };
  const write = async ({ sql, claims }: Session) => {
    for (let n = 0; n < 60; n += 1) {
      await sql`
        select public.send_message(${conversation}, gen_random_uuid()::text, body => ${`n${n}`})
        from set_config('request.jwt.claims', ${claims}, true)
      `;
    }
  };
  const read = async ({ sql, claims }: Session) => {
    while (!sending.isOver) {
      await sql`
        select public.mark_read(${conversation}, message.id::text)
        from set_config('request.jwt.claims', ${claims}, true),
          (
            select id from public.messages
            where conversation_id = ${conversation}
            order by position desc offset 2 limit 1
          ) as message
      `;
    }
  };
  const comeAndGo = async () => {
    while (!sending.isOver) {
      await admin`
        insert into public.provider_members (provider_id, user_id, role)
        values (${provider}, ${third ?? ''}, 'crew_member')
      `;
      await admin`delete from public.provider_members where user_id = ${third ?? ''}`;
    }
  };
  const others = Promise.all([...readers.map(read), comeAndGo()]);
  await Promise.all(sessions.map(write)).finally(() => {
    sending.isOver = true;
  });
  await others;
  await Promise.all([...sessions, ...readers].map(({ sql }) => sql.end()));

  const [counted] = await admin`
    select count(*)::int as messages, max(position) as last, min(position) as first
    from public.messages where conversation_id = ${conversation}
  `;
  expect(counted).toEqual({ messages: 240, last: 240, first: 1 });
  const counters = await admin<{ user_id: string; unread_count: number; expected: number }[]>`
    select participant.user_id, participant.unread_count, (
      select count(*)::int
      from public.messages as message
      where message.conversation_id = participant.conversation_id
        and message.position > participant.last_read_position
        and message.sender_id is distinct from participant.user_id
    ) as expected
    from public.conversation_participants as participant
    where participant.conversation_id = ${conversation}
  `;
  expect(counters.map(({ user_id }) => user_id).sort()).toEqual([customer, owner, second].sort());
  expect(counters.map(({ unread_count }) => unread_count)).toEqual(
    counters.map(({ expected }) => expected),
  );
}, 60_000);
