import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import {
  collect,
  eventually,
  join,
  randomTopic,
  startRealtime,
  type TestRealtime,
} from './realtime-fixture.ts';

let realtime: TestRealtime;
beforeAll(async () => {
  realtime = await startRealtime({
    limits: {
      connections: 12,
      channelsPerConnection: 3,
      joinsPerSecond: 20,
      messagesPerSecond: 40,
      presencePerWindow: 3,
      payloadBytes: 10_000,
      frameBytes: 100_000,
      heartbeatTimeoutMs: 1_500,
    },
  });
}, 120_000);
afterAll(() => realtime?.stop());

const noPresence = { presence: { enabled: false } };

describe('too much', () => {
  it('of a payload is refused, and not passed on', async () => {
    const topic = randomTopic();
    const channel = (await realtime.client()).channel(topic, {
      config: { broadcast: { ack: true, self: true } },
    });
    const heard = collect(channel, 'e');
    await join(channel);
    const send = (size: number) =>
      channel.send({ type: 'broadcast', event: 'e', payload: { a: 'x'.repeat(size) } });
    expect(await send(10_000)).toBe('error');
    expect(await send(9_000)).toBe('ok');
    await eventually(() => heard.length === 1, 'the smaller one');
  });

  it('in one frame closes the connection', async () => {
    const socket = await realtime.socket();
    const code = new Promise((resolve) => socket.on('close', resolve));
    socket.send(randomBytes(100_001));
    expect(await code).toBe(1009);
  });

  it('of channels on one connection refuses the next', async () => {
    const client = await realtime.client();
    const channels = [1, 2, 3].map(() => client.channel(randomTopic()));
    await Promise.all(channels.map(join));
    const next = client.channel(randomTopic());
    await expect(join(next)).rejects.toThrow('ChannelRateLimitReached: Too many channels');
    await client.removeAllChannels();
    await client.realtime.disconnect();
  });

  it('of messages per second closes the channel', async () => {
    await sleep(1_000);
    const client = await realtime.client();
    const channel = client.channel(randomTopic());
    const system: { message: string }[] = [];
    channel.on('system', {}, (payload) => system.push(payload));
    await join(channel);
    for (let n = 0; n < 50; n += 1) {
      void channel.send({ type: 'broadcast', event: 'e', payload: { n } });
    }
    await eventually(() => system.length > 0, 'system message');
    expect(system[0]?.message).toBe('Too many messages per second');
    await eventually(() => channel.state === 'closed', 'close');
    await client.realtime.disconnect();
  });

  it('of presence calls closes the channel', async () => {
    const channel = (await realtime.client()).channel(randomTopic());
    const system: { message: string }[] = [];
    channel.on('system', {}, (payload) => system.push(payload));
    await join(channel);
    for (let n = 0; n < 4; n += 1) void channel.track({ n });
    await eventually(() => system.length > 0, 'system message');
    expect(system[0]?.message).toBe('Client presence rate limit exceeded');
  });

  it('of joins per second refuses them and closes the connection', async () => {
    await sleep(1_000);
    const socket = await realtime.socket();
    const reasons: string[] = [];
    socket.on('message', (data) => reasons.push(String(data)));
    const isClosed = new Promise((resolve) => socket.on('close', resolve));
    for (let n = 0; n < 25; n += 1) {
      const config = { config: noPresence };
      socket.send(JSON.stringify([`${n}`, `${n}`, 'realtime:same', 'phx_join', config]));
    }
    await isClosed;
    expect(reasons.at(-1)).toContain('ClientJoinRateLimitReached: Too many joins per second');
    await sleep(1_000);
  });

  it('of connections is refused before the upgrade', async () => {
    const sockets: WebSocket[] = [];
    const open = async () => void sockets.push(await realtime.socket());
    const all = Promise.all(Array.from({ length: 13 }, open));
    await expect(all).rejects.toThrow('Unexpected server response: 429');
    await sleep(50);
    for (const socket of sockets) socket.terminate();
  });
});

describe('connections', () => {
  it('that say nothing are cut off, those with a heartbeat are not', async () => {
    const [silent, alive] = [await realtime.socket(), await realtime.socket()];
    const beat = setInterval(
      () => alive.send(JSON.stringify([null, '1', 'phoenix', 'heartbeat', {}])),
      300,
    );
    await eventually(() => silent.readyState === WebSocket.CLOSED, 'end of silence', 4_000);
    expect(alive.readyState).toBe(WebSocket.OPEN);
    clearInterval(beat);
    alive.terminate();
  });
});

describe('a client that reads too slowly', () => {
  it('is cut off, while others go on', async () => {
    const patient = await startRealtime({ limits: { bufferBytes: 4_000_000 } });
    try {
      const topic = randomTopic();
      const slow = await patient.socket();
      const config = { config: noPresence };
      slow.send(JSON.stringify(['1', '1', `realtime:${topic}`, 'phx_join', config]));
      await new Promise((resolve) => slow.once('message', resolve));
      slow.pause();
      const channel = (await patient.client()).channel(topic);
      const heard = collect(channel, 'e');
      await join(channel);
      // More than the kernel's buffers of both ends hold; bit by bit, so that others keep up.
      const [sent, atOnce] = [300, 10];
      for (let n = 0; n < sent; n += atOnce) {
        await patient.developer`
          select realtime.send(jsonb_build_object('x', repeat('x', 100000)), 'e', ${topic}, false)
          from generate_series(1, ${atOnce}::int)
        `;
        await eventually(() => heard.length === n + atOnce, 'messages');
      }
      expect(patient.logs).toContain('connection closed: its client reads too slowly');
      slow.resume();
      await eventually(() => slow.readyState === WebSocket.CLOSED, 'close of the slow one');
    } finally {
      await patient.stop();
    }
  }, 60_000);
});
