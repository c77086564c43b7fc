import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type {
  Badges,
  Conversation,
  KarigarError,
  Message,
  Read,
  Typing,
} from '../../../types/index.ts';
import { ownerPhone, type Person, person } from '../../helpers/people.ts';
import { newPhone, testStack } from '../../helpers/stack.ts';

const live = { timeout: 10_000, interval: 20 };

let customer: Person;
let owner: Person;
let stranger: Person;
let conversation: Conversation;

beforeAll(async () => {
  customer = await person(newPhone(), { market: 'localpro', display_name: 'Priya' });
  owner = await person(ownerPhone);
  stranger = await person();
  const { items } = await customer.karigar.rpc.searchProviders({
    market: 'localpro',
    query: 'Master Plumber Services',
  });
  const provider_id = items[0]?.provider_id ?? '';
  conversation = await customer.karigar.rpc.startConversation({ kind: 'direct', provider_id });
});
afterAll(async () => {
  for (const somebody of [customer, owner, stranger]) await somebody[Symbol.asyncDispose]();
});

const say = ({ karigar }: Person, body: string) =>
  karigar.rpc.sendMessage({ conversation_id: conversation.id, client_id: randomUUID(), body });

/** Follows the conversation and keeps what it is told. */
function follow({ karigar }: Person, after?: number) {
  const messages: Message[] = [];
  const reads: Read[] = [];
  const states: string[] = [];
  const errors: KarigarError[] = [];
  const watch = karigar.watchConversation(conversation.id, (message) => messages.push(message), {
    ...(after !== undefined && { after }),
    onRead: (read) => reads.push(read),
    onState: (state) => states.push(state),
    onError: (error) => errors.push(error),
  });
  return { messages, reads, states, errors, stop: watch.stop };
}

describe('X1, X2 a conversation', () => {
  it('shows each side what the other writes and has read', async () => {
    const sides = [follow(customer), follow(owner)];
    await vi.waitFor(() => {
      for (const { states } of sides) expect(states).toEqual(['live']);
    }, live);
    const asked = await say(customer, 'Can you come today? क्या आप आज आ सकते हैं?');
    const answered = await say(owner, 'At five.');
    await vi.waitFor(() => {
      for (const { messages } of sides) expect(messages).toEqual([asked, answered]);
    }, live);
    expect(asked).toMatchObject({ position: 1, sender: { display_name: 'Priya' } });

    const args = { conversation_id: conversation.id, message_id: answered.id };
    expect(await customer.karigar.rpc.markRead(args)).toMatchObject({ unread_count: 0 });
    await vi.waitFor(() => {
      const read = { user_id: customer.userId, side: 'customer', last_read_position: 2 };
      for (const { reads } of sides) expect(reads).toContainEqual(read);
    }, live);
    for (const { errors, stop } of sides) {
      expect(errors).toEqual([]);
      stop();
    }
    const { items } = await owner.karigar.rpc.listConversations();
    expect(items.find(({ id }) => id === conversation.id)).toMatchObject({
      unread_count: 1,
      last_message: answered,
      customer: { id: customer.userId },
    });
  });

  it('carries pictures, places and bookings', async () => {
    const { rpc, supabase } = customer.karigar;
    const path = `${conversation.id}/${randomUUID()}.png`;
    const contentType = 'image/png';
    const uploaded = await supabase.storage
      .from('chat-media')
      .upload(path, new Blob(['picture'], { type: contentType }), { contentType });
    expect(uploaded.error).toBeNull();
    const common = { conversation_id: conversation.id };
    const image = await rpc.sendMessage({
      ...common,
      client_id: randomUUID(),
      kind: 'image',
      media: { path, width: 640, height: 480 },
      body: 'This tap',
    });
    expect(image.media).toEqual({
      path,
      mime_type: contentType,
      size_bytes: 7,
      width: 640,
      height: 480,
    });
    const shown = await owner.karigar.supabase.storage.from('chat-media').download(path);
    expect(await shown.data?.text()).toBe('picture');
    const hidden = await stranger.karigar.supabase.storage.from('chat-media').download(path);
    expect(hidden.data).toBeNull();

    const location = { lat: 26.8508, lng: 80.9993, address: 'Gomti Nagar' };
    const place = await rpc.sendMessage({
      ...common,
      client_id: randomUUID(),
      kind: 'location',
      location,
    });
    expect(place.location).toEqual(location);

    const nothing = { ...common, client_id: randomUUID(), kind: 'booking' as const };
    await expect(rpc.sendMessage({ ...nothing, booking_id: randomUUID() })).rejects.toMatchObject({
      reason: 'booking_not_found',
      status: 404,
    });
  });

  it('answers a repeated message with the first, also when both run at once', async () => {
    const args = { conversation_id: conversation.id, client_id: randomUUID(), body: 'Once' };
    const [first, ...others] = await Promise.all(
      Array.from({ length: 5 }, () => customer.karigar.rpc.sendMessage(args)),
    );
    expect(others).toEqual(others.map(() => first));
    const { items } = await owner.karigar.rpc.listMessages({ conversation_id: conversation.id });
    expect(items.filter(({ body }) => body === 'Once')).toHaveLength(1);
    expect(items.map(({ position }) => position)).toEqual(items.map((_, index) => index + 1));
  });

  it('stops who is blocked from writing, and lets them again', async () => {
    const { rpc } = owner.karigar;
    await rpc.setUserBlock({ user_id: customer.userId });
    await expect(say(customer, 'Hello?')).rejects.toMatchObject({
      reason: 'blocked_by_participant',
      status: 403,
    });
    await rpc.setUserBlock({ user_id: customer.userId, is_blocked: false });
    await say(customer, 'Hello!');
  });
});

describe('X4 activity', () => {
  it('shows who is there and who types', async () => {
    const typing: Typing[] = [];
    const present: string[][] = [];
    const theirs = owner.karigar.watchActivity(conversation.id, {
      onTyping: (change) => typing.push(change),
      onPresence: (users) => present.push([...users].sort()),
    });
    const mine = customer.karigar.watchActivity(conversation.id);
    const both = [customer.userId, owner.userId].sort();
    await vi.waitFor(() => expect(present.at(-1)).toEqual(both), live);
    await vi.waitFor(() => {
      mine.setTyping(true);
      expect(typing).toEqual([{ user_id: customer.userId, is_typing: true }]);
    }, live);
    mine.setTyping(false);
    await vi.waitFor(() => expect(typing.at(-1)?.is_typing).toBe(false), live);
    mine.stop();
    await vi.waitFor(() => expect(present.at(-1)).toEqual([owner.userId]), live);
    theirs.stop();
  });
});

describe('X1 the badge', () => {
  it('follows what the user has not read, to the number', async () => {
    const told: Badges[] = [];
    const watch = customer.karigar.watchUser((badges) => told.push(badges));
    const before = await customer.karigar.rpc.getBadges();
    await vi.waitFor(() => expect(told.at(-1)).toEqual(before), live);
    const messages = [await say(owner, 'One'), await say(owner, 'Two')];
    const more = { unread_messages: before.unread_messages + 2, unread_conversations: 1 };
    await vi.waitFor(() => expect(told.at(-1)).toEqual(more), live);
    await customer.karigar.rpc.markRead({
      conversation_id: conversation.id,
      message_id: messages[1]?.id ?? '',
    });
    const none = { unread_messages: 0, unread_conversations: 0 };
    await vi.waitFor(() => expect(told.at(-1)).toEqual(none), live);
    watch.stop();
  });

  it('is no use to who is not signed in', async () => {
    const stack = await testStack();
    const { createKarigar } = await import('../../../types/index.ts');
    const { default: WebSocket } = await import('ws');
    const nobody = createKarigar({
      url: stack.url,
      key: stack.publishableKey,
      realtime: { transport: WebSocket },
    });
    const errors: KarigarError[] = [];
    nobody.watchUser(() => {}, { onError: (error) => errors.push(error) });
    await vi.waitFor(() => expect(errors[0]?.reason).toBe('not_signed_in'), live);
  });
});

describe('X1 a stranger', () => {
  it('finds nothing, whatever they try', async () => {
    const { rpc } = stranger.karigar;
    const conversation_id = conversation.id;
    const { items } = await owner.karigar.rpc.listMessages({ conversation_id });
    const message_id = items[0]?.id ?? '';
    const tries = [
      rpc.getConversation({ conversation_id }),
      rpc.listMessages({ conversation_id }),
      rpc.markRead({ conversation_id, message_id }),
      rpc.setConversationFlags({ conversation_id, is_pinned: true }),
      rpc.sendMessage({ conversation_id, client_id: randomUUID(), body: 'I am here' }),
    ];
    const unknown = randomUUID();
    const same = [
      rpc.getConversation({ conversation_id: unknown }),
      rpc.listMessages({ conversation_id: unknown }),
      rpc.markRead({ conversation_id: unknown, message_id }),
      rpc.setConversationFlags({ conversation_id: unknown, is_pinned: true }),
      rpc.sendMessage({ conversation_id: unknown, client_id: randomUUID(), body: 'I am here' }),
    ];
    const [outcomes, others] = await Promise.all([
      Promise.allSettled(tries),
      Promise.allSettled(same),
    ]);
    expect(outcomes).toEqual(others);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ reason: { reason: 'conversation_not_found', status: 404 } });
    }
    expect((await rpc.listConversations()).items).toEqual([]);

    const { errors, messages, stop } = follow(stranger);
    await vi.waitFor(
      () => expect(errors.map(({ reason }) => reason)).toEqual(['conversation_not_found']),
      live,
    );
    expect(messages).toEqual([]);
    stop();
  });
});
