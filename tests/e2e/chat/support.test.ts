/** Customers talk to the team of support, whoever of it answers; colleagues see who. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Conversation, Message, Read, Typing } from '../../../types/index.ts';
import { type Person, person } from '../../helpers/people.ts';
import { testStack } from '../../helpers/stack.ts';

const live = { timeout: 10_000, interval: 20 };

let customer: Person;
let staff: Person;
let colleague: Person;
let conversation: Conversation;

beforeAll(async () => {
  const people = ['Priya', 'Nadia', 'Omar'].map((display_name) =>
    person(undefined, { display_name }),
  );
  [customer, staff, colleague] = (await Promise.all(people)) as [Person, Person, Person];
  const stack = await testStack();
  const roles = [staff, colleague].map(({ userId }) => ({ user_id: userId, role: 'support' }));
  await stack.client(stack.secretKey).from('user_roles').insert(roles).throwOnError();
  conversation = await customer.karigar.rpc.startConversation({ kind: 'support' });
});
afterAll(async () => {
  const stack = await testStack();
  const ids = [staff.userId, colleague.userId];
  await stack.client(stack.secretKey).from('user_roles').delete().in('user_id', ids).throwOnError();
  for (const somebody of [customer, staff, colleague]) await somebody[Symbol.asyncDispose]();
});

const say = ({ karigar }: Person, body: string) =>
  karigar.rpc.sendMessage({ conversation_id: conversation.id, client_id: randomUUID(), body });

test('nothing that a customer is told says who of support it is', async () => {
  const conversation_id = conversation.id;
  const { rpc, supabase } = customer.karigar;
  const told: (Message | Read | Typing | readonly string[])[] = [];
  const watch = customer.karigar.watchConversation(conversation_id, (said) => told.push(said), {
    onRead: (read) => told.push(read),
  });
  const activity = customer.karigar.watchActivity(conversation_id, {
    onTyping: (typing) => told.push(typing),
    onPresence: (users) => told.push([...users].sort()),
  });
  const theirs = staff.karigar.watchActivity(conversation_id);
  await vi.waitFor(() => expect(told).toContainEqual([customer.userId, 'support'].sort()), live);
  await vi.waitFor(() => {
    theirs.setTyping(true);
    expect(told).toContainEqual({ user_id: 'support', is_typing: true });
  }, live);
  const asked = await say(customer, 'Where is my plumber?');
  await staff.karigar.rpc.markRead({ conversation_id, message_id: asked.id });
  const answer = await say(staff, 'On the way.');
  await vi.waitFor(() => {
    expect(told).toContainEqual({ user_id: null, side: 'support', last_read_position: 1 });
    expect(told).toContainEqual(expect.objectContaining({ id: answer.id, sender_side: 'support' }));
  }, live);

  const tables = ['messages', 'conversations', 'conversation_participants', 'profiles'] as const;
  const rows = await Promise.all([
    supabase.from('messages').select('id, sender_side, body').eq('id', answer.id).throwOnError(),
    ...tables.slice(1).map((table) => supabase.from(table).select().throwOnError()),
  ]);
  const seen = JSON.stringify([
    ...told,
    ...rows.map(({ data }) => data),
    await rpc.listMessages({ conversation_id }),
    await rpc.getConversation({ conversation_id }),
    await rpc.listConversations(),
  ]);
  expect(seen).toContain('On the way.');
  for (const { userId } of [staff, colleague]) expect(seen).not.toContain(userId);
  for (const name of ['Nadia', 'Omar']) expect(seen).not.toContain(name);
  for (const columns of ['*', 'sender_id']) {
    const answer = await supabase.from('messages').select(columns);
    expect(answer.error?.code).toBe('42501');
  }
  const filtered = await supabase.from('messages').select('id').eq('sender_id', staff.userId);
  expect(filtered.error?.code).toBe('42501');
  for (const { stop } of [watch, activity, theirs]) stop();
}, 60_000);

test('colleagues see who answered, and so does who did', async () => {
  const answer = await say(staff, 'It is solved.');
  expect(answer.sender).toEqual({ id: staff.userId, display_name: 'Nadia' });
  const { items } = await colleague.karigar.rpc.listMessages({ conversation_id: conversation.id });
  expect(items.at(-1)).toMatchObject({ id: answer.id, sender: { display_name: 'Nadia' } });
  const { items: listed } = await colleague.karigar.rpc.listConversations();
  expect(listed.find(({ id }) => id === conversation.id)?.last_message?.sender?.id).toBe(
    staff.userId,
  );
});
