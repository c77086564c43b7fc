import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { Connection, type ConnectionOptions } from './connection.ts';
import { identityOfApiKey } from './identity.ts';
import { vsnSchema } from './protocol.ts';
import type { RealtimeServer } from './server.ts';

const path = '/realtime/v1/websocket';
const statusText: Record<number, string> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
};

/** Takes over websocket upgrades, and refuses those that hosted refuses before the upgrade. */
export class Upgrades {
  readonly #server: RealtimeServer;
  readonly #sockets: WebSocketServer;
  readonly #connections = new Set<Connection>();
  readonly #watch: NodeJS.Timeout;

  constructor(server: RealtimeServer) {
    const { frameBytes, heartbeatTimeoutMs } = server.limits;
    this.#server = server;
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: frameBytes });
    this.#watch = setInterval(
      () => this.#cutOffSilent(),
      Math.max(100, heartbeatTimeoutMs / 4),
    ).unref();
  }

  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const accepted = this.#accept(request);
    if ('status' in accepted) {
      refuse(socket, accepted.status, accepted.error);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new Connection(this.#server, webSocket, accepted);
      this.#connections.add(connection);
      webSocket.on('close', () => this.#connections.delete(connection));
    });
  }

  #accept(request: IncomingMessage): ConnectionOptions | { status: number; error: string } {
    const [pathname, search] = (request.url ?? '').split('?', 2);
    const query = new URLSearchParams(search);
    if (pathname !== path) return { status: 404, error: 'Not found' };

    const apiKey =
      query.get('apikey') ?? header(request, 'apikey') ?? header(request, 'x-api-key') ?? '';
    const identity = identityOfApiKey(this.#server.tokens, apiKey);
    if (apiKey === '') return { status: 401, error: 'No API key found in request' };
    if (!identity) return { status: 401, error: 'Invalid API key' };
    if (identity.role === 'service_role' && /mozilla/i.test(header(request, 'user-agent') ?? '')) {
      return { status: 401, error: 'Forbidden use of secret API key in browser' };
    }
    const vsn = vsnSchema.safeParse(query.get('vsn') ?? '1.0.0');
    if (!vsn.success) return { status: 403, error: 'This protocol version is not supported' };
    if (this.#connections.size >= this.#server.limits.connections) {
      return { status: 429, error: 'Too many connected users' };
    }
    return { vsn: vsn.data, identity, headers: extraHeaders(request) };
  }

  #cutOffSilent(): void {
    for (const connection of this.#connections) {
      if (connection.isSilent) connection.terminate();
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#watch);
    for (const connection of this.#connections) connection.close(1001, 'The server stops');
    await new Promise((resolve) => this.#sockets.close(resolve));
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function extraHeaders(request: IncomingMessage): Record<string, string> {
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    name.startsWith('x-') && typeof value === 'string' ? [[name, value] as const] : [],
  );
  return Object.fromEntries(headers);
}

function refuse(socket: Duplex, status: number, error: string): void {
  const body = JSON.stringify({ error });
  const head = [
    `HTTP/1.1 ${status} ${statusText[status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.on('error', () => {});
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
