import { once } from 'node:events';
import { createClient } from '@supabase/supabase-js';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { createTopics, type TopicListener } from '../../types/topics.ts';
import { transport } from '../helpers/transport.ts';

/** [join_ref, ref, topic, event, payload], as realtime-js sends and expects it. */
const frameSchema = z.tuple([
  z.string().nullable(),
  z.string().nullable(),
  z.string(),
  z.string(),
  z.record(z.string(), z.unknown()),
]);
type Frame = z.infer<typeof frameSchema>;

/** Just enough of a Realtime server to be rude to its clients. */
async function serve() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const address = server.address();
  const sockets = new Set<WebSocket>();
  const state = { refuse: null as string | null, joins: [] as Frame[], leaves: 0 };
  const send = (socket: WebSocket, frame: Frame) => socket.send(JSON.stringify(frame));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('message', (data) => {
      const frame = frameSchema.parse(JSON.parse(String(data)));
      const [joinRef, ref, topic, event] = frame;
      if (event === 'access_token') return;
      if (event === 'phx_join') state.joins.push(frame);
      if (event === 'phx_leave') state.leaves += 1;
      const isRefused = event === 'phx_join' && state.refuse !== null;
      const response = isRefused ? { reason: state.refuse } : {};
      const status = isRefused ? 'error' : 'ok';
      send(socket, [joinRef, ref, topic, 'phx_reply', { status, response }]);
    });
  });
  const broadcast = (event: string, payload: Record<string, unknown>) => {
    const joined = state.joins.at(-1);
    for (const socket of sockets) {
      if (socket.readyState === socket.OPEN && joined) {
        send(socket, [joined[0], null, joined[2], event, payload]);
      }
    }
  };
  return {
    state,
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    say: (payload: Record<string, unknown>) =>
      broadcast('broadcast', { type: 'broadcast', event: 'changed', payload }),
    close: () => broadcast('phx_close', {}),
    cut() {
      for (const socket of sockets) socket.terminate();
      sockets.clear();
    },
    async stop() {
      for (const socket of sockets) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listener() {
  const heard: string[] = [];
  const told: TopicListener = {
    onJoin: () => heard.push('join'),
    onLost: () => heard.push('lost'),
    onRefused: (message) => heard.push(`refused ${message}`),
    onMessage: (payload) => heard.push(JSON.stringify(payload)),
  };
  return { heard, told };
}

let server: Awaited<ReturnType<typeof serve>>;
let client: ReturnType<typeof connect>;
const connect = () =>
  createClient(server.url, 'sb_publishable_test', {
    auth: { persistSession: false, autoRefreshToken: false },
    realtime: { transport },
  });
const patient = { timeout: 8000, interval: 20 };

beforeEach(async () => {
  server = await serve();
  client = connect();
});
afterEach(async () => {
  await client.removeAllChannels();
  await server.stop();
});

it('joins privately, once for all listeners, and leaves with the last of them', async () => {
  const topics = createTopics(client);
  const [one, two] = [listener(), listener()];
  const stopOne = topics.listen('booking:1', 'changed', one.told);
  const stopTwo = topics.listen('booking:1', 'changed', two.told);
  await vi.waitFor(() => expect([one.heard, two.heard]).toEqual([['join'], ['join']]), patient);
  expect(server.state.joins).toHaveLength(1);
  expect(server.state.joins[0]?.[4]).toMatchObject({ config: { private: true } });

  const three = listener();
  const stopThree = topics.listen('booking:1', 'changed', three.told);
  expect(three.heard).toEqual(['join']);
  server.say({ n: 1 });
  await vi.waitFor(() => expect(three.heard.at(-1)).toBe('{"n":1}'), patient);
  expect(one.heard).toEqual(two.heard);

  stopOne();
  stopOne();
  stopTwo();
  expect(server.state.leaves).toBe(0);
  stopThree();
  await vi.waitFor(() => expect(server.state.leaves).toBe(1), patient);
  expect(three.heard).toEqual(['join', '{"n":1}']);
});

it('joins again after the server has closed the channel, and after a cut', async () => {
  const { heard, told } = listener();
  const stop = createTopics(client).listen('booking:1', 'changed', told);
  await vi.waitFor(() => expect(heard).toEqual(['join']), patient);
  server.close();
  await vi.waitFor(() => expect(heard).toEqual(['join', 'lost', 'join']), patient);
  server.cut();
  await vi.waitFor(() => expect(heard.at(-1)).toBe('lost'), patient);
  await vi.waitFor(() => expect(heard.at(-1)).toBe('join'), patient);
  server.say({ n: 2 });
  await vi.waitFor(() => expect(heard.at(-1)).toBe('{"n":2}'), patient);
  stop();
}, 20_000);

it('tells of each refusal, and goes on when the server changes its mind', async () => {
  server.state.refuse = 'Unauthorized: no';
  const { heard, told } = listener();
  const stop = createTopics(client).listen('booking:1', 'changed', told);
  await vi.waitFor(() => expect(heard.length).toBe(2), patient);
  expect(heard).toEqual(['refused Unauthorized: no', 'refused Unauthorized: no']);
  server.state.refuse = null;
  await vi.waitFor(() => expect(heard.at(-1)).toBe('join'), patient);
  stop();
}, 20_000);

it('is quiet after the listener has gone, though the join was on its way', async () => {
  const { heard, told } = listener();
  const topics = createTopics(client);
  topics.listen('booking:1', 'changed', told)();
  const again = listener();
  const stop = topics.listen('booking:1', 'changed', again.told);
  await vi.waitFor(() => expect(again.heard).toEqual(['join']), patient);
  expect(heard).toEqual([]);
  stop();
});
