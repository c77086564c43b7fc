import { App, type HonoContext, setExperimental } from '@supabase/lite';
import type { MiddlewareHandler } from 'hono';
import { z } from 'zod';
import { GatewayConnection } from './rest/connection.ts';
import { errorResponse } from './rest/errors.ts';
import { type Caller, currentRequest, type RequestState } from './rest/request.ts';
import type { Logger, StackContext } from './service.ts';
import { createObjectFiles } from './storage/files.ts';
import { refusalOf } from './storage/refusals.ts';
import { storageDir } from './storage.ts';

/** Lite's auth service: users, sessions and tokens in `auth.*`. */
export type AuthService = HonoContext['Variables']['authService'];

export interface Lite {
  /**
   * Answers `/rest/v1` and `/storage/v1`.
   * With a caller the request runs as that caller and lite looks up nothing; without one lite
   * reads the request's own Bearer token, which must then be signed by `tokens.signInternal`.
   */
  fetch(request: Request, caller?: Caller): Promise<Response>;
  authService(): Promise<AuthService>;
  /** Looks at the database's schema again (as `notify pgrst, 'reload schema'` does). */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

function authenticatorUrl(adminUrl: string, password: string): string {
  const url = new URL(adminUrl);
  url.username = 'authenticator';
  url.password = password;
  return url.href;
}

const innerErrorSchema = z.object({ code: z.literal('SUP'), message: z.string() });

/**
 * Lite answers what it stumbles over with 500, code SUP and the text of its own exception. Database
 * errors never get that far, so what is left is a request that lite could not make a query of.
 */
async function withoutInnerText(answer: Response, logger: Logger): Promise<Response> {
  if (answer.status !== 500) return answer;
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => null);
  const { data: inner } = innerErrorSchema.safeParse(body);
  if (!inner) return answer;
  logger.warn(`request not understood: ${inner.message}`);
  return errorResponse(400, 'PGRST100', 'The request could not be parsed');
}

export async function createLite(ctx: StackContext): Promise<Lite> {
  const { config, keys, inbox } = ctx;
  const connection = new GatewayConnection({
    adminUrl: config.adminDatabaseUrl,
    authenticatorUrl: authenticatorUrl(config.adminDatabaseUrl, keys.databasePassword),
    schemas: ['public', 'storage'],
    maxConnections: 10,
  });

  let latestAuthService: AuthService | undefined;
  const asCaller: MiddlewareHandler<HonoContext> = async (c, next) => {
    latestAuthService = c.var.authService;
    const caller = currentRequest.getStore()?.caller;
    if (caller) {
      // What lite's own key check would set; it also spares the look-ups of user and session.
      c.set('apiKeyType', caller.apiKeyRole === 'service_role' ? 'secret' : 'publishable');
      c.set('ignoreAuthorization', true);
      c.set('jwt', caller.claims);
      if (caller.claims.sub) c.set('userId', caller.claims.sub);
    }
    await next();
  };

  const app = new App({
    connection,
    api: { enabled: true, schemas: ['public'], max_rows: 1000 },
    auth: {
      enabled: true,
      jwt_secret: keys.internalSecret,
      jwt_expiry: config.accessTokenSeconds,
      site_url: config.url,
    },
    storage: { enabled: true, file_size_limit: '50MiB' },
    db: { migrations: { enabled: false } },
    studio: { enabled: false },
    options: {
      server: { middlewares: [asCaller], apiKeys: false, disableStudio: true },
      drivers: {
        email: {
          send: async ({ to, subject, text, html }) => {
            inbox.add({ channel: 'email', to, subject, body: text ?? html ?? '' });
          },
        },
      },
    },
  });
  const files = createObjectFiles(storageDir(config.stateDir), ctx.sql);
  app._storageAdapter = files.adapter;
  await app.init();
  // Only now, or lite prints a warning; storage's tables come with the bootstrap.
  setExperimental('storage', true);
  await app.ensureSystemSchema();
  await connection.reload();

  const logger = ctx.logger('rest');
  const listener = await ctx.sql.listen('pgrst', (payload) => {
    if (payload !== '' && !payload.startsWith('reload')) return;
    connection.reload().catch((error) => logger.error(`schema not reloaded: ${error}`));
  });

  return {
    async fetch(request, caller) {
      if (!caller) return app.fetch(request, { peerAddress: null });
      const state: RequestState = {
        caller,
        method: request.method,
        path: new URL(request.url).pathname.replace('/rest/v1', ''),
        headers: request.headers,
        rollback: /\btx\s*=\s*rollback\b/.test(request.headers.get('prefer') ?? ''),
      };
      const answer = await currentRequest.run(state, () =>
        files.follow(async () => app.fetch(request, { peerAddress: null })),
      );
      if (state.answer) return state.answer;
      const refusal = !answer.ok && state.databaseError && refusalOf(state.databaseError);
      return refusal || (await withoutInnerText(answer, logger));
    },
    async authService() {
      await app.fetch(new Request(`${config.url}/auth/v1/health`), { peerAddress: null });
      if (!latestAuthService) throw new Error('lite answered without an auth service');
      return latestAuthService;
    },
    reload: () => connection.reload(),
    async stop() {
      await listener.unlisten();
      await connection.close();
    },
  };
}
