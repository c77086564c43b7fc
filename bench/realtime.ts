/**
 * How long a message of the database takes to reach a subscriber, and how many deliveries a second a
 * broadcast to many makes. Plain LISTEN/NOTIFY on the same database, in the same run, is the
 * yardstick: figures of one machine mean little, their ratio does.
 *
 *   npx tsx bench/realtime.ts                     the embedded engine
 *   DATABASE_URL=postgres://… npx tsx bench/…     a native server
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type WebSocket from 'ws';
import {
  eventually,
  privately,
  startRealtime,
  type TestRealtime,
} from '../tests/local/realtime-fixture.ts';

const rate = 100;
const secondsPerRound = 4;
/** The two ways take turns, so that whatever else the machine does burdens both. */
const rounds = 4;
const clients = 100;
const broadcasts = 500;

interface Way {
  /** When each message arrived. */
  readonly received: Map<number, number>;
  send(n: number): PromiseLike<unknown>;
  stop(): Promise<unknown>;
}

/** Sends at the rate given and waits for each message: milliseconds from just before the insert. */
async function latencies({ send, received }: Way): Promise<number[]> {
  const sent = new Map<number, number>();
  const start = performance.now();
  const total = rate * secondsPerRound;
  const sending: PromiseLike<unknown>[] = [];
  received.clear();
  for (let n = 0; n < total; n += 1) {
    const due = start + (n * 1_000) / rate;
    await sleep(Math.max(0, due - performance.now()));
    sent.set(n, performance.now());
    sending.push(send(n).then(() => {}));
  }
  await Promise.all(sending);
  await eventually(() => received.size === total, `all ${total} messages`, 30_000);
  return [...received].map(([n, at]) => at - (sent.get(n) ?? at));
}

const quantile = (sorted: number[], q: number) => sorted[Math.floor((sorted.length - 1) * q)] ?? 0;

async function plainNotify({ developer, admin }: TestRealtime): Promise<Way> {
  await developer.unsafe(`
    create table public.bench_plain (id bigint generated always as identity primary key, n int);
    create function public.tg_bench_plain() returns trigger language plpgsql as $$
    begin
      perform pg_notify('bench', new.n::text);
      return null;
    end
    $$;
    create trigger notify after insert on public.bench_plain
      for each row execute function public.tg_bench_plain();
  `);
  const received = new Map<number, number>();
  const { unlisten } = await admin.listen('bench', (text) =>
    received.set(Number(text), performance.now()),
  );
  return {
    received,
    send: (n) => developer`insert into public.bench_plain (n) values (${n})`,
    stop: unlisten,
  };
}

async function fromDatabase(realtime: TestRealtime): Promise<Way> {
  const { developer } = realtime;
  await developer.unsafe(`
    create policy select_bench on realtime.messages for select to authenticated
      using ((select realtime.topic()) = 'bench');
    create table public.bench_rows (id bigint generated always as identity primary key, n int);
    create function public.tg_bench_rows() returns trigger
    language plpgsql security definer set search_path = '' as $$
    begin
      perform realtime.send(jsonb_build_object('n', new.n), 'e', 'bench', true);
      return null;
    end
    $$;
    create trigger send after insert on public.bench_rows
      for each row execute function public.tg_bench_rows();
  `);
  const client = await realtime.client({ token: await realtime.token() });
  const received = new Map<number, number>();
  const channel = client.channel('bench', privately());
  channel.on('broadcast', { event: 'e' }, ({ payload }) =>
    received.set(Number(payload.n), performance.now()),
  );
  await new Promise<void>((resolve) => {
    channel.subscribe((status) => status === 'SUBSCRIBED' && resolve());
  });
  return {
    received,
    send: (n) => developer`insert into public.bench_rows (n) values (${n})`,
    stop: () => client.removeChannel(channel),
  };
}

/** Deliveries a second of one sender's broadcasts to many sockets of this same process. */
async function fanOut(realtime: TestRealtime): Promise<number> {
  let deliveries = 0;
  const joinFrame = (ref: string) =>
    JSON.stringify([ref, ref, 'realtime:fan', 'phx_join', { config: { presence: {} } }]);
  const open = async () => {
    const socket = await realtime.socket();
    const joined = new Promise((resolve) => socket.once('message', resolve));
    socket.send(joinFrame('1'));
    await joined;
    socket.on('message', () => {
      deliveries += 1;
    });
    return socket;
  };
  const sockets: WebSocket[] = await Promise.all(Array.from({ length: clients }, open));
  const [sender] = sockets;
  const start = performance.now();
  for (let n = 0; n < broadcasts; n += 1) {
    const payload = { type: 'broadcast', event: 'e', payload: { n } };
    sender?.send(JSON.stringify(['1', null, 'realtime:fan', 'broadcast', payload]));
  }
  const expected = broadcasts * (clients - 1);
  await eventually(() => deliveries >= expected, `all ${expected} deliveries`, 60_000);
  const result = expected / ((performance.now() - start) / 1_000);
  for (const socket of sockets) socket.terminate();
  return result;
}

const realtime = await startRealtime({ limits: { messagesPerSecond: 1_000_000 } });
try {
  const ways = { plain: await plainNotify(realtime), ours: await fromDatabase(realtime) };
  const plain: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    plain.push(...(await latencies(ways.plain)));
    ours.push(...(await latencies(ways.ours)));
  }
  await Promise.all([ways.plain.stop(), ways.ours.stop()]);
  for (const figures of [plain, ours]) figures.sort((a, b) => a - b);
  const line = (name: string, sorted: number[]) => {
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => quantile(sorted, q).toFixed(2));
    console.log(`${name.padEnd(34)} p50 ${p50} ms   p95 ${p95} ms   p99 ${p99} ms`);
  };
  console.log(`${rate} messages a second, from before the insert to the subscriber`);
  line('plain LISTEN/NOTIFY', plain);
  line('realtime.send to a private channel', ours);
  const ratio = (q: number) => (quantile(ours, q) / quantile(plain, q)).toFixed(2);
  console.log(`ratio                              p50 ${ratio(0.5)}      p95 ${ratio(0.95)}`);
  const perSecond = await fanOut(realtime);
  console.log(`fan-out of broadcasts to ${clients} sockets: ${Math.round(perSecond)} deliveries/s`);
} finally {
  await realtime.stop();
}
