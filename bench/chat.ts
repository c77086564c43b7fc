/**
 * What a message costs in a conversation of 10 and of 100 000 messages, as a ratio, and how long one
 * takes from its insert to a subscriber at 100 messages a second, through the whole stack.
 *
 *   npx tsx bench/chat.ts                         the embedded engine
 *   DATABASE_URL=postgres://… npx tsx bench/…     a native server
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@supabase/supabase-js';
import postgres, { type Sql } from 'postgres';
import WebSocket from 'ws';
import { startStack } from '../local/stack.ts';
import { createDatabase } from '../scripts/scratch-database.ts';
import { testLimits } from '../tests/helpers/database.ts';
import { transport } from '../tests/helpers/transport.ts';
import { createKarigar } from '../types/index.ts';

const small = 10;
const large = 100_000;
/** Both conversations take turns, so that whatever else the machine does burdens both. */
const rounds = 10;
const sendsPerRound = 50;
const rate = 100;
const seconds = 10;

interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN;
};
const milliseconds = (value: number) => `${value.toFixed(2)} ms`;

/** One statement as the person; the claims are those that the Data API sets for a request. */
function send(session: Sql, { id }: Person, conversation: string, clientId: string) {
  const claims = JSON.stringify({ sub: id, role: 'authenticated' });
  return session`
    select public.send_message(${conversation}, ${clientId}, body => 'Hello')
    from set_config('request.jwt.claims', ${claims}, true)
  `;
}

async function makeConversation(sql: Sql, customer: Person, owner: Person): Promise<string> {
  const [made] = await sql<{ id: string }[]>`
    with firm as (
      insert into public.providers
        (market_id, slug, kind, names, status, location, address, time_zone)
      select
        'localpro', ${randomUUID()}, 'solo', '{"en": "Bench"}', 'active',
        private.point(26.85, 81.0), 'Gomti Nagar', 'Asia/Kolkata'
      returning id
    )
    insert into public.provider_members (provider_id, user_id, role)
    select id, ${owner.id}, 'owner' from firm
    returning provider_id as id
  `;
  const claims = JSON.stringify({ sub: customer.id, role: 'authenticated' });
  const [conversation] = await sql.begin(async (tx) => {
    await tx`select set_config('request.jwt.claims', ${claims}, true)`;
    return await tx<{ id: string }[]>`
      select public.start_conversation('direct', ${made?.id ?? ''}) ->> 'id' as id
    `;
  });
  if (!conversation) throw new Error('no conversation');
  return conversation.id;
}

/** Messages that are there already: in bulk and without their broadcasts, counted as they are. */
async function fill(sql: Sql, conversation: string, sender: Person, count: number) {
  await sql.begin(async (tx) => {
    await tx`alter table public.messages disable trigger user`;
    await tx`
      insert into public.messages (conversation_id, position, sender_id, kind, body)
      select ${conversation}, n, ${sender.id}, 'text', 'Earlier ' || n
      from generate_series(1, ${count}::integer) as n
    `;
    await tx`alter table public.messages enable trigger user`;
    await tx`
      update public.conversations set message_count = ${count} where id = ${conversation}
    `;
    await tx`
      update public.conversation_participants set unread_count = ${count}
      where conversation_id = ${conversation} and user_id <> ${sender.id}
    `;
  });
}

async function compareSizes(sql: Sql, customer: Person, owner: Person): Promise<void> {
  const conversations = {
    small: await makeConversation(sql, customer, owner),
    large: await makeConversation(sql, customer, owner),
  };
  await fill(sql, conversations.small, customer, small);
  await fill(sql, conversations.large, customer, large);
  await sql`analyze public.messages`;
  const session = postgres(adminDatabaseUrl, { max: 1, onnotice: () => {} });
  const figures = { small: [] as number[], large: [] as number[] };
  for (let round = -1; round < rounds; round += 1) {
    const order = round % 2 === 0 ? (['small', 'large'] as const) : (['large', 'small'] as const);
    for (const size of order) {
      for (let n = 0; n < sendsPerRound; n += 1) {
        const before = performance.now();
        await send(session, customer, conversations[size], randomUUID());
        // The first round warms up.
        if (round >= 0) figures[size].push(performance.now() - before);
      }
    }
  }
  await session.end();
  const [few, many] = [quantile(figures.small, 0.5), quantile(figures.large, 0.5)];
  console.log(`send_message in a conversation of ${small}: p50 ${milliseconds(few)}`);
  console.log(`send_message in a conversation of ${large}: p50 ${milliseconds(many)}`);
  console.log(`ratio ${(many / few).toFixed(2)}`);
}

const serverUrl = process.env.DATABASE_URL;
const stateDir = await mkdtemp(join(tmpdir(), 'karigar-bench-'));
const database = serverUrl ? await createDatabase(serverUrl) : null;
const stack = await startStack({
  stateDir,
  apiPort: 0,
  dbPort: 0,
  ...(database && { databaseUrl: database.url }),
  limits: testLimits,
  scheduler: false,
});
const { url, adminDatabaseUrl } = stack.config;
const sql = postgres(adminDatabaseUrl, { max: 4, onnotice: () => {} });

async function makePerson(): Promise<Person> {
  const admin = createClient(url, stack.keys.secretKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    realtime: { transport },
  });
  const email = `${randomUUID()}@example.org`;
  const password = `${randomUUID()}A1`;
  const made = await admin.auth.admin.createUser({ email, password, email_confirm: true });
  if (made.error) throw made.error;
  return { id: made.data.user.id, email, password };
}

async function measureLatency(customer: Person, owner: Person): Promise<void> {
  const conversation = await makeConversation(sql, customer, owner);
  const karigar = createKarigar({
    url,
    key: stack.keys.publishableKey,
    realtime: { transport: WebSocket },
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const { email, password } = owner;
  const signedIn = await karigar.supabase.auth.signInWithPassword({ email, password });
  if (signedIn.error) throw signedIn.error;
  const received = new Map<string, number>();
  const states: string[] = [];
  const watch = karigar.watchConversation(
    conversation,
    ({ client_id }) => received.set(client_id ?? '', performance.now()),
    { onState: (state) => states.push(state) },
  );
  while (!states.includes('live')) await sleep(10);
  const session = postgres(adminDatabaseUrl, { max: 1, onnotice: () => {} });
  const sent = new Map<string, number>();
  const total = rate * seconds;
  const sending: Promise<unknown>[] = [];
  const start = performance.now();
  for (let n = 0; n < total; n += 1) {
    await sleep(Math.max(0, start + (n * 1000) / rate - performance.now()));
    const id = randomUUID();
    sent.set(id, performance.now());
    sending.push(send(session, customer, conversation, id).then(() => {}));
  }
  await Promise.all(sending);
  while (received.size < total) await sleep(10);
  const took = [...received].map(([id, at]) => at - (sent.get(id) ?? at));
  const [p50, p95] = [quantile(took, 0.5), quantile(took, 0.95)];
  console.log(
    `insert to watchConversation at ${rate}/s, ${total} messages: ` +
      `p50 ${milliseconds(p50)}, p95 ${milliseconds(p95)}`,
  );
  watch.stop();
  await session.end();
  await karigar.supabase.realtime.disconnect();
}

try {
  const [customer, owner] = [await makePerson(), await makePerson()];
  await sql`update private.rate_limits set capacity = 1000000`;
  console.log(serverUrl ? 'native' : 'embedded');
  await compareSizes(sql, customer, owner);
  await measureLatency(customer, owner);
} finally {
  await sql.end();
  await stack.stop();
  await database?.drop();
  await rm(stateDir, { recursive: true, force: true });
}
