/**
 * Requests per second of the gateway against `@supabase/lite` alone: same database, same requests,
 * rounds of both in turn. `DATABASE_URL` chooses a native server, without it the embedded one runs.
 *
 *   npx tsx bench/gateway.ts [rounds] [requests per round]
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { App } from '@supabase/lite';
import { createPostgresConnection } from '@supabase/lite/postgres';
import { startGateway, type TestGateway } from '../tests/local/gateway-fixture.ts';

const rounds = Number(process.argv[2] ?? 7);
const requests = Number(process.argv[3] ?? 600);
const concurrency = 16;
const noteCount = 1000;

const schema = `
  create table public.bench_notes (
    id bigint generated always as identity primary key,
    owner_id uuid not null default auth.uid(),
    title text not null,
    price numeric(10, 2) not null default 1.5,
    at timestamptz not null default now()
  );
  create index on public.bench_notes (owner_id);
  alter table public.bench_notes enable row level security;
  grant select, insert, delete on public.bench_notes to authenticated;
  create policy all_own on public.bench_notes for all to authenticated
    using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));
  create function public.bench_echo(label text) returns jsonb language sql stable as $$
    select jsonb_build_object('label', label, 'uid', auth.uid())
  $$;
  grant execute on function public.bench_echo(text) to authenticated;
`;

interface Target {
  readonly name: string;
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** Lite as its own command serves it. */
async function startLite(gateway: TestGateway): Promise<{ url: string; stop(): Promise<void> }> {
  const { keys, ctx } = gateway;
  const app = new App({
    connection: createPostgresConnection({ url: ctx.config.adminDatabaseUrl }),
    api: { enabled: true, schemas: ['public'] },
    auth: {
      enabled: true,
      jwt_secret: keys.internalSecret,
      publishable_key: keys.publishableKey,
      secret_key: keys.secretKey,
    },
    db: { migrations: { enabled: false } },
    studio: { enabled: false },
  });
  const server = createServer(getRequestListener((request) => app.fetch(request)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('lite did not start');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await app.connection.driver.end({ timeout: 1 });
    },
  };
}

/** Three reads by id, one function, one insert. */
function nextRequest(target: Target, turn: number, firstId: number): [string, RequestInit] {
  const { url, headers } = target;
  const post = (body: unknown): RequestInit => ({
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (turn % 5 === 3) return [`${url}/rest/v1/rpc/bench_echo`, post({ label: String(turn) })];
  if (turn % 5 === 4) return [`${url}/rest/v1/bench_notes`, post({ title: `new ${turn}` })];
  const id = firstId + (turn % noteCount);
  return [`${url}/rest/v1/bench_notes?id=eq.${id}&select=id,title,price,at`, { headers }];
}

interface Round {
  readonly perSecond: number;
  /** CPU of this process, the client's part included: steadier than time on a busy machine. */
  readonly cpuMicroseconds: number;
}

async function round(target: Target, firstId: number): Promise<Round> {
  let turn = 0;
  const cpu = process.cpuUsage();
  const started = performance.now();
  const worker = async () => {
    while (turn < requests) {
      const response = await fetch(...nextRequest(target, turn++, firstId));
      const text = await response.text();
      if (!response.ok) throw new Error(`${target.name}: ${response.status} ${text}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const perSecond = requests / ((performance.now() - started) / 1000);
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond, cpuMicroseconds: (user + system) / requests };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function report(name: string, ratios: readonly number[]): void {
  const [low, high] = [Math.min(...ratios), Math.max(...ratios)];
  console.log(
    `${name} = ${median(ratios).toFixed(2)} ` +
      `(median of ${rounds} rounds, ${low.toFixed(2)} to ${high.toFixed(2)})`,
  );
}

async function main(): Promise<void> {
  const gateway = await startGateway();
  await gateway.migrate(schema);
  const sub = randomUUID();
  await gateway.admin`insert into auth.users (id, email) values (${sub}, 'bench@example.com')`;
  const [first] = await gateway.admin<{ id: string }[]>`
    insert into public.bench_notes (owner_id, title)
    select ${sub}, 'note ' || i from generate_series(1, ${noteCount}) i returning id`;
  const firstId = Number(first?.id);

  const lite = await startLite(gateway);
  const claims = { sub, role: 'authenticated', exp: Math.floor(Date.now() / 1000) + 3600 };
  const apikey = gateway.keys.publishableKey;
  const bearer = (token: string) => ({ apikey, authorization: `Bearer ${token}` });
  const targets: Target[] = [
    { name: 'gateway', url: gateway.url, headers: bearer(await gateway.tokens.sign(claims)) },
    { name: 'lite', url: lite.url, headers: bearer(await gateway.tokens.signInternal(claims)) },
  ];
  const [ours, theirs] = targets;
  if (!ours || !theirs) throw new Error('nothing to measure');
  for (const target of targets) {
    // Lite's first request grants everything to everybody, which it can't do twice at once.
    await fetch(...nextRequest(target, 0, firstId));
    await round(target, firstId);
  }

  const measured: { gateway: Round; lite: Round }[] = [];
  for (let index = 0; index < rounds; index++) {
    // Taking turns at going first, so that what drifts over time hits both.
    const oursFirst = index % 2 === 0 ? await round(ours, firstId) : undefined;
    const lite = await round(theirs, firstId);
    const gateway = oursFirst ?? (await round(ours, firstId));
    measured.push({ gateway, lite });
    const text = ({ perSecond, cpuMicroseconds }: Round) =>
      `${perSecond.toFixed(0)}/s, ${cpuMicroseconds.toFixed(0)} µs CPU each`;
    console.log(`round ${index + 1}: gateway ${text(gateway)}; lite ${text(lite)}`);
  }
  report(
    'requests per second, gateway : lite',
    measured.map(({ gateway, lite }) => gateway.perSecond / lite.perSecond),
  );
  report(
    'CPU per request, gateway : lite',
    measured.map(({ gateway, lite }) => gateway.cpuMicroseconds / lite.cpuMicroseconds),
  );
  await lite.stop();
  await gateway.stop();
}

await main();
