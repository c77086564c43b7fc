import { randomUUID } from 'node:crypto';
import { createConnection, createServer, type Socket } from 'node:net';
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

interface Received {
  payload: Record<string, unknown>;
  meta?: { id: string; replayed?: boolean };
}

let realtime: TestRealtime;
let proxy: Awaited<ReturnType<typeof startProxy>>;

/** Stands between server and database, so that the connection can be cut and kept cut. */
async function startProxy(adminUrl: string) {
  const { hostname, port } = new URL(adminUrl);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((socket) => {
    if (isCut) return socket.destroy();
    const upstream = createConnection(Number(port), hostname);
    for (const [from, to] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = new URL(adminUrl);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  return {
    url: url.href,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    restore() {
      isCut = false;
    },
    close: () => server.close(),
  };
}

beforeAll(async () => {
  realtime = await startRealtime({
    async via(adminUrl) {
      proxy = await startProxy(adminUrl);
      return proxy.url;
    },
  });
  await realtime.developer.unsafe(`
    create policy select_topics on realtime.messages for select to authenticated
      using ((select realtime.topic()) like 'topic:%');
    create table public.broadcast_changes (id text primary key, value text, topic text);
    create function public.tg_broadcast_changes() returns trigger
    language plpgsql security definer set search_path = '' as $$
    begin
      perform realtime.broadcast_changes(
        coalesce(new.topic, old.topic), tg_op, tg_op, tg_table_name, tg_table_schema, new, old
      );
      return null;
    end
    $$;
    create trigger broadcast after insert or update or delete on public.broadcast_changes
      for each row execute function public.tg_broadcast_changes();
  `);
}, 120_000);
afterAll(async () => {
  await realtime?.stop();
  proxy?.close();
});

async function member() {
  return realtime.client({ token: await realtime.token() });
}

const send = (topic: string, payload: unknown, event = 'e') =>
  realtime.developer`
    select realtime.send(${JSON.stringify(payload)}::text::jsonb, ${event}, ${topic}, true)
  `;

describe('broadcast from the database', () => {
  it('tells of inserts, updates and deletes by realtime.broadcast_changes', async () => {
    const topic = randomTopic();
    const client = await member();
    const channel = client.channel(topic, privately({ replication_ready: true }));
    const system: unknown[] = [];
    channel.on('system', {}, (payload) => system.push(payload));
    const heard = collect<Received>(channel, '*');
    await join(channel);
    await eventually(() => system.length > 0, 'readiness');
    expect(system).toMatchObject([
      { extension: 'system', status: 'ok', message: 'Replication connection established' },
    ]);
    const { developer: sql } = realtime;
    await sql`insert into public.broadcast_changes values ('1', 'a', ${topic})`;
    await sql`update public.broadcast_changes set value = 'b' where topic = ${topic}`;
    await sql`delete from public.broadcast_changes where topic = ${topic}`;
    await eventually(() => heard.length === 3, 'changes');
    const about = { schema: 'public', table: 'broadcast_changes' };
    const [a, b] = ['a', 'b'].map((value) => ({ id: '1', value, topic }));
    expect(heard.map(({ payload }) => payload)).toMatchObject([
      { ...about, operation: 'INSERT', record: a, old_record: null },
      { ...about, operation: 'UPDATE', record: b, old_record: a },
      { ...about, operation: 'DELETE', record: null, old_record: b },
    ]);
    expect(heard[0]?.meta?.id).toBe(heard[0]?.payload.id);
  });

  it('tells of a commit within milliseconds, and nothing of a rollback', async () => {
    const topic = randomTopic();
    const channel = (await member()).channel(topic, privately());
    const heard = collect<Received>(channel, 'e');
    await join(channel);
    await realtime.developer
      .begin(async (tx) => {
        await tx`select realtime.send('{"n": 0}', 'e', ${topic}, true)`;
        throw new Error('rollback');
      })
      .catch(() => {});
    const start = performance.now();
    await send(topic, { n: 1 });
    await eventually(() => heard.length > 0, 'message');
    expect(performance.now() - start).toBeLessThan(250);
    expect(heard.map(({ payload }) => payload)).toMatchObject([{ n: 1 }]);
  });

  it('keeps the order of commits, whether messages fit a notification or not', async () => {
    const topic = randomTopic();
    const channel = (await member()).channel(topic, privately());
    const heard = collect<Received>(channel, 'e');
    await join(channel);
    for (let n = 0; n < 30; n += 1) {
      await send(topic, { n, filling: 'ü'.repeat(n % 3 === 0 ? 50_000 : 3) });
    }
    await eventually(() => heard.length === 30, 'messages');
    expect(heard.map(({ payload }) => payload.n)).toEqual(Array.from({ length: 30 }, (_, n) => n));
    expect(heard[3]?.payload.filling).toBe('ü'.repeat(50_000));
  });

  it('carries bytes', async () => {
    const topic = randomTopic();
    const channel = (await member()).channel(topic, privately());
    const heard = collect<{ payload: ArrayBuffer; meta: { id: string } }>(channel, 'e');
    await join(channel);
    await realtime.developer`
      select realtime.send_binary('\\xdeadbeef00ff'::bytea, 'e', ${topic}, true)
    `;
    const { payload, meta } = await eventually(() => heard[0], 'bytes');
    expect(Buffer.from(payload).toString('hex')).toBe('deadbeef00ff');
    expect(meta.id).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('replay', () => {
  it('brings the latest messages of the topic, oldest first, each once', async () => {
    const topic = randomTopic();
    const since = Date.now() - 1_000;
    for (let n = 0; n < 5; n += 1) await send(topic, { n });
    await realtime.developer`select realtime.send('{"n": 9}', 'e', ${topic}, false)`;
    await send(randomTopic(), { n: 8 });
    const channel = (await member()).channel(topic, privately({ replay: { since, limit: 3 } }));
    const heard = collect<Received>(channel, 'e');
    await join(channel);
    await send(topic, { n: 5 });
    await eventually(() => heard.length === 4, 'messages');
    expect(heard.map(({ payload }) => payload.n)).toEqual([2, 3, 4, 5]);
    expect(heard.map(({ meta }) => meta?.replayed ?? false)).toEqual([true, true, true, false]);
  });

  it('loses and doubles nothing that is written while the join is under way', async () => {
    const topic = randomTopic();
    const since = Date.now() - 1_000;
    let n = 0;
    let isWriting = true;
    const writing = (async () => {
      while (isWriting) await send(topic, { n: n++ });
    })();
    const client = await member();
    const channel = client.channel(topic, privately({ replay: { since, limit: 25 } }));
    const heard = collect<Received>(channel, 'e');
    await join(channel);
    await sleep(100);
    isWriting = false;
    await writing;
    await eventually(() => heard.at(-1)?.payload.n === n - 1, 'the last message');
    const first = Number(heard[0]?.payload.n);
    const expected = Array.from({ length: n - first }, (_, index) => first + index);
    expect(heard.map(({ payload }) => payload.n)).toEqual(expected);
  });

  it('brings bytes, at most 25 messages, and none from before', async () => {
    const topic = randomTopic();
    for (let n = 0; n < 30; n += 1) await send(topic, { n });
    await realtime.developer`select realtime.send_binary('\\x01'::bytea, 'e', ${topic}, true)`;
    const joinSince = async (since: number) => {
      const client = await member();
      const channel = client.channel(topic, privately({ replay: { since, limit: 100 } }));
      const heard = collect<{ payload: unknown }>(channel, 'e');
      await join(channel);
      await sleep(100);
      return heard.map(({ payload }) => payload);
    };
    const heard = await joinSince(Date.now() - 10_000);
    expect(heard).toHaveLength(25);
    expect(heard.at(-1)).toBeInstanceOf(ArrayBuffer);
    expect(await joinSince(Date.now() + 1_000)).toEqual([]);
  });

  it('is refused with parameters that are none', async () => {
    const since = Number('NaN');
    const channel = (await member()).channel(randomTopic(), privately({ replay: { since } }));
    await expect(join(channel)).rejects.toThrow('UnableToReplayMessages: Replay params are not');
  });
});

describe('when the database goes away', () => {
  it('keeps clients connected, and brings what was written meanwhile, once', async () => {
    const topic = randomTopic();
    const client = await member();
    const channel = client.channel(topic, privately());
    const heard = collect<Received>(channel, 'e');
    await join(channel);
    await send(topic, { n: 0 });
    await eventually(() => heard.length === 1, 'the first');
    proxy.cut();
    await send(topic, { n: 1 });
    await send(topic, { n: 2 });
    const other = client.channel(randomTopic(), privately());
    await expect(join(other)).rejects.toThrow('UnableToConnectToProject');
    await channel.send({ type: 'broadcast', event: 'ignored', payload: {} });
    proxy.restore();
    await eventually(() => heard.length === 3, 'what was missed', 15_000);
    await send(topic, { n: 3 });
    await eventually(() => heard.length === 4, 'the next');
    expect(heard.map(({ payload }) => payload.n)).toEqual([0, 1, 2, 3]);
    expect(channel.state).toBe('joined');
    await join(client.channel(`topic:${randomUUID()}`, privately()));
  });
});

describe('stopping', () => {
  it('does not wait for a database that is gone', async () => {
    let gone: typeof proxy | undefined;
    const other = await startRealtime({
      async via(adminUrl) {
        gone = await startProxy(adminUrl);
        return gone.url;
      },
    });
    await join((await other.client()).channel(randomTopic()));
    gone?.cut();
    const start = performance.now();
    await other.stop();
    expect(performance.now() - start).toBeLessThan(8_000);
    gone?.close();
    // It starts a database of its own.
  }, 120_000);
});

describe('retention', () => {
  it('is 72 hours, and begins with the start of the server', async () => {
    const old = randomUUID();
    await realtime.admin`
      insert into realtime.messages (id, topic, extension, event, private, inserted_at)
      values (${old}, 'topic:old', 'broadcast', 'e', true, (now() - interval '73 hours')::timestamp)
    `;
    const { MessageFeed } = await import('../../local/realtime/messages.ts');
    const { Hub } = await import('../../local/realtime/hub.ts');
    const quiet = { info() {}, warn() {}, error() {} };
    const feed = new MessageFeed(realtime.admin, new Hub(), quiet);
    await feed.start();
    await feed.stop();
    expect(await realtime.admin`select from realtime.messages where id = ${old}`).toHaveLength(0);
  });
});
