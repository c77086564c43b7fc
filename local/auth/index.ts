/**
 * `/auth/v1` as GoTrue serves it. Lite's own sign-in routes are not used: they write columns that
 * hosted generates, outside of any transaction.
 */
import { Hono } from 'hono';
import { KeyedLock } from '../keyed-lock.ts';
import type { Service, StackContext } from '../service.ts';
import { adminFactorRoutes } from './admin-factors.ts';
import { adminLinkRoutes } from './admin-links.ts';
import { adminUserRoutes } from './admin-users.ts';
import { AuthError, errorResponse } from './errors.ts';
import { identityRoutes } from './external/identity-routes.ts';
import { createProviders } from './external/providers.ts';
import { externalRoutes } from './external/routes.ts';
import { createHooks } from './hooks/index.ts';
import { createLimiters } from './limits.ts';
import { logoutRoutes } from './logout.ts';
import { createMailer } from './mailer.ts';
import { mfaRoutes } from './mfa.ts';
import { otpRoutes } from './otp.ts';
import { reauthenticateRoutes } from './reauthenticate.ts';
import { resendRoutes } from './resend.ts';
import type { Auth, AuthEnv } from './service-context.ts';
import { type AuthSettings, readAuthSettings } from './settings.ts';
import { signupRoutes } from './signup.ts';
import { tokenRoutes } from './token.ts';
import { userRoutes } from './user.ts';
import { verifyRoutes } from './verify.ts';
import { verifyLinkRoutes } from './verify-link.ts';

/** What clients ask to draw their sign-in forms. */
function publicSettings(settings: AuthSettings) {
  return {
    external: {
      ...Object.fromEntries(
        Object.entries(settings.external).map(([name, { enabled }]) => [name, enabled]),
      ),
      anonymous_users: settings.anonymousEnabled,
      email: settings.email.enabled,
      phone: settings.phone.enabled,
    },
    disable_signup: !settings.signupEnabled,
    mailer_autoconfirm: settings.email.autoconfirm,
    phone_autoconfirm: settings.phone.autoconfirm,
    sms_provider: 'hook',
    saml_enabled: false,
  };
}

export interface AuthOptions {
  /** In place of `[auth]` in the project's config.toml, member by member. */
  readonly settings?: Partial<AuthSettings>;
}

export async function createAuth(ctx: StackContext, options: AuthOptions = {}): Promise<Service> {
  const { config, sql, tokens } = ctx;
  const settings = { ...(await readAuthSettings(config)), ...options.settings };
  const logger = ctx.logger('auth');
  const auth: Auth = {
    config,
    sql,
    tokens,
    settings,
    limiters: createLimiters(config.limits),
    mailer: createMailer(ctx.inbox, config.url),
    hooks: createHooks(sql, settings.hooks),
    addresses: new KeyedLock(),
    providers: createProviders(settings.external, logger),
    logger,
  };

  const app = new Hono<AuthEnv>()
    .basePath('/auth/v1')
    .get('/health', (c) =>
      c.json({
        version: 'karigar',
        name: 'GoTrue',
        description: 'GoTrue is a user registration and authentication API',
      }),
    )
    .get('/settings', (c) => c.json(publicSettings(settings)))
    .get('/.well-known/jwks.json', (c) => {
      c.header('cache-control', 'public, max-age=600');
      return c.json(tokens.jwks());
    })
    .route('/', otpRoutes(auth))
    .route('/', signupRoutes(auth))
    .route('/', tokenRoutes(auth))
    .route('/', verifyRoutes(auth))
    .route('/', verifyLinkRoutes(auth))
    .route('/', resendRoutes(auth))
    .route('/', userRoutes(auth))
    .route('/', externalRoutes(auth))
    .route('/', identityRoutes(auth))
    .route('/', reauthenticateRoutes(auth))
    .route('/', logoutRoutes(auth))
    .route('/', mfaRoutes(auth))
    .route('/', adminLinkRoutes(auth))
    .route('/', adminFactorRoutes(auth))
    .route('/', adminUserRoutes(auth));
  app.notFound(() => {
    throw new AuthError(404, 'not_found', 'Not found');
  });
  app.onError((error, c) => {
    const { response, known } = errorResponse(error, c.req.raw);
    if (!known) logger.error(`${c.req.method} ${c.req.path}: ${error.stack ?? error.message}`);
    return response;
  });

  return {
    name: 'auth',
    fetch: async (request, info) => app.fetch(request, info),
    stop: async () => {},
  };
}
