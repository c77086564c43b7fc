/** A gateway with `/rest/v1` and `/storage/v1` over a database of its own, without the product. */
import { randomUUID } from 'node:crypto';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import postgres, { type Sql } from 'postgres';
import { createAccess } from '../../local/access.ts';
import { createGateway, type GatewayServices } from '../../local/gateway.ts';
import { createInbox } from '../../local/inbox.ts';
import { generateKeys, type Keys } from '../../local/keys.ts';
import { createLite, type Lite } from '../../local/lite.ts';
import { choosePort } from '../../local/ports.ts';
import { createRest } from '../../local/rest/service.ts';
import type { StackContext } from '../../local/service.ts';
import { createStorage } from '../../local/storage.ts';
import { createTokens, type Tokens } from '../../local/tokens.ts';
import { testDatabase } from '../helpers/database.ts';
import { transport } from '../helpers/transport.ts';

export interface GatewayUser {
  readonly id: string;
  readonly token: string;
  readonly client: SupabaseClient;
}

export interface TestGateway {
  readonly url: string;
  readonly keys: Keys;
  readonly tokens: Tokens;
  readonly lite: Lite;
  readonly ctx: StackContext;
  /** As the platform's superuser. */
  readonly admin: Sql;
  /** Creates what a migration would, as `postgres`, and waits until the API knows it. */
  migrate(statements: string): Promise<void>;
  user(): Promise<GatewayUser>;
  client(apiKey: string, token?: string): SupabaseClient;
  /** A plain request; with the publishable key unless it brings its own. */
  request(path: string, init?: RequestInit): Promise<Response>;
  stop(): Promise<void>;
}

const silent = { info() {}, warn() {}, error() {} };

export async function startGateway(services: GatewayServices = {}): Promise<TestGateway> {
  const database = await testDatabase();
  const password = decodeURIComponent(new URL(database.databaseUrl).password);
  const keys = { ...(await generateKeys()), databasePassword: password };
  const apiPort = await choosePort(0, 'API');
  const url = `http://127.0.0.1:${apiPort}`;
  const config = { ...database.config, apiPort, url };
  const tokens = await createTokens(keys, `${url}/auth/v1`);
  const admin = postgres(database.adminUrl, { max: 2, onnotice: () => {} });
  const developer = postgres(database.databaseUrl, { max: 1, onnotice: () => {} });
  const inbox = createInbox();
  const ctx: StackContext = { config, keys, tokens, inbox, sql: admin, logger: () => silent };
  const lite = await createLite(ctx);
  const access = createAccess(tokens);
  const gateway = await createGateway(ctx, {
    rest: createRest(lite, access),
    storage: createStorage(ctx, lite, access),
    ...services,
  });

  const client = (apiKey: string, token?: string): SupabaseClient =>
    createClient(url, apiKey, {
      auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      realtime: { transport },
      ...(token && { accessToken: async () => token }),
    });

  return {
    ...{ url, keys, tokens, lite, ctx, admin, client },
    async migrate(statements) {
      await developer.unsafe(statements);
      await lite.reload();
    },
    async user() {
      const id = randomUUID();
      const token = await tokens.sign({
        sub: id,
        role: 'authenticated',
        aud: 'authenticated',
        email: `${id}@example.com`,
        app_metadata: { provider: 'email' },
        exp: Math.floor(Date.now() / 1000) + 900,
      });
      return { id, token, client: client(keys.publishableKey, token) };
    },
    request: (path, init) => {
      const headers = new Headers(init?.headers);
      if (!headers.has('apikey')) headers.set('apikey', keys.publishableKey);
      return fetch(`${url}${path}`, { ...init, headers });
    },
    async stop() {
      await gateway.stop();
      await lite.stop();
      await Promise.all([admin.end(), developer.end()]);
      await database.stop();
    },
  };
}
