/**
 * What every service of the embedded stack is given and what it gives back.
 * One service per file (or folder); `stack.ts` starts them in order and stops them in reverse.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Sql } from 'postgres';
import type { StackConfig } from './config.ts';
import type { Inbox } from './inbox.ts';
import type { Keys } from './keys.ts';
import type { Tokens } from './tokens.ts';

export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface StackContext {
  readonly config: StackConfig;
  readonly keys: Keys;
  readonly tokens: Tokens;
  readonly inbox: Inbox;
  /** A pool of the platform's own: connects as `supabase_admin`. */
  readonly sql: Sql;
  /** A logger whose lines begin with the service's name. */
  logger(service: string): Logger;
}

/** What the gateway knows of a request beyond the request itself. */
export interface RequestInfo {
  /** The caller's address, as the socket or a proxy that is known to be there gives it. */
  readonly ip: string;
}

export interface Service {
  readonly name: string;
  /** Answers requests below the service's prefix; the path is untouched (`/auth/v1/otp`). */
  fetch?(request: Request, info: RequestInfo): Promise<Response>;
  /** Takes over a websocket upgrade below the service's prefix. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  stop(): Promise<void>;
}
