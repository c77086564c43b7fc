import { once } from 'node:events';
import { Agent, get, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { clientIp } from '../../local/client-ip.ts';
import { createGateway } from '../../local/gateway.ts';
import { choosePort } from '../../local/ports.ts';
import type { RequestInfo, Service } from '../../local/service.ts';
import { transport } from '../helpers/transport.ts';
import { startGateway, type TestGateway } from './gateway-fixture.ts';

let gateway: TestGateway;
const seen: { path: string; info: RequestInfo }[] = [];
const sockets = new WebSocketServer({ noServer: true });

const functions: Service = {
  name: 'functions',
  async fetch(request, info) {
    const { pathname } = new URL(request.url);
    seen.push({ path: pathname, info });
    if (pathname.endsWith('/down')) throw new Error('connect ECONNREFUSED');
    if (pathname.endsWith('/slow')) await new Promise((resolve) => setTimeout(resolve, 300));
    return Response.json({ length: (await request.text()).length });
  },
  async stop() {},
};
const realtime: Service = {
  name: 'realtime',
  upgrade(request, socket, head) {
    sockets.handleUpgrade(request, socket, head, (ws) => ws.send('hello'));
  },
  async stop() {},
};

beforeAll(async () => {
  gateway = await startGateway({ functions, realtime });
});
afterAll(() => gateway?.stop());

describe('keys and tokens', () => {
  const path = '/rest/v1/anything';

  test.each([
    [{ apikey: '' }, 'No API key found in request'],
    [{ apikey: 'sb_publishable_wrong' }, 'Invalid API key'],
    [{ apikey: '', authorization: 'Bearer x' }, 'No API key found in request'],
  ])('%j is refused', async (headers, message) => {
    const response = await gateway.request(path, { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ message });
  });

  test('a secret key from a browser is refused', async () => {
    const headers = { apikey: gateway.keys.secretKey, 'user-agent': 'Mozilla/5.0 (X11)' };
    const response = await gateway.request(path, { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      message: 'Forbidden use of secret API key in browser',
    });
  });

  test('the key counts in the URL and as its own Bearer', async () => {
    const { publishableKey } = gateway.keys;
    const inUrl = await fetch(`${gateway.url}${path}?apikey=${publishableKey}`);
    const repeated = await gateway.request(path, {
      headers: { authorization: `Bearer ${publishableKey}` },
    });
    expect([inUrl.status, repeated.status]).toEqual([404, 404]);
  });

  test('tokens that do not count', async () => {
    const past = Math.floor(Date.now() / 1000) - 10;
    const later = past + 1000;
    const { tokens } = gateway;
    const cases = [
      ['garbage', 'PGRST301', 'Expected 3 parts in JWT; got 1'],
      ['a.b.c', 'PGRST301', 'No suitable key or wrong key type'],
      [await tokens.sign({ role: 'authenticated', exp: past }), 'PGRST303', 'JWT expired'],
      // Lite's own signature is for inside only.
      [
        await tokens.signInternal({ role: 'service_role', exp: later }),
        'PGRST301',
        'No suitable key or wrong key type',
      ],
    ];
    for (const [token, code, message] of cases) {
      const response = await gateway.request(path, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/);
      expect(await response.json()).toMatchObject({ code, message });
    }
  });

  test('a token that was good stops counting when it expires', async () => {
    const token = await gateway.tokens.sign({
      role: 'authenticated',
      exp: Math.floor(Date.now() / 1000) + 2,
    });
    const ask = () => gateway.request(path, { headers: { authorization: `Bearer ${token}` } });
    expect((await ask()).status).toBe(404);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    const response = await ask();
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'PGRST303' });
  });

  test('a role that the API may not take is refused', async () => {
    const exp = Math.floor(Date.now() / 1000) + 100;
    await gateway.migrate('create table public.roles_test (id int)');
    for (const [role, status] of [
      ['postgres', 403],
      ['supabase_admin', 403],
      ['nobody', 401],
      ["anon'; select 1; --", 401],
    ] as const) {
      const token = await gateway.tokens.sign({ role, exp });
      const response = await gateway.request('/rest/v1/roles_test', {
        headers: { authorization: `Bearer ${token}` },
      });
      expect([role, response.status]).toEqual([role, status]);
    }
  });
});

describe('routes', () => {
  test('an unknown path, a service that is missing, one that is down', async () => {
    const unknown = await gateway.request('/nothing');
    expect([unknown.status, await unknown.json()]).toEqual([
      404,
      { message: 'no Route matched with those values' },
    ]);
    for (const path of ['/auth/v1/health', '/functions/v1/down']) {
      const response = await gateway.request(path);
      expect([path, response.status]).toEqual([path, 502]);
    }
    const health = await gateway.request('/health');
    expect(await health.json()).toEqual({ status: 'ok' });
  });

  test('every answer has a request id of its own', async () => {
    const [a, b] = await Promise.all([gateway.request('/health'), gateway.request('/nothing')]);
    const ids = [a, b].map((response) => response?.headers.get('sb-request-id') ?? '');
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  test('preflights are answered, also without a key; functions answer their own', async () => {
    const headers = {
      origin: 'http://localhost:3000',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,apikey,x-client-info',
    };
    const response = await fetch(`${gateway.url}/rest/v1/notes`, { method: 'OPTIONS', headers });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-headers')).toBe(
      'authorization,apikey,x-client-info',
    );
    const refused = await fetch(`${gateway.url}/rest/v1/notes`);
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    const own = await fetch(`${gateway.url}/functions/v1/x`, { method: 'OPTIONS', headers });
    expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([200, null]);
  });

  test('a body over the limit is refused, with and without its length told', async () => {
    const body = Buffer.alloc(21 * 1024 * 1024);
    const told = await gateway.request('/functions/v1/echo', { method: 'POST', body });
    expect(told.status).toBe(413);
    const stream = new Blob([body]).stream();
    const init = { method: 'POST', body: stream, duplex: 'half' } as const;
    expect((await gateway.request('/functions/v1/echo', init)).status).toBe(413);
    const small = await gateway.request('/functions/v1/echo', { method: 'POST', body: 'four' });
    expect(await small.json()).toEqual({ length: 4 });
  });

  test('the caller’s address', async () => {
    const made = '203.0.113.77';
    for (const name of ['x-forwarded-for', 'cf-connecting-ip', 'x-real-ip', 'forwarded']) {
      await gateway.request('/functions/v1/ip', { headers: { [name]: made } });
    }
    expect(
      new Set(seen.filter(({ path }) => path.endsWith('/ip')).map(({ info }) => info.ip)),
    ).toEqual(new Set(['127.0.0.1']));
    const proxy = { behindProxy: true };
    expect(clientIp(proxy, '127.0.0.1', `${made}, 9.9.9.9`)).toBe('9.9.9.9');
    expect(clientIp(proxy, '127.0.0.1', null)).toBe('127.0.0.1');
  });
});

describe('websockets', () => {
  test('reach the service of their prefix', async () => {
    const socket = new transport(`${gateway.url.replace('http', 'ws')}/realtime/v1/websocket`);
    const message = await new Promise((resolve, reject) => {
      socket.onmessage = (event) => resolve(event.data);
      socket.onerror = reject;
    });
    expect(message).toBe('hello');
    socket.close();
  });

  test.each(['/rest/v1/notes', '/nothing'])('%s is none', async (path) => {
    const upgrade = httpRequest(`${gateway.url}${path}`, {
      headers: { connection: 'Upgrade', upgrade: 'websocket' },
    }).end();
    const [response] = await once(upgrade, 'response');
    expect(response.statusCode).toBe(path === '/nothing' ? 404 : 400);
  });
});

describe('start and stop', () => {
  test('a port in use is named', async () => {
    await expect(createGateway(gateway.ctx, {})).rejects.toThrow(
      `Port ${gateway.ctx.config.apiPort} is in use`,
    );
  });

  test('listens on loopback only', async () => {
    const socket = connect({ port: gateway.ctx.config.apiPort, host: '127.0.0.1' });
    await once(socket, 'connect');
    expect(socket.remoteAddress).toBe('127.0.0.1');
    socket.destroy();
  });

  test('ends with its requests answered and keep-alive connections closed', async () => {
    const apiPort = await choosePort(0, 'API');
    const ctx = { ...gateway.ctx, config: { ...gateway.ctx.config, apiPort } };
    const second = await createGateway(ctx, { functions });
    const agent = new Agent({ keepAlive: true });
    const ask = async (path: string) => {
      const [response] = await once(
        get(`http://127.0.0.1:${apiPort}${path}`, { agent }),
        'response',
      );
      response.resume();
      await once(response, 'end');
      return response.statusCode;
    };
    expect(await ask('/health')).toBe(200);
    const running = ask('/functions/v1/slow');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const started = Date.now();
    const [status] = await Promise.all([running, second.stop()]);
    expect(status).toBe(200);
    expect(Date.now() - started).toBeLessThan(2_000);
    await expect(fetch(`http://127.0.0.1:${apiPort}/health`)).rejects.toThrow();
    agent.destroy();
  });
});
