/**
 * `/realtime/v1` of the embedded stack: broadcast, presence and postgres_changes for the official
 * clients, over websockets and HTTP, with hosted Supabase's rules of who may read and write.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { ChangeFeed } from './realtime/changes.ts';
import { handleHttp } from './realtime/http.ts';
import { Hub } from './realtime/hub.ts';
import { defaultLimits, RateLimiter, type RealtimeLimits } from './realtime/limits.ts';
import { MessageFeed } from './realtime/messages.ts';
import type { RealtimeServer } from './realtime/server.ts';
import { Upgrades } from './realtime/upgrade.ts';
import type { Service, StackContext } from './service.ts';

export type { RealtimeLimits } from './realtime/limits.ts';

const stopTimeoutMs = 3_000;

/** Needs the database as `bootstrap/6*_realtime*.sql` leaves it. One server per database. */
export async function createRealtime(
  ctx: Pick<StackContext, 'sql' | 'tokens' | 'logger'>,
  limits: Partial<RealtimeLimits> = {},
): Promise<Required<Service>> {
  const { sql, tokens } = ctx;
  const log = ctx.logger('realtime');
  const hub = new Hub();
  const merged = { ...defaultLimits, ...limits };
  const server: RealtimeServer = {
    sql,
    tokens,
    log,
    limits: merged,
    hub,
    messages: new MessageFeed(sql, hub, log),
    changes: new ChangeFeed(sql, log, merged.unwatchAfterMs),
    rates: {
      joins: new RateLimiter(merged.joinsPerSecond),
      messages: new RateLimiter(merged.messagesPerSecond),
      presence: new RateLimiter(merged.presencePerSecond),
    },
  };
  const upgrades = new Upgrades(server);
  await server.messages.start();
  await server.changes.start();

  return {
    name: 'realtime',
    fetch: (request) => handleHttp(server, request),
    upgrade: (request, socket, head) => upgrades.handle(request, socket, head),
    async stop() {
      await upgrades.stop();
      // A database that is gone already keeps nobody waiting.
      const feeds = Promise.all([server.messages.stop(), server.changes.stop()]);
      await Promise.race([feeds, sleep(stopTimeoutMs, undefined, { ref: false })]);
    },
  };
}
