/** What the routes of the auth service share. */
import type { Context } from 'hono';
import type { KeyedLock } from '../keyed-lock.ts';
import type { Logger, RequestInfo, StackContext } from '../service.ts';
import type { Providers } from './external/providers.ts';
import type { Hooks } from './hooks/index.ts';
import type { Limiters } from './limits.ts';
import type { Mailer } from './mailer.ts';
import type { AuthSettings } from './settings.ts';

export interface Auth extends Pick<StackContext, 'sql' | 'tokens' | 'config'> {
  readonly settings: AuthSettings;
  readonly limiters: Limiters;
  readonly hooks: Hooks;
  readonly mailer: Mailer;
  readonly providers: Providers;
  readonly logger: Logger;
  /** Serialises the requests that send to, or sign up, one address. */
  readonly addresses: KeyedLock;
}

export interface AuthEnv {
  Bindings: RequestInfo;
}

/** Who asks, as the session's row remembers it. */
export interface Client {
  readonly ip: string;
  readonly userAgent: string | null;
}

export function clientOf(c: Context<AuthEnv>): Client {
  return { ip: c.env.ip, userAgent: c.req.header('user-agent') ?? null };
}
