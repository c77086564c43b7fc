import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  collect,
  eventually,
  join,
  randomTopic,
  startRealtime,
  type TestRealtime,
  type Vsn,
} from './realtime-fixture.ts';

interface Received {
  event: string;
  payload: Record<string, unknown> | ArrayBuffer;
}

let realtime: TestRealtime;
beforeAll(async () => {
  realtime = await startRealtime();
}, 120_000);
afterAll(() => realtime?.stop());

const versions: Vsn[] = ['1.0.0', '2.0.0'];

describe.each(versions)('protocol %s', (vsn) => {
  it('connects, and answers heartbeats', async () => {
    const client = await realtime.client({ vsn });
    const beats: string[] = [];
    client.realtime.onHeartbeat((status) => beats.push(status));
    await join(client.channel(randomTopic()));
    await client.realtime.sendHeartbeat();
    await eventually(() => beats.includes('ok'), 'heartbeat');
  });

  it('broadcasts to the others, to itself only if asked to', async () => {
    const topic = randomTopic();
    const sender = (await realtime.client({ vsn })).channel(topic);
    const echo = (await realtime.client({ vsn })).channel(topic, {
      config: { broadcast: { self: true } },
    });
    const [heard, echoed] = [collect<Received>(sender, 'shout'), collect<Received>(echo, 'shout')];
    await Promise.all([join(sender), join(echo)]);
    await sender.send({ type: 'broadcast', event: 'shout', payload: { from: 'sender' } });
    await eventually(() => echoed.length === 1, 'broadcast');
    await echo.send({ type: 'broadcast', event: 'shout', payload: { from: 'écho ✓' } });
    await eventually(() => heard.length === 1 && echoed.length === 2, 'both broadcasts');
    expect(heard[0]?.payload).toEqual({ from: 'écho ✓' });
    expect(echoed.map(({ payload }) => payload)).toEqual([{ from: 'sender' }, { from: 'écho ✓' }]);
  });

  it('acknowledges when asked to', async () => {
    const channel = (await realtime.client({ vsn })).channel(randomTopic(), {
      config: { broadcast: { ack: true } },
    });
    await join(channel);
    expect(await channel.send({ type: 'broadcast', event: 'a', payload: {} })).toBe('ok');
  });

  it('keeps private and public topics of one name apart', async () => {
    const topic = randomTopic();
    const channel = (await realtime.client({ vsn })).channel(topic);
    const heard = collect<Received>(channel, 'e');
    await join(channel);
    await realtime.developer`select realtime.send('{"n": 1}', 'e', ${topic}, true)`;
    await realtime.developer`select realtime.send('{"n": 2}', 'e', ${topic}, false)`;
    await eventually(() => heard.length > 0, 'public message');
    expect(heard.map(({ payload }) => payload)).toMatchObject([{ n: 2 }]);
  });

  it('tells who is present, who joins, changes and leaves', async () => {
    const topic = randomTopic();
    const [mine, theirs] = [await realtime.client({ vsn }), await realtime.client({ vsn })];
    const me = mine.channel(topic, { config: { presence: { key: 'me' } } });
    const events: unknown[] = [];
    me.on('presence', { event: 'join' }, ({ key, newPresences }) =>
      events.push(['join', key, newPresences.map(({ mood }) => mood)]),
    );
    me.on('presence', { event: 'leave' }, ({ key, leftPresences }) =>
      events.push(['leave', key, leftPresences.map(({ mood }) => mood)]),
    );
    await join(me);
    expect(await me.track({ mood: 'calm' })).toBe('ok');
    const they = theirs.channel(topic, { config: { presence: { key: 'they' } } });
    they.on('presence', { event: 'sync' }, () => {});
    await join(they);
    await eventually(() => they.presenceState().me, 'the state');
    await they.track({ mood: 'glad' });
    await they.track({ mood: 'sad' });
    await eventually(() => events.length >= 4, 'presence events');
    expect(me.presenceState()).toMatchObject({ me: [{ mood: 'calm' }], they: [{ mood: 'sad' }] });
    await they.untrack();
    await eventually(() => !me.presenceState().they, 'leave');
    expect(events).toEqual([
      ['join', 'me', ['calm']],
      ['join', 'they', ['glad']],
      ['join', 'they', ['sad']],
      ['leave', 'they', ['glad']],
      ['leave', 'they', ['sad']],
    ]);
  });

  it('counts a crashed connection as left, and keeps the other metas of its key', async () => {
    const topic = randomTopic();
    const watcher = (await realtime.client({ vsn })).channel(topic, {
      config: { presence: { key: 'w' } },
    });
    watcher.on('presence', { event: 'sync' }, () => {});
    await join(watcher);
    const open = async () => {
      const socket = await realtime.socket();
      const name = `realtime:${topic}`;
      const config = { config: { presence: { key: 'shared', enabled: true } } };
      socket.send(JSON.stringify(['1', '1', name, 'phx_join', config]));
      const tracked = { type: 'presence', event: 'track', payload: { id: randomUUID() } };
      socket.send(JSON.stringify(['1', '2', name, 'presence', tracked]));
      return socket;
    };
    const [first, second] = await Promise.all([open(), open()]);
    await eventually(() => watcher.presenceState().shared?.length === 2, 'two metas');
    first.terminate();
    await eventually(() => watcher.presenceState().shared?.length === 1, 'one meta');
    second.terminate();
    await eventually(() => !watcher.presenceState().shared, 'none');
  });

  it('leaves, and hears nothing afterwards', async () => {
    const topic = randomTopic();
    const client = await realtime.client({ vsn });
    const channel = client.channel(topic);
    const heard = collect<Received>(channel, 'e');
    await join(channel);
    expect(await client.removeChannel(channel)).toBe('ok');
    await realtime.developer`select realtime.send('{}', 'e', ${topic}, false)`;
    await sleep(100);
    expect(heard).toEqual([]);
  });
});

describe('broadcasts of different protocol versions', () => {
  it('reach each other; bytes reach only the version that has a form for them', async () => {
    const topic = randomTopic();
    const old = (await realtime.client({ vsn: '1.0.0' })).channel(topic);
    const current = (await realtime.client({ vsn: '2.0.0' })).channel(topic);
    const witness = (await realtime.client({ vsn: '2.0.0' })).channel(topic);
    const heard = [old, current, witness].map((channel) => collect<Received>(channel, 'e'));
    await Promise.all([old, current, witness].map(join));
    await old.send({ type: 'broadcast', event: 'e', payload: { n: 1 } });
    await eventually(() => heard[1]?.length === 1, 'the first');
    await current.send({
      type: 'broadcast',
      event: 'e',
      payload: Uint8Array.from([1, 2, 255]).buffer,
    });
    await current.send({ type: 'broadcast', event: 'e', payload: { n: 3 } });
    await eventually(() => heard[0]?.length === 1 && heard[2]?.length === 3, 'the rest');
    expect(heard[0]?.[0]?.payload).toEqual({ n: 3 });
    expect(heard[2]?.[0]?.payload).toEqual({ n: 1 });
    const bytes = heard[2]?.[1]?.payload;
    expect(bytes instanceof ArrayBuffer && [...new Uint8Array(bytes)]).toEqual([1, 2, 255]);
  });

  it('reach all of a hundred clients once, in order', async () => {
    const topic = randomTopic();
    const clients = await Promise.all(
      Array.from({ length: 100 }, (_, n) => realtime.client({ vsn: versions[n % 2] ?? '2.0.0' })),
    );
    const channels = clients.map((client) => client.channel(topic));
    const heard = channels.map((channel) => collect<{ payload: { n: number } }>(channel, 'e'));
    await Promise.all(channels.map(join));
    const sender = (await realtime.client()).channel(topic);
    await join(sender);
    for (let n = 0; n < 20; n += 1) {
      await sender.send({ type: 'broadcast', event: 'e', payload: { n } });
    }
    await eventually(() => heard.every(({ length }) => length >= 20), 'all broadcasts');
    const expected = Array.from({ length: 20 }, (_, n) => n);
    for (const messages of heard)
      expect(messages.map(({ payload }) => payload.n)).toEqual(expected);
  });
});
