/**
 * Who may do what on which topic of Realtime, asked through real sockets with real tokens. Each
 * cell is three letters: `l` listens, `s` sends broadcasts, `p` shows presence; `-` is refused.
 */
import type { RealtimeChannel } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actors, type Name, type StackPeople, stackPeople } from '../helpers/people.ts';
import { testStack } from '../helpers/stack.ts';

/** Nobody but the database may say on them that something has happened. */
const listeners = { customer: 'l--', owner: 'l--', member: 'l--' };

const matrix: readonly (readonly [
  topic: string,
  name: (people: StackPeople) => string,
  cells: Partial<Record<Name, string>>,
])[] = [
  ['conversation', ({ conversation }) => `conversation:${conversation}`, listeners],
  [
    'activity of a conversation',
    ({ conversation }) => `conversation:${conversation}:activity`,
    { customer: 'lsp', owner: 'lsp', member: 'lsp' },
  ],
  ['other topics of a conversation', ({ conversation }) => `conversation:${conversation}:x`, {}],
  ['a conversation that is not there', () => `conversation:${crypto.randomUUID()}`, {}],
  ['user', ({ users }) => `user:${users.customer.id}`, { customer: 'l--' }],
  ['booking', ({ booking }) => `booking:${booking}`, { ...listeners, admin: 'l--' }],
  [
    'business',
    ({ provider }) => `provider:${provider}`,
    {
      customer: 'l--',
      owner: 'l-p',
      member: 'l-p',
      formerMember: 'l--',
      otherCustomer: 'l--',
      otherOwner: 'l--',
      admin: 'l--',
      support: 'l--',
    },
  ],
  ['a business that is not there', () => `provider:${crypto.randomUUID()}`, {}],
  ['any other', () => 'anything', {}],
];

let people: StackPeople;
const refusals = new Map<string, Set<string>>();

beforeAll(async () => {
  people = await stackPeople(await testStack());
});
afterAll(async () => await people.stop());

function subscribe(channel: RealtimeChannel): Promise<string> {
  return new Promise((resolve) => {
    channel.subscribe((status, error) => {
      resolve(status === 'SUBSCRIBED' ? '' : (error?.message ?? status));
    });
  });
}

async function walk(actor: Name, name: string): Promise<string> {
  const client = await people.client(actor);
  await client.realtime.setAuth();
  const channel = client.channel(name, { config: { private: true, broadcast: { ack: true } } });
  try {
    const refusal = await subscribe(channel);
    if (refusal) {
      const words = refusal.replaceAll(name, '<topic>');
      refusals.set(words, new Set([...(refusals.get(words) ?? []), `${actor} ${name}`]));
      return '---';
    }
    const payload = { forged: true };
    const sent = await channel.send({ type: 'broadcast', event: 'message_created', payload });
    const tracked = await channel.track({});
    return `l${sent === 'ok' ? 's' : '-'}${tracked === 'ok' ? 'p' : '-'}`;
  } finally {
    await client.removeChannel(channel);
  }
}

describe.each(matrix)('%s', (_, name, cells) => {
  test('is open to those who are listed and to nobody else', { timeout: 60_000 }, async () => {
    const topic = name(people);
    const nobody = actors.map((actor): [Name, string] => [actor, '---']);
    const found: [Name, string][] = [];
    for (const actor of actors) found.push([actor, await walk(actor, topic)]);
    expect(Object.fromEntries(found)).toEqual({ ...Object.fromEntries(nobody), ...cells });
  });
});

test('a refusal does not tell whether there is such a topic', () => {
  expect([...refusals.keys()]).toHaveLength(1);
});
