import type { Sql } from 'postgres';
import type { Logger } from '../service.ts';
import type { Tokens } from '../tokens.ts';
import type { ChangeFeed } from './changes.ts';
import type { Hub } from './hub.ts';
import type { RateLimiter, RealtimeLimits } from './limits.ts';
import type { MessageFeed } from './messages.ts';

/** What connections, channels and the HTTP API share. */
export interface RealtimeServer {
  readonly sql: Sql;
  readonly tokens: Tokens;
  readonly log: Logger;
  readonly limits: RealtimeLimits;
  readonly hub: Hub;
  readonly messages: MessageFeed;
  readonly changes: ChangeFeed;
  readonly rates: {
    readonly joins: RateLimiter;
    readonly messages: RateLimiter;
    readonly presence: RateLimiter;
  };
}
