import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { clientIp } from './client-ip.ts';
import { messageOf, StackError } from './errors.ts';
import type { Service, StackContext } from './service.ts';

/** Services by the part of the API they answer; a missing one answers 502. */
export interface GatewayServices {
  readonly rest?: Service;
  readonly auth?: Service;
  readonly storage?: Service;
  readonly functions?: Service;
  readonly realtime?: Service;
  readonly inbox?: Service;
}

export interface Gateway {
  readonly port: number;
  stop(): Promise<void>;
}

interface Route {
  readonly prefix: string;
  readonly maxBodyBytes: number;
  /** Functions answer preflights themselves, as on hosted. */
  readonly cors: boolean;
}

const mebibyte = 1024 * 1024;
const routes: Readonly<Record<keyof GatewayServices, Route>> = {
  rest: { prefix: '/rest/v1', maxBodyBytes: 50 * mebibyte, cors: true },
  auth: { prefix: '/auth/v1', maxBodyBytes: mebibyte, cors: true },
  storage: { prefix: '/storage/v1', maxBodyBytes: 100 * mebibyte, cors: true },
  functions: { prefix: '/functions/v1', maxBodyBytes: 20 * mebibyte, cors: false },
  realtime: { prefix: '/realtime/v1', maxBodyBytes: 3 * mebibyte, cors: true },
  // No other origin may read sign-in codes.
  inbox: { prefix: '/_inbox', maxBodyBytes: mebibyte, cors: false },
};
const names: readonly (keyof GatewayServices)[] = [
  'rest',
  'auth',
  'storage',
  'functions',
  'realtime',
  'inbox',
];

const exposedHeaders = [
  'Content-Encoding',
  'Content-Location',
  'Content-Range',
  'Content-Type',
  'Date',
  'Link',
  'Location',
  'Preference-Applied',
  'Range-Unit',
  'Server',
  'Transfer-Encoding',
  'X-Total-Count',
  'sb-error-code',
  'sb-request-id',
  'x-sb-error-code',
  'x-supabase-api-version',
];
/** Requests that are still running when the gateway stops may take this long to end. */
const graceMilliseconds = 5_000;

type Env = { Bindings: HttpBindings };

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** The one HTTP server of the stack: routes by prefix, as hosted's API gateway does. */
export async function createGateway(
  ctx: StackContext,
  services: GatewayServices,
): Promise<Gateway> {
  const { config, sql } = ctx;
  const logger = ctx.logger('gateway');
  const app = new Hono<Env>();

  app.use(async (c, next) => {
    await next();
    c.header('sb-request-id', randomUUID());
  });

  const answer = async (c: Context<Env>, service: Service | undefined): Promise<Response> => {
    const address = c.env.incoming.socket.remoteAddress ?? '';
    const ip = clientIp(config, address, c.req.header('x-forwarded-for'));
    try {
      const response = await service?.fetch?.(c.req.raw, { ip });
      if (response) return response;
    } catch (error) {
      logger.error(`${c.req.method} ${c.req.path}: ${messageOf(error)}`);
    }
    const message = 'An invalid response was received from the upstream server';
    return c.json({ message }, 502);
  };

  for (const name of names) {
    const { prefix, maxBodyBytes, cors: withCors } = routes[name];
    const service = services[name];
    const paths = `${prefix}/*`;
    if (withCors)
      app.use(paths, cors({ origin: '*', exposeHeaders: exposedHeaders, maxAge: 3600 }));
    app.use(
      paths,
      bodyLimit({
        maxSize: maxBodyBytes,
        onError: (c) => {
          // The rest of the body stays unread: nothing can follow on this connection.
          const headers = { connection: 'close' };
          return c.json({ message: 'Request size limit exceeded' }, 413, headers);
        },
      }),
    );
    app.all(paths, (c) => answer(c, service));
  }

  app.get('/health', async (c) => {
    try {
      await sql`select 1`;
      return c.json({ status: 'ok' });
    } catch (error) {
      return c.json({ status: 'error', message: messageOf(error) }, 503);
    }
  });
  app.notFound((c) => c.json({ message: 'no Route matched with those values' }, 404));
  app.onError((error, c) => {
    logger.error(`${c.req.method} ${c.req.path}: ${messageOf(error)}`);
    return c.json({ message: 'An unexpected error occurred' }, 500);
  });

  const server = await listen(app, config.apiPort);
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const path = request.url ?? '/';
    const name = names.find((candidate) => path.startsWith(`${routes[candidate].prefix}/`));
    const service = name && services[name];
    if (service?.upgrade) service.upgrade(request, socket, head);
    else refuseUpgrade(socket, service ? '400 Bad Request' : '404 Not Found');
  });

  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : config.apiPort,
    stop: () => close(server),
  };
}

async function listen(app: Hono<Env>, port: number): Promise<Server> {
  const server = createServer(getRequestListener(app.fetch));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const busy = 'code' in error && error.code === 'EADDRINUSE';
      reject(busy ? new StackError(`Port ${port} is in use: stop what listens there.`) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

async function close(server: Server): Promise<void> {
  // A connection is idle only once its last request is answered; so ask again and again.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const all = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
  try {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  } finally {
    clearInterval(idle);
    clearTimeout(all);
  }
}
