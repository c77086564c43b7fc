import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  collect,
  eventually,
  join,
  privately,
  randomTopic,
  startRealtime,
  type TestRealtime,
} from './realtime-fixture.ts';

let realtime: TestRealtime;
beforeAll(async () => {
  realtime = await startRealtime({ limits: { payloadBytes: 2_000, messagesPerSecond: 50 } });
  await realtime.developer.unsafe(`
    create policy select_topics on realtime.messages for select to authenticated using (true);
    create policy insert_topics on realtime.messages for insert to authenticated
      with check ((select realtime.topic()) like 'topic:%');
  `);
}, 120_000);
afterAll(() => realtime?.stop());

function post(path: string, body: string, headers: Record<string, string> = {}) {
  return fetch(`${realtime.url}/realtime/v1/api/broadcast${path}`, {
    method: 'POST',
    headers: {
      apikey: realtime.keys.publishableKey,
      'content-type': 'application/json',
      ...headers,
    },
    body,
  });
}

const batch = (...messages: unknown[]) => post('', JSON.stringify({ messages }));

describe('a batch', () => {
  it('reaches the members of its topics', async () => {
    const topic = randomTopic();
    const channel = (await realtime.client()).channel(topic);
    const heard = collect<{ payload: unknown; type: string }>(channel, 'e');
    await join(channel);
    const response = await batch(
      { topic, event: 'e', payload: { n: 1 } },
      { topic, event: 'other', payload: { n: 2 } },
      { topic: randomTopic(), event: 'e', payload: { n: 3 } },
      { topic, event: 'e', payload: { n: 4 }, private: false },
    );
    expect([response.status, await response.text()]).toEqual([202, '']);
    await eventually(() => heard.length === 2, 'broadcasts');
    expect(heard).toMatchObject([{ payload: { n: 1 } }, { payload: { n: 4 } }]);
  });

  it('drops private messages silently that the caller may not write', async () => {
    const topic = randomTopic();
    const token = await realtime.token();
    const channel = (await realtime.client({ token })).channel(topic, privately());
    const heard = collect<{ payload: unknown }>(channel, 'e');
    await join(channel);
    const message = { topic, event: 'e', private: true };
    const body = (n: number) => JSON.stringify({ messages: [{ ...message, payload: { n } }] });
    expect((await post('', body(1))).status).toBe(202);
    expect((await post('', body(2), { authorization: `Bearer ${token}` })).status).toBe(202);
    expect((await post('', body(3), { apikey: realtime.keys.secretKey })).status).toBe(202);
    await eventually(() => heard.length === 2, 'broadcasts');
    expect(heard.map(({ payload }) => payload)).toEqual([{ n: 2 }, { n: 3 }]);
  });

  it.each([
    [{}, { messages: ["can't be blank"] }],
    [{ messages: [] }, { messages: ["can't be blank"] }],
    [{ messages: 'x' }, { messages: ['is invalid'] }],
    [
      {
        messages: [
          {},
          { topic: 't', event: 'e', payload: {} },
          { topic: 1, event: '', payload: [] },
        ],
      },
      {
        messages: [
          {
            topic: ["can't be blank"],
            event: ["can't be blank"],
            payload: ["can't be blank"],
          },
          {},
          { topic: ['is invalid'], event: ["can't be blank"], payload: ['is invalid'] },
        ],
      },
    ],
    [
      { messages: [{ topic: 't', event: 'e', payload: { a: 'x'.repeat(2_000) } }] },
      { messages: [{ payload: ['Payload size exceeds tenant limit'] }] },
    ],
  ])('that is wrong is answered by 422: %#', async (body, errors) => {
    const response = await post('', JSON.stringify(body));
    expect([response.status, await response.json()]).toEqual([422, { errors }]);
  });

  it('is refused without a key or with a token that is none', async () => {
    const body = JSON.stringify({ messages: [] });
    for (const headers of [
      { apikey: '' },
      { apikey: 'sb_publishable_x' },
      { authorization: 'Bearer x' },
    ]) {
      const response = await post('', body, headers);
      expect([response.status, await response.json()]).toEqual([401, { message: 'Unauthorized' }]);
    }
  });

  it('over the limit is answered by 429', async () => {
    await sleep(1_000);
    const message = { topic: 't', event: 'e', payload: {} };
    const response = await batch(...Array.from({ length: 51 }, () => message));
    expect([response.status, await response.json()]).toEqual([
      429,
      { message: 'Too many messages to broadcast, please reduce the batch size' },
    ]);
    expect((await batch(...Array.from({ length: 50 }, () => message))).status).toBe(202);
    const exceeded = await batch(message);
    expect([exceeded.status, await exceeded.json()]).toEqual([
      429,
      { message: 'You have exceeded your rate limit' },
    ]);
    await sleep(1_000);
  });
});

describe('one message by its path', () => {
  it('is what httpSend sends: public, private, bytes', async () => {
    const topic = `topic:${randomUUID()}/äß`;
    const client = await realtime.client({ token: await realtime.token() });
    for (const options of [undefined, privately()]) {
      const channel = client.channel(topic, options);
      const heard = collect<{ payload: unknown }>(channel, 'a/b');
      await join(channel);
      expect(await channel.httpSend('a/b', { n: 1 })).toEqual({ success: true });
      const bytes = Uint8Array.from([0, 255]);
      expect(await channel.httpSend('a/b', bytes)).toEqual({ success: true });
      await eventually(() => heard.length === 2, 'broadcasts');
      expect(heard[0]?.payload).toEqual({ n: 1 });
      expect(heard[1]?.payload).toEqual(bytes.buffer);
      await client.removeChannel(channel);
    }
  });

  it('is what send falls back to before the channel is joined', async () => {
    const topic = randomTopic();
    const channel = (await realtime.client()).channel(topic);
    const heard = collect<{ payload: unknown }>(channel, 'e');
    await join(channel);
    const unjoined = (await realtime.client()).channel(topic);
    expect(await unjoined.send({ type: 'broadcast', event: 'e', payload: { n: 1 } })).toBe('ok');
    await eventually(() => heard.length === 1, 'broadcast');
  });

  it.each([
    ['text', '/t/events/e', 'x', { 'content-type': 'text/plain' }, 415],
    ['what is no JSON', '/t/events/e', '{', {}, 400],
    ['too much', '/t/events/e', JSON.stringify('x'.repeat(3_000)), {}, 422],
    ['a broken path', '/%E0%A4%A/events/e', '{}', {}, 400],
    ['an unknown path', '/t/evens/e', '{}', {}, 404],
  ])('is refused: %s', async (_, path, body, headers, status) => {
    expect((await post(path, body, headers)).status).toBe(status);
  });
});
