/**
 * Ten thousand messages to a receiver whose socket is cut again and again. They are sent by real
 * calls of send_message: a part through the SDK, the rest from the sender's own database sessions,
 * many to a statement, so that the test ends in a minute.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { KarigarError, Message } from '../../../types/index.ts';
import { ownerPhone, type Person, person } from '../../helpers/people.ts';
import { newPhone, testStack } from '../../helpers/stack.ts';

const total = 10_000;
const throughSdk = 1000;
const perStatement = 50;

let sql: Sql;
let customer: Person;
let owner: Person;
let conversationId: string;

beforeAll(async () => {
  const stack = await testStack();
  sql = postgres(stack.adminDatabaseUrl, { max: 4, onnotice: () => {} });
  customer = await person(newPhone(), { market: 'localpro' });
  owner = await person(ownerPhone);
  const { items } = await customer.karigar.rpc.searchProviders({
    market: 'localpro',
    query: 'Master Plumber Services',
  });
  const provider_id = items[0]?.provider_id ?? '';
  const { id } = await customer.karigar.rpc.startConversation({ kind: 'direct', provider_id });
  conversationId = id;
  // The limit of a person, 30 messages in 10 seconds, is tested on its own.
  await sql`update private.rate_limits set capacity = 1000000 where action = 'send_message'`;
});

afterAll(async () => {
  await sql`update private.rate_limits set capacity = 30 where action = 'send_message'`;
  await sql`delete from private.token_buckets where action = 'send_message'`;
  await sql.end();
  for (const somebody of [customer, owner]) await somebody[Symbol.asyncDispose]();
});

/** Several calls at a time, as an app with a queue makes them. */
async function sendThroughSdk(sender: Person, count: number): Promise<void> {
  let sent = 0;
  const worker = async () => {
    while (sent < count) {
      sent += 1;
      await sender.karigar.rpc.sendMessage({
        conversation_id: conversationId,
        client_id: randomUUID(),
        body: `by SDK ${sent}`,
      });
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

/** As the Data API runs it: the sender's claims, the role `authenticated`, the public function. */
async function sendFromDatabase(sender: Person, count: number): Promise<void> {
  const claims = JSON.stringify({ sub: sender.userId, role: 'authenticated' });
  for (let sent = 0; sent < count; sent += perStatement) {
    await sql.begin(async (tx) => {
      await tx`
        select set_config('request.jwt.claims', ${claims}, true),
          set_config('role', 'authenticated', true)
      `;
      await tx`
        select public.send_message(
          ${conversationId}, gen_random_uuid()::text, body => 'by SQL ' || (${sent}::integer + n)
        )
        from generate_series(1, ${perStatement}::integer) as n
      `;
    });
  }
}

it('X2 ten thousand messages arrive once and in order through cut connections', {
  timeout: 180_000,
}, async () => {
  const messages: Message[] = [];
  const states: string[] = [];
  const errors: KarigarError[] = [];
  const watch = customer.karigar.watchConversation(
    conversationId,
    (message) => messages.push(message),
    { onState: (state) => states.push(state), onError: (error) => errors.push(error) },
  );
  await vi.waitFor(() => expect(states).toEqual(['live']), { timeout: 10_000 });

  const sending = { isOver: false };
  const cutting = (async () => {
    while (!sending.isOver) {
      await sleep(randomInt(200, 1500));
      customer.cutConnection();
    }
  })();
  await Promise.all([
    sendThroughSdk(owner, throughSdk / 2),
    sendThroughSdk(customer, throughSdk / 2),
    sendFromDatabase(owner, total - throughSdk),
  ]).finally(() => {
    sending.isOver = true;
  });
  await cutting;
  await vi.waitFor(() => expect(messages).toHaveLength(total), {
    timeout: 60_000,
    interval: 100,
  });
  await sleep(500);
  watch.stop();

  expect(errors).toEqual([]);
  expect(messages.map(({ position }) => position)).toEqual(
    Array.from({ length: total }, (_, index) => index + 1),
  );
  expect(new Set(messages.map(({ id }) => id)).size).toBe(total);
  // Whoever writes with several calls at once has no order of their own; one session has.
  const fromDatabase = messages.flatMap(({ body }) => /^by SQL (\d+)$/.exec(body ?? '')?.[1] ?? []);
  expect(fromDatabase.map(Number)).toEqual(
    Array.from({ length: total - throughSdk }, (_, index) => index + 1),
  );
  expect(states.filter((state) => state === 'reconnecting').length).toBeGreaterThan(5);

  const { unread_count, message_count } = await customer.karigar.rpc.getConversation({
    conversation_id: conversationId,
  });
  expect([message_count, unread_count]).toEqual([total, total - throughSdk / 2]);
});
