/** An auth service of the test's own, with its own limits and SMS hook, over a given database. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import postgres, { type Sql } from 'postgres';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { HookSettings } from '../../local/auth/hooks/settings.ts';
import { createAuth } from '../../local/auth/index.ts';
import type { AuthSettings } from '../../local/auth/settings.ts';
import type { AuthLimits, StackConfig } from '../../local/config.ts';
import { createInbox, type Inbox } from '../../local/inbox.ts';
import { generateKeys, type Keys } from '../../local/keys.ts';
import { createTokens } from '../../local/tokens.ts';
import { transport } from './transport.ts';

const wide: AuthLimits = {
  otpIntervalSeconds: 0,
  otpExpirySeconds: 60,
  smsPerHour: 100_000,
  emailsPerHour: 100_000,
  verifyPerIp: 100_000,
  signInPerIp: 100_000,
  refreshPerIp: 100_000,
  factorsPerIp: 100_000,
};

export interface HookCall {
  readonly headers: Headers;
  readonly text: string;
  readonly body: z.infer<typeof hookBodySchema>;
}

const hookBodySchema = z.object({
  metadata: z.record(z.string(), z.string()),
  user: z.looseObject({ id: z.string(), phone: z.string() }),
  sms: z.object({ otp: z.string(), phone: z.string() }),
});

export interface AuthService {
  readonly url: string;
  readonly keys: Keys;
  readonly inbox: Inbox;
  readonly sql: Sql;
  readonly hookCalls: HookCall[];
  readonly logged: string[];
  /** What the SMS hook answers next; by default that all is well. */
  answerHook: (call: HookCall) => Response | Promise<Response>;
  client(): SupabaseClient;
  admin(): SupabaseClient;
  /** The code last sent to the phone (digits). */
  smsCode(phone: string): string;
  mailTo(address: string): { code: string; link: string };
  request(path: string, init?: RequestInit): Promise<Response>;
  stop(): Promise<void>;
}

export interface AuthServiceOptions {
  readonly limits?: Partial<AuthLimits>;
  /** Those that name the service itself are made of its address. */
  readonly settings?: Partial<AuthSettings> | ((url: string) => Partial<AuthSettings>);
  readonly accessTokenSeconds?: number;
  readonly refreshTokenSeconds?: number;
  readonly hookUrl?: string;
  readonly beforeUserCreated?: HookSettings;
}

export const randomPhone = (): string => `9198${randomInt(10_000_000, 99_999_999)}`;
export const randomEmail = (): string => `${randomUUID()}@example.com`;

function clientOf(url: string, key: string): SupabaseClient {
  return createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    realtime: { transport },
  });
}

export async function listen(handle: (request: Request) => Response | Promise<Response>) {
  const server = createServer(getRequestListener(handle));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const stop = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}

export async function startAuthService(
  adminUrl: string,
  options: AuthServiceOptions = {},
): Promise<AuthService> {
  const keys = await generateKeys();
  const inbox = createInbox();
  const sql = postgres(adminUrl, { max: 5, onnotice: () => {} });
  const hookCalls: HookCall[] = [];
  const logged: string[] = [];
  // Two, as while one is being replaced: a receiver may know either.
  const hookSecrets = [1, 2].map(() => `v1,whsec_${randomBytes(32).toString('base64')}`);

  const hook = await listen(async (request) => {
    const text = await request.text();
    const call = { headers: request.headers, text, body: hookBodySchema.parse(JSON.parse(text)) };
    for (const secret of hookSecrets) {
      new Webhook(secret.replace('v1,', '')).verify(text, Object.fromEntries(request.headers));
    }
    hookCalls.push(call);
    return service.answerHook(call);
  });

  let handle: (request: Request) => Promise<Response> = async () => new Response(null);
  const server = await listen((request) => handle(request));
  const config: StackConfig = {
    projectDir: '/nonexistent',
    stateDir: '/nonexistent',
    url: server.url,
    apiPort: Number(new URL(server.url).port),
    dbPort: 0,
    databaseUrl: adminUrl,
    adminDatabaseUrl: adminUrl,
    embedded: false,
    behindProxy: false,
    limits: { ...wide, ...options.limits },
    accessTokenSeconds: options.accessTokenSeconds ?? 900,
    refreshTokenSeconds: options.refreshTokenSeconds ?? 604_800,
  };
  const settings =
    typeof options.settings === 'function' ? options.settings(server.url) : options.settings;
  const log = (message: string) => logged.push(message);
  const auth = await createAuth(
    {
      config,
      keys,
      inbox,
      sql,
      tokens: await createTokens(keys, `${server.url}/auth/v1`),
      logger: () => ({ info: log, warn: log, error: log }),
    },
    {
      settings: {
        hooks: {
          sendSms: { uri: options.hookUrl ?? hook.url, secrets: hookSecrets.join('|') },
          beforeUserCreated: options.beforeUserCreated ?? null,
        },
        ...settings,
      },
    },
  );
  handle = async (request) => {
    const answer = await auth.fetch?.(request, {
      ip: request.headers.get('x-forwarded-for') ?? '127.0.0.1',
    });
    return answer ?? new Response(null, { status: 404 });
  };

  const service: AuthService = {
    url: server.url,
    keys,
    inbox,
    sql,
    hookCalls,
    logged,
    answerHook: () => Response.json({}),
    client: () => clientOf(server.url, keys.publishableKey),
    admin: () => clientOf(server.url, keys.secretKey),
    smsCode(phone) {
      const call = hookCalls.findLast(({ body }) => body.sms.phone === phone);
      if (!call) throw new Error(`No SMS was sent to ${phone}`);
      return call.body.sms.otp;
    },
    mailTo(address) {
      const [mail] = inbox.list({ to: address, channel: 'email' });
      const code = /code: (\d+)/.exec(mail?.body ?? '')?.[1];
      const link = /https?:\S+/.exec(mail?.body ?? '')?.[0];
      if (!code || !link) throw new Error(`No e-mail was sent to ${address}`);
      return { code, link };
    },
    request: (path, init = {}) =>
      fetch(`${server.url}/auth/v1${path}`, {
        redirect: 'manual',
        ...init,
        headers: { apikey: keys.publishableKey, ...init.headers },
      }),
    async stop() {
      await server.stop();
      await hook.stop();
      await auth.stop();
      await sql.end({ timeout: 5 });
    },
  };
  return service;
}
