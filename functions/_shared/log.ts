import type { MiddlewareHandler } from 'hono';
import { maskPhones } from './phone.ts';

type Level = 'info' | 'warn' | 'error';

function printable(value: unknown): unknown {
  if (value instanceof Error) {
    const cause = value.cause === undefined ? '' : ` (${printable(value.cause)})`;
    return maskPhones(`${value.name}: ${value.message}${cause}`);
  }
  return typeof value === 'string' ? maskPhones(value) : value;
}

/** One JSON line per event; phone numbers in any text are masked. */
export function log(level: Level, event: string, fields: Record<string, unknown> = {}): void {
  const masked = Object.entries(fields).map(([name, value]) => [name, printable(value)]);
  console[level](JSON.stringify({ level, event, ...Object.fromEntries(masked) }));
}

/** Logs each request without its query and body, where secrets and personal data travel. */
export function requestLog(): MiddlewareHandler {
  return async function requestLog(c, next) {
    const start = performance.now();
    await next();
    log('info', 'request', {
      request_id: c.get('requestId'),
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      ms: Math.round(performance.now() - start),
    });
  };
}
