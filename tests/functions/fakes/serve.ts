import { serve } from '@hono/node-server';
import type { Hono } from 'hono';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface Fake extends AsyncDisposable {
  readonly url: string;
  /** Every request, also the refused ones, in order of arrival. */
  readonly requests: RecordedRequest[];
}

/** Serves an imitation of an outside service on a free port of this machine. */
export async function serveFake(app: Hono): Promise<Fake> {
  const requests: RecordedRequest[] = [];
  const record = async (request: Request) => {
    const url = new URL(request.url);
    requests.push({
      method: request.method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(request.headers),
      body: await request.clone().text(),
    });
    return app.fetch(request);
  };
  return new Promise((resolve) => {
    const server = serve({ fetch: record, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve({
        url: `http://127.0.0.1:${port}`,
        requests,
        [Symbol.asyncDispose]: () => new Promise((closed) => server.close(() => closed())),
      }),
    );
  });
}
