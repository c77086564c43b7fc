/** A Realtime server over a database of its own, and official clients signed in to it. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import {
  createClient,
  type RealtimeChannel,
  type RealtimeChannelOptions,
  type SupabaseClient,
} from '@supabase/supabase-js';
import postgres, { type Sql } from 'postgres';
import WebSocket from 'ws';
import { generateKeys, type Keys } from '../../local/keys.ts';
import type { RealtimeLimits } from '../../local/realtime.ts';
import { createRealtime } from '../../local/realtime.ts';
import { createTokens, type Tokens } from '../../local/tokens.ts';
import { createScratchDatabase } from '../../scripts/scratch-database.ts';

export type Vsn = '1.0.0' | '2.0.0';

export interface TestRealtime {
  readonly url: string;
  readonly keys: Keys;
  readonly tokens: Tokens;
  /** As the platform's superuser. */
  readonly admin: Sql;
  /** As `postgres`, like the product's migrations and triggers. */
  readonly developer: Sql;
  /** What the server has logged. */
  readonly logs: string[];
  /** Without a token the client is anonymous. */
  client(options?: { token?: string; vsn?: Vsn; apiKey?: string }): Promise<SupabaseClient>;
  token(sub?: string, options?: { seconds?: number; role?: string }): Promise<string>;
  /** A plain websocket that speaks frames, open already. */
  socket(query?: Record<string, string>): Promise<WebSocket>;
  stop(): Promise<void>;
}

// Node 20 has no WebSocket of its own, and supabase-js asks for one as it starts.
Object.assign(globalThis, { WebSocket });

export interface TestRealtimeOptions {
  readonly limits?: Partial<RealtimeLimits>;
  /** Where the server reaches the database, when not directly. */
  via?(adminUrl: string): Promise<string>;
}

export async function startRealtime(options: TestRealtimeOptions = {}): Promise<TestRealtime> {
  const database = await createScratchDatabase();
  const keys = await generateKeys();
  const tokens = await createTokens(keys, 'http://127.0.0.1/auth/v1');
  const quiet = { max: 4, onnotice: () => {} };
  const sql = postgres((await options.via?.(database.adminUrl)) ?? database.adminUrl, quiet);
  const admin = postgres(database.adminUrl, quiet);
  const developer = postgres(database.databaseUrl, quiet);
  const logs: string[] = [];
  const log = (line: string) => void logs.push(line);
  const ctx = { tokens, sql, logger: () => ({ info: log, warn: log, error: log }) };
  const service = await createRealtime(ctx, { presencePerWindow: 100, ...options.limits });

  const respond = (request: Request) => service.fetch(request, { ip: '127.0.0.1' });
  const server = createServer(getRequestListener(respond));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    service.upgrade(request, socket, head),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;
  const clients: SupabaseClient[] = [];

  return {
    url,
    keys,
    tokens,
    admin,
    developer,
    logs,
    async client({ token, vsn = '2.0.0', apiKey = keys.publishableKey } = {}) {
      const client = createClient(url, apiKey, {
        auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
        realtime: { vsn },
        ...(token && { accessToken: async () => token }),
      });
      clients.push(client);
      // Joins carry the token only once the client has asked for it.
      if (token) await client.realtime.setAuth();
      return client;
    },
    token: (sub = randomUUID(), { seconds = 900, role = 'authenticated' } = {}) =>
      tokens.sign({ sub, role, aud: role, exp: Math.floor(Date.now() / 1000) + seconds }),
    async socket(query = {}) {
      const search = new URLSearchParams({ apikey: keys.publishableKey, vsn: '2.0.0', ...query });
      const socket = new WebSocket(`${url}/realtime/v1/websocket?${search}`);
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      return socket;
    },
    async stop() {
      await Promise.all(clients.map((client) => client.realtime.disconnect()));
      await service.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.all([sql.end({ timeout: 1 }), admin.end(), developer.end()]);
      await database.drop();
    },
  };
}

export const randomTopic = () => `topic:${randomUUID()}`;

/** Polls until the value is there. */
export async function eventually<T>(
  read: () => T | null | undefined | false,
  what = 'value',
  timeoutMs = 5_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const value = read();
    if (value) return value;
    await sleep(5);
  }
  throw new Error(`no ${what} within ${timeoutMs} ms`);
}

/** Resolves when joined; rejects with what the server refused the join with. */
export function join(channel: RealtimeChannel): Promise<void> {
  return new Promise((resolve, reject) => {
    channel.subscribe((status, error) => {
      if (status === 'SUBSCRIBED') resolve();
      else reject(error ?? new Error(status));
    });
  });
}

export const privately = (
  broadcast: NonNullable<RealtimeChannelOptions['config']['broadcast']> = {},
): RealtimeChannelOptions => ({ config: { private: true, broadcast } });

/** Broadcasts of a channel as they come, under the event given. */
export function collect<T extends object>(channel: RealtimeChannel, event: string): T[] {
  const received: T[] = [];
  channel.on('broadcast', { event }, (message) => received.push(message as unknown as T));
  return received;
}
